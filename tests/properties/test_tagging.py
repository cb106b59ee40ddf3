"""Labels are written into any layout, and everything else stays."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.classification import Lexicon
from guardrail.inputs import hcl
from guardrail.library import load_library, shipped
from guardrail.model import Known, Unknown
from guardrail.placement import Catalogue
from guardrail.tagging import Manner, Proposal, Sites, Wish, Writer
from tests.unit.tagging.generated import code

LIBRARY = load_library(shipped())
LEXICON = Lexicon(LIBRARY.vocabulary)
CATALOGUE = Catalogue(LIBRARY.registry)
ADDRESS = "aws_s3_bucket.target"
LOCALS = b'locals {\n  given = { Team = "x" }\n}\n'


def sites(text: str) -> Sites:
    modules = hcl.from_directory({"main.tf": text.encode(), "given.tf": LOCALS})
    return Sites(modules, CATALOGUE, tofu=False)


def proposal(found: Sites) -> Proposal:
    wish = Wish(address=ADDRESS, rank=LEXICON.ranks["sensitive"])
    return Writer(found, LEXICON, Manner()).resources([wish])


def tags(found: Sites) -> dict[str, object]:
    arguments = hcl.resource_arguments(found.tree, ADDRESS)
    assert not isinstance(arguments, Unknown)
    stated = arguments.get("tags", Known({}))
    assert isinstance(stated, Known), stated
    return dict(stated.value)


def words(text: str) -> list[str]:
    """What is written, white space apart."""
    return re.findall(r"\w+|[^\w\s]", text)


def is_part(inner: list[str], outer: list[str]) -> bool:
    """Whether `inner` is `outer` with something left out."""
    rest = iter(outer)
    return all(word in rest for word in inner)


@given(st.integers(min_value=0, max_value=2**48))
@settings(max_examples=150, deadline=None)
def test_a_label_is_added_and_every_other_byte_stays(seed: int) -> None:
    before, block, after = code(Random(seed))
    text = before + block + after
    found = sites(text)

    made = proposal(found)

    assert [one.outcome for one in made.told] == ["written"], made.told
    (file,) = made.files
    new = file.after.decode()
    assert new.startswith(before) or "=" in before
    assert new.endswith(after) or "=" in after
    assert words(new)[: len(words(before))] == words(before)
    assert is_part(words(text), words(new))
    assert ("\r\n" in text) == ("\r\n" in new)
    assert new.count("\r\n") == (new.count("\n") if "\r\n" in text else 0)
    again = sites(new)
    assert tags(again) == tags(found) | {"data_sensitivity": "sensitive"}
    assert proposal(again).files == ()
