from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from guardrail.errors import InputError
from guardrail.gate import template_files
from guardrail.gate.template_files import given_template
from guardrail.inputs import GivenTemplate


def template(*files: str) -> bytes:
    names = "".join(
        f"  r{n}: {{type: a::b, properties: {{f: {{get_file: {json.dumps(name)}}}}}}}\n"
        for n, name in enumerate(files)
    )
    return f"heat_template_version: rocky\nresources:\n{names or '  {}'}".encode()


def given(
    folder: Path, *names: str, root: Path | None = None, environment: Path | None = None
) -> GivenTemplate:
    path = folder / "app.yaml"
    environments = [(environment, environment.read_bytes())] if environment else []
    return given_template(
        template(*names), path, environments=environments, parameters={}, root=root
    )


def write(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_is_named_is_read_and_what_it_names(tmp_path: Path) -> None:
    write(tmp_path / "lib/a.yaml", template("b.sh", "../c.sh"))
    write(tmp_path / "lib/b.sh", b"b")
    write(tmp_path / "c.sh", b"c")
    write(tmp_path / "other.sh", b"o")

    found = given(tmp_path, "lib/a.yaml", "c.sh", "none.sh").files

    assert sorted(found) == ["c.sh", "lib/a.yaml", "lib/b.sh"]
    assert found["lib/b.sh"] == b"b"


def test_nothing_outside_of_the_folder_is_read(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    write(tmp_path / "secret.sh")
    (inside / "link.sh").symlink_to(tmp_path / "secret.sh")
    (inside / "up").symlink_to(tmp_path)
    (inside / "loop").symlink_to(inside / "loop")
    names = ("../secret.sh", "link.sh", "up/secret.sh", "loop", "/etc/hostname", "a\0b")

    assert given(inside, *names).files == {}
    assert sorted(given(inside, *names, root=tmp_path).files) == [
        "../secret.sh",
        "link.sh",
        "up/secret.sh",
    ]


def test_only_regular_files_of_a_reasonable_size_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    write(tmp_path / "large", b"x" * 11)
    monkeypatch.setattr(template_files, "LARGEST", 10)

    assert given(tmp_path, "pipe", "folder", "large").files == {}


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a", b"12345")
    write(tmp_path / "b", b"12345")
    for name, value in (("LARGEST_TOGETHER", 9), ("MOST_FILES", 1)):
        with (
            monkeypatch.context() as patched,
            pytest.raises(InputError, match="too many"),
        ):
            patched.setattr(template_files, name, value)
            given(tmp_path, "a", "b")


def test_an_environment_brings_the_files_that_lie_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "stacks"
    folder.mkdir()
    environment = write(
        tmp_path / "envs/prod.yaml", b"resource_registry: {a::b: lib/s.yaml}"
    )
    write(tmp_path / "envs/lib/s.yaml", template())

    found = given(folder, environment=environment)

    assert [name for name, _content in found.environments] == ["../envs/prod.yaml"]
    assert list(found.files) == ["../envs/lib/s.yaml"]


def test_a_nested_template_that_is_malformed_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", b"heat_template_version: rocky\na: [")

    with pytest.raises(InputError, match="no YAML"):
        given(tmp_path, "a.yaml")
