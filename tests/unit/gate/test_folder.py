"""Code in folders: what is read, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from guardrail.errors import InputError
from guardrail.gate import folder, read_folder

CALL = 'module "{}" {{\n  source = "{}"\n}}\n'


def laid(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_folder(path)
    assert caught.value.remedy or "cannot be read" in str(caught.value)
    return str(caught.value)


def test_code_and_variables_are_read_and_nothing_else(tmp_path: Path) -> None:
    files = {
        "main.tf": "", "a.tf.json": "{}", "b.tofu": "", "c.auto.tfvars": "",
        "README": "", "secret.pem": "", "below/d.tf": "",
    }  # fmt: skip
    modules = read_folder(laid(tmp_path, files))

    assert set(modules) == {()}
    assert set(modules[()].files) == {"main.tf", "a.tf.json", "b.tofu", "c.auto.tfvars"}


def test_local_modules_are_followed(tmp_path: Path) -> None:
    files = {
        "main.tf": CALL.format("a", "./a") + CALL.format("gone", "./gone"),
        "a/main.tf": CALL.format("b", "../b") + CALL.format("again", "./again"),
        "a/again/main.tf": "",
        "b/main.tf": "",
    }
    modules = read_folder(laid(tmp_path, files))

    assert set(modules) == {(), ("a",), ("a", "b"), ("a", "again")}
    assert modules["a", "b"].directory == "b"


def test_modules_beside_the_folder_are_read_inside_of_one_repository(
    tmp_path: Path,
) -> None:
    files = {"env/prod/main.tf": CALL.format("a", "../../modules/a")}
    laid(tmp_path, {**files, "modules/a/main.tf": ""})

    assert "outside" in refused(tmp_path / "env" / "prod")
    (tmp_path / ".git").mkdir()
    modules = read_folder(tmp_path / "env" / "prod")
    assert modules["a",].directory == "../../modules/a"


def test_modules_never_come_from_outside_of_the_repository(tmp_path: Path) -> None:
    laid(tmp_path, {"repo/main.tf": CALL.format("a", "../out"), "out/main.tf": ""})
    (tmp_path / "repo" / ".git").mkdir()

    assert "outside" in refused(tmp_path / "repo")


def installed(*directories: str) -> str:
    entries = [{"Key": "", "Source": "", "Dir": "."}]
    entries += [
        {"Key": "vpc", "Source": "x/vpc/aws", "Dir": one} for one in directories
    ]
    return json.dumps({"Modules": entries})


def test_modules_that_init_has_installed_are_read(tmp_path: Path) -> None:
    files = {
        "main.tf": CALL.format("vpc", "x/vpc/aws"),
        ".terraform/modules/modules.json": installed(".terraform/modules/vpc"),
        ".terraform/modules/vpc/main.tf": "",
    }

    assert set(read_folder(laid(tmp_path, files))) == {(), ("vpc",)}


def test_a_list_of_modules_that_leads_out_is_refused(tmp_path: Path) -> None:
    files = {
        "main.tf": CALL.format("vpc", "x/vpc/aws"),
        ".terraform/modules/modules.json": installed("../../../etc"),
    }

    assert "outside" in refused(laid(tmp_path, files))


@pytest.mark.parametrize("text", ["[]x", "[{}]", '{"Modules": [1]}'])
def test_a_list_of_modules_that_is_malformed_is_refused(
    tmp_path: Path, text: str
) -> None:
    files = {"main.tf": "", ".terraform/modules/modules.json": text}
    with pytest.raises(InputError):
        read_folder(laid(tmp_path, files))


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    laid(tmp_path, {"out/main.tf": "", "in/main.tf": CALL.format("a", "./a")})
    (tmp_path / "in" / "a").symlink_to(tmp_path / "out")

    assert "is a link out of" in refused(tmp_path / "in")
    (tmp_path / "in" / "a").unlink()
    (tmp_path / "in" / "b.tf").symlink_to(tmp_path / "out" / "main.tf")
    assert "is a link out of" in refused(tmp_path / "in")


def test_links_to_what_is_in_the_repository_are_followed(tmp_path: Path) -> None:
    laid(tmp_path, {"in/main.tf": CALL.format("a", "./a"), "out/main.tf": "# out"})
    laid(tmp_path, {"in/own.tf": "# own"})
    (tmp_path / ".git").mkdir()
    (tmp_path / "in" / "a").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "b.tf").symlink_to("own.tf")
    modules = read_folder(tmp_path / "in")

    assert modules["a",].files == {"main.tf": b"# out"}
    assert modules[()].files["b.tf"] == b"# own"


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    laid(tmp_path, {"main.tf": ""})
    (tmp_path / "loop.tf").symlink_to("loop.tf")

    assert "cannot be read" in refused(tmp_path)


def test_a_link_to_the_folder_itself_is_what_the_user_asked_for(
    tmp_path: Path,
) -> None:
    laid(tmp_path, {"real/main.tf": ""})
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert read_folder(tmp_path / "link")


def test_a_file_that_turns_into_a_link_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, {"in/main.tf": "", "out.tf": ""})
    (tmp_path / "in" / "b.tf").symlink_to(tmp_path / "out.tf")
    monkeypatch.setattr(os.path, "realpath", lambda path, **_: str(path))

    assert "cannot be read" in refused(tmp_path / "in")


@pytest.mark.parametrize("name", ["a.tfvars", ".hidden.tf", "a.tf~", "a.txt"])
def test_a_folder_without_code_is_refused(tmp_path: Path, name: str) -> None:
    laid(tmp_path, {name: "", "below/main.tf": ""})

    assert "no Terraform code" in refused(tmp_path)


def test_a_file_of_variables_is_read_wherever_it_is(tmp_path: Path) -> None:
    laid(tmp_path, {"a.tfvars": "x = 1"})
    (tmp_path / "link").symlink_to("a.tfvars")

    assert folder.read_file(tmp_path / "link") == b"x = 1"
    for wrong in ("gone", "."):
        with pytest.raises(InputError):
            folder.read_file(tmp_path / wrong)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    laid(tmp_path, {"main.tf": ""})
    os.mkfifo(tmp_path / "pipe.tf")

    assert "no file" in refused(tmp_path)


def test_a_module_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    laid(tmp_path, {"main.tf": CALL.format("a", "./a"), "a": ""})

    assert "Not a directory" in refused(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none")


def test_a_file_that_goes_away_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, {"main.tf": "", "gone.tf": ""})
    before = folder._content

    def content(path: Path) -> bytes:
        if path.name == "gone.tf":
            path.unlink()
        return before(path)

    monkeypatch.setattr(folder, "_content", content)

    assert set(read_folder(tmp_path)[()].files) == {"main.tf"}


def test_a_large_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LARGEST", 3)

    assert "more than 3 bytes" in refused(laid(tmp_path, {"main.tf": "1234"}))


@pytest.mark.parametrize("bound", ["LARGEST_TOGETHER", "MOST_FILES"])
def test_too_much_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(folder, bound, 1)

    assert "too much" in refused(laid(tmp_path, {"a.tf": "xx", "b.tf": "xx"}))


def test_a_call_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    files = {"main.tf": 'module "a" {\n  source = local.x\n}\nmodule "b" {\n  = \n}\n'}

    assert set(read_folder(laid(tmp_path, files))) == {()}
