"""Where the state is kept, as the changes in a binary plan say it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.archive import Archive
from guardrail.inputs.terraform.kept import kept
from guardrail.inputs.terraform.snapshot import snapshot
from guardrail.inputs.terraform.store import state_of
from guardrail.model import Gap, StateStore
from tests.unit.inputs.made import FIXTURES, known
from tests.unit.inputs.test_snapshot import MODULES, zipped


def field(number: int, content: bytes) -> bytes:
    """A field that holds up to 16,383 bytes."""
    size = bytes([len(content) & 0x7F | 0x80, len(content) >> 7])
    return bytes([number << 3 | 2]) + size + content


def backend(type_: str, **settings: object) -> bytes:
    packed = field(1, msgspec.msgpack.encode(settings))
    return field(13, field(1, type_.encode()) + field(2, packed))


AROUND = bytes([17 << 3, 1]) + b"\x09" + bytes(8) + b"\x0d" + bytes(4) + field(3, b"x")
"""A number, two numbers of fixed size, and other bytes."""
S3 = backend("s3", bucket="b", endpoint=None, endpoints={"s3": "https://h.example"})


def settings(found: hcl.Backend | None) -> dict[str, object]:
    assert found is not None
    return {name: known(value) for name, value in found.settings.items()}


def test_a_real_plan_says_where_its_state_is() -> None:
    document = (FIXTURES / "plans" / "local-backend" / "tfplan").read_bytes()
    found = snapshot(document).kept

    assert found is not None
    assert found.type == "local"
    assert settings(found) == {"path": "etat/prod.tfstate"}


def test_the_backend_is_found_among_other_fields() -> None:
    found = kept(AROUND + S3 + AROUND)

    assert found is not None
    assert found.type == "s3"
    assert settings(found) == {
        "bucket": "b",
        "endpoints": {"s3": "https://h.example"},
    }


def test_a_plan_without_a_backend_says_nothing() -> None:
    assert kept(b"") is None
    assert kept(AROUND) is None
    assert settings(kept(field(13, field(1, b"http")))) == {}


@pytest.mark.parametrize(
    "damaged",
    [
        b"x",
        b"\xff" * 20,
        S3[:-1],
        field(3, b"xx")[:-1],
        b"\x0b",  # a group, which is not written any more
        field(13, field(1, b"\xff")),
        field(13, field(2, field(1, b"\x93"))),
        field(13, field(2, field(1, msgspec.msgpack.encode([1])))),
    ],
)
def test_a_damaged_plan_is_refused(damaged: bytes) -> None:
    with pytest.raises(InputError):
        kept(damaged)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for bytes_ in (content, S3[:20] + content):
        try:
            kept(bytes_)
        except InputError:
            pass


def tree(code: str) -> hcl.Tree:
    return hcl.Tree({(): hcl.Source({"main.tf": code.encode()})})


CODE = '# one\nterraform {\n  backend "s3" {\n    bucket = "code"\n  }\n}\n'


def test_what_init_was_told_beats_the_code_and_the_code_says_where() -> None:
    found = state_of(tree(CODE), kept(S3))

    assert isinstance(found, StateStore)
    assert (found.type, found.location) == ("s3", ("main.tf", 3))
    assert known(found.settings["bucket"]) == "b"


def test_a_backend_that_the_code_does_not_show_has_no_place_in_it() -> None:
    found = state_of(tree(""), kept(S3))

    assert isinstance(found, StateStore)
    assert found.location is None


def test_a_state_in_a_file_is_told() -> None:
    assert isinstance(state_of(tree(CODE), kept(backend("local"))), Gap)


def test_the_plan_is_believed_where_init_was_told_something_else() -> None:
    document = zipped(
        {
            "tfplan": S3,
            "tfconfig/modules.json": MODULES,
            "tfconfig/m-/a.tf": CODE.encode(),
        }
    )

    assert settings(snapshot(document).kept)["bucket"] == "b"


def test_more_is_read_of_an_entry_where_it_is_asked_for() -> None:
    archived = Archive(zipped({"tfplan": b"123456789"}))

    assert archived.read("tfplan", 9) == b"123456789"
    with pytest.raises(InputError):
        archived.read("tfplan", 8)
