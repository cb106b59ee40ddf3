"""`guardrail tag`: what is asked, what is printed, what is written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from guardrail.cli import main
from guardrail.cli.patch import Change, put, unified
from guardrail.errors import ConfigurationError
from tests.conftest import ROOT

DEMO = ROOT / "terraform-examples" / "demo"
BUCKET = 'resource "aws_s3_bucket" "b" {\n}\n'
ACL = 'resource "aws_s3_bucket_acl" "a" {\n}\n'
LABELLED = (
    'resource "aws_s3_bucket" "b" {\n  tags = {\n    data_sensitivity = "sensitive"\n'
    "  }\n}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(BUCKET)
    return tmp_path


def tag(folder: Path, *options: str) -> int:
    return main(["tag", str(folder), *options])


def test_a_difference_is_shown_and_nothing_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tag(folder, "--class", "sensitive") == 0

    shown = capsys.readouterr()
    assert shown.out.startswith("--- a/main.tf\n+++ b/main.tf\n@@ ")
    assert shown.err == (
        "main.tf:1: aws_s3_bucket.b: labelled sensitive (`tags.data_sensitivity`)\n"
        "1 label to write\n"
    )
    assert (folder / "main.tf").read_text() == BUCKET


def test_the_difference_can_be_applied(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "main.tf").write_bytes(BUCKET.rstrip().replace("\n", "\r\n").encode())
    (folder / "acl.tf").write_text(ACL)
    tag(folder, "--class", "sensitive", "--address", "*")
    patch = capsysbinary.readouterr().out
    for asked in (["init", "-q"], ["apply", "-"]):
        subprocess.run(["git", *asked], cwd=folder, input=patch, check=True)

    expected = LABELLED.rstrip().replace("\n", "\r\n").encode()
    assert (folder / "main.tf").read_bytes() == expected
    assert tag(folder, "--class", "sensitive", "--address", "*", "--check") == 0


def test_it_is_written_once_and_the_mode_stays(folder: Path) -> None:
    (folder / "main.tf").chmod(0o640)

    assert tag(folder, "--class", "sensitive", "--check") == 11
    assert tag(folder, "--class", "sensitive", "--write") == 0
    first = (folder / "main.tf").stat()
    assert tag(folder, "--class", "sensitive", "--write") == 0
    assert tag(folder, "--class", "sensitive", "--check") == 0

    assert (folder / "main.tf").read_text() == LABELLED
    assert stat.S_IMODE(first.st_mode) == 0o640
    assert (folder / "main.tf").stat().st_ino == first.st_ino
    assert [one.name for one in folder.iterdir()] == ["main.tf"]


def test_what_is_refused_is_said_and_asks_for_a_person(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "main.tf").write_text(BUCKET * 2)

    assert tag(folder, "--class", "sensitive", "--lang", "fr") == 11
    assert capsys.readouterr().err == (
        "main.tf:1: aws_s3_bucket.b: non écrite : un fichier override modifie son bloc, "
        "ou le bloc figure deux fois\n"
        "0 étiquette à écrire, 1 non écrite\n"
    )


@pytest.mark.parametrize("class_", [(), ("--class", "sensitive")], ids=["own", "told"])
@pytest.mark.parametrize("content", [b"# \xe9\n", b"resource {\n"])
def test_code_that_cannot_be_read_is_no_code_without_resources(
    content: bytes,
    class_: tuple[str, ...],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "more.tf").write_bytes(content)

    assert tag(folder, *class_) == 3
    assert "more.tf cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ((), 11),
        (("*",), 11),
        (("module.m.*",), 2),
        (("aws_*", "module.m"), 11),
        (("aws_*",), 0),
    ],
)
def test_a_module_that_is_not_there_is_said(
    address: tuple[str, ...],
    code: int,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "more.tf").write_text('module "m" {\n  source = "./m"\n}\n')
    asked = [part for one in address for part in ("--address", one)]

    assert tag(folder, "--class", "sensitive", *asked) == code
    told = "module.m: not written: the code of its module is not there"
    assert (told in capsys.readouterr().err) == (code == 11)


def test_a_module_that_is_not_there_is_said_of_what_is_worked_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "more.tf").write_text('module "m" {\n  source = "./m"\n}\n')

    assert tag(folder) == 11
    told = "module.m: not written: the code of its module is not there"
    assert told in capsys.readouterr().err


def test_without_an_address_only_what_holds_data_is_asked_for(folder: Path) -> None:
    network = 'resource "aws_vpc" "v" {\n}\n'
    (folder / "main.tf").write_text(BUCKET + network)

    tag(folder, "--class", "sensitive", "--category", "health", "--write")

    made = (folder / "main.tf").read_text()
    assert made.endswith(network)
    assert 'data_categories  = "health"' in made


def test_what_carries_no_tags_gets_a_mapping(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "main.tf").write_text(ACL + ACL.replace('"a"', '"c"'))
    (folder / "guardrail.yaml").write_text("body: state # us\n")
    asked = ["--class", "sensitive", "--category", "health", "--address", "*"]

    assert tag(folder, *asked, "--write") == 0
    assert tag(folder, *asked, "--check") == 0
    assert tag(folder, "--class", "public", "--address", "*") == 11

    assert (folder / "guardrail.yaml").read_text() == (
        "body: state # us\nmappings:\n  - {addresses: "
        '["aws_s3_bucket_acl.a", "aws_s3_bucket_acl.c"], class: sensitive, '
        'categories: ["health"]}\n'
    )
    told = capsys.readouterr().err
    assert "aws_s3_bucket_acl.a: no tags: a mapping in guardrail.yaml instead" in told
    assert "a mapping in guardrail.yaml states another class of it" in told


def test_a_mapping_that_cannot_be_added_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "main.tf").write_text(ACL)
    (folder / "guardrail.yaml").write_text("{body: state}\n")

    assert tag(folder, "--class", "sensitive", "--address", "*") == 11
    assert "guardrail.yaml is laid out in an unusual way" in capsys.readouterr().err


def test_a_label_is_written_under_the_key_of_ones_own(folder: Path) -> None:
    own = "tag_keys: {class: [Confidentialite], categories: [Finalites]}\n"
    (folder / "guardrail.yaml").write_text(own)
    asked = ("--class", "sensitive", "--category", "health", "--write")

    assert tag(folder, *asked) == 0
    labelled = (folder / "main.tf").read_text()
    assert 'Confidentialite = "sensitive"\n    Finalites       = "health"' in labelled

    assert tag(folder, *asked) == 0
    assert (folder / "main.tf").read_text() == labelled
    assert tag(folder, "--class", "sensitive", "--key", "Confidentialite") == 0
    (folder / "guardrail.yaml").unlink()
    assert tag(folder, "--class", "sensitive", "--key", "Confidentialite") == 2


def test_the_key_that_the_code_uses_comes_before_that_of_ones_own(folder: Path) -> None:
    (folder / "guardrail.yaml").write_text("tag_keys: {class: [Confidentialite]}\n")
    code = BUCKET + BUCKET.replace('"b"', '"c"').replace(
        "{\n}", '{\n  tags = { data_class = "internal" }\n}'
    )
    (folder / "main.tf").write_text(code)

    tag(folder, "--class", "sensitive", "--write")

    assert (folder / "main.tf").read_text().count("data_class") == 2


def test_one_label_in_the_provider(folder: Path) -> None:
    (folder / "main.tf").write_text('provider "aws" {\n}\n' + BUCKET)

    assert tag(folder, "--class", "sensitive", "--scope", "provider", "--write") == 0
    assert "default_tags {" in (folder / "main.tf").read_text()


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    shutil.copy(DEMO / "main.tf", tmp_path)
    return tmp_path


def test_classes_that_hang_on_the_workspace_are_written_for_one_that_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "guardrail.yaml").write_text(
        "data: {class: internal}\n"
        "mappings: [{addresses: ['*'], class: sensitive, workspaces: [prod]}]\n"
    )

    assert tag(folder) == 2
    assert "State it with --workspace" in capsys.readouterr().err
    assert tag(folder, "--workspace", "test") == 0
    assert 'data_sensitivity = "internal"' in capsys.readouterr().out
    assert tag(folder, "--workspace", "prod") == 0
    assert 'data_sensitivity = "sensitive"' in capsys.readouterr().out


def test_classes_are_worked_out_from_a_plan(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = str(DEMO / "plan.json")
    stated = 'mappings:\n  - {addresses: ["aws_db_instance.*"], class: personal}\n'

    assert tag(demo, "--plan", plan) == 0
    assert capsys.readouterr().err == (
        "aws_db_instance.register: to be decided by its owner: between public and "
        "particular\n0 labels to write, 2 already there, 1 for its owner to decide\n"
    )
    (demo / "guardrail.yaml").write_text(stated)
    assert tag(demo, "--plan", plan, "--src", str(demo), "--write") == 0
    assert 'data_class = "personal"' in (demo / "main.tf").read_text()


def test_instances_of_different_classes_are_not_labelled(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = ROOT / "fixtures" / "plans" / "aws-odd-keys"
    shutil.copytree(case, folder, dirs_exist_ok=True)
    floor = folder.parent / "floor.yaml"
    floor.write_text(
        "floor:\n  - {addresses: ['aws_s3_bucket.odd[\"0\"]'], class: restricted}\n"
    )
    plan = str(folder / "plan.json")
    asked = ["--plan", plan, "--config", str(floor), "--address", "aws_s3_bucket.odd*"]

    assert tag(folder, *asked) == 11
    assert capsys.readouterr().err.startswith(
        "aws_s3_bucket.odd: not written: its instances have different classes\n"
    )


WRONG = {
    "class": ["--class", "what"],
    "category": ["--class", "public", "--category", "what"],
    "a category without a class": ["--category", "health"],
    "key": ["--class", "public", "--key", "owner"],
    "category key": ["--class", "public", "--category-key", "owner"],
    "address": ["--class", "public", "--address", "x.*"],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_is_a_usage_error(name: str, folder: Path) -> None:
    assert tag(folder, *WRONG[name]) == 2


def test_a_key_may_have_a_prefix(folder: Path) -> None:
    tag(folder, "--class", "public", "--key", "gouv.fr/data-class", "--write")

    assert '"gouv.fr/data-class" = "public"' in (folder / "main.tf").read_text()


def test_a_file_that_was_changed_meanwhile_is_left(folder: Path) -> None:
    path = folder / "main.tf"

    with pytest.raises(ConfigurationError, match="changed meanwhile"):
        put(Change(path=path, name="main.tf", before=b"other", after=b"new"))
    assert path.read_text() == BUCKET


@pytest.mark.parametrize("link", [True, False])
def test_a_file_that_cannot_be_written_is_left(link: bool, folder: Path) -> None:
    path = folder / "main.tf"
    target = folder / "link.tf"
    if link:
        target.symlink_to(path)
    else:
        target.mkdir()

    with pytest.raises(ConfigurationError, match="cannot be written"):
        put(Change(path=target, name="link.tf", before=None, after=b"new"))
    assert path.read_text() == BUCKET


def test_an_interrupted_write_leaves_the_old_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    assert tag(folder, "--class", "sensitive", "--write") == 2
    assert (folder / "main.tf").read_text() == BUCKET
    assert [one.name for one in folder.iterdir()] == ["main.tf"]


def test_a_new_file_is_shown_whole() -> None:
    change = Change(path=Path("x"), name="x", before=None, after=b"a")

    assert unified([change]) == (
        b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n"
    )


def test_a_new_file_is_written(folder: Path) -> None:
    put(Change(path=folder / "new", name="new", before=None, after=b"a"))

    assert (folder / "new").read_bytes() == b"a"
    assert stat.S_IMODE((folder / "new").stat().st_mode) == 0o644


def test_a_template_is_labelled(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "heat_template_version: 2021-04-16\nresources:\n  v:\n"
        "    type: OS::Cinder::Volume\n"
    )

    assert tag(path, "--class", "sensitive", "--write") == 0
    assert path.read_text().endswith("        data_sensitivity: sensitive\n")
    assert tag(path, "--check") == 0


def test_what_is_neither_code_nor_a_template_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tag(folder / "main.tf", "--class", "sensitive") == 3
    assert "it is neither a folder nor a Heat template" in capsys.readouterr().err


def test_what_another_engine_makes_is_labelled_in_its_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = ROOT / "terraform-examples" / "stack-inside-a-plan"
    for name in ("main.tf", "app.yaml"):
        shutil.copy(example / name, tmp_path)
    before = (tmp_path / "app.yaml").read_bytes()

    assert tag(tmp_path, "--plan", str(example / "plan.json"), "--write") == 11

    assert capsys.readouterr().err == (
        "openstack_orchestration_stack_v1.site/restored: not written: it is made of "
        "the template of openstack_orchestration_stack_v1.site: label it there\n"
        "0 labels written, 4 already there, 1 not written\n"
    )
    assert (tmp_path / "app.yaml").read_bytes() == before
    assert (tmp_path / "main.tf").read_bytes() == (example / "main.tf").read_bytes()
