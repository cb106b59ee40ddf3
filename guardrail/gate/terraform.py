"""A binary plan as JSON, made by Terraform or OpenTofu.

Nothing that Terraform prints reaches a message but the title of its error. A plan is
shown where its providers are installed: `terraform show` asks them for their schemas.

Source: HashiCorp, terraform, internal/command/show.go, tag v1.11.4,
https://github.com/hashicorp/terraform; setup-terraform, lib/setup-terraform.js, v3, and
OpenTofu, setup-opentofu, v1 (where their wrappers keep the real program)
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from guardrail.errors import ConfigurationError, InputError
from guardrail.gate.process import Ended, Limits, run

LIMITS = Limits(timeout_s=300, output_bytes=1 << 30)
"""How long a plan may take to be shown, and how long its JSON may be."""

_WORKER = Path(__file__).with_name("worker.py")
_LEFT_OUT = ("TF_LOG", "TF_CLI_ARGS", "TF_REATTACH_PROVIDERS", "TF_INPUT")
"""Beginnings of variables that make Terraform print more, or do something else."""
_WRAPPED = {
    "terraform": ("TERRAFORM_CLI_PATH", "terraform-bin"),
    "tofu": ("TOFU_CLI_PATH", "tofu-bin"),
}
"""Where GitHub actions keep the real program when they put a wrapper in its place."""
_TITLE = re.compile(
    r"^(?:[╷│|] ?)*Error: ([A-Za-z][A-Za-z ,'()-]{2,99})\r?$", re.MULTILINE
)
"""Plain words alone: the title of an error, never a value."""
_NO_PROVIDERS = re.compile(
    r"unavailable provider|plugin schemas|lock file|\b(?:terraform|tofu) init\b|"
    r"required plugins|provider schema",
    re.IGNORECASE,
)
_OTHER_VERSION = re.compile(
    r"different version|unsupported plan|plan file was created|plan format",
    re.IGNORECASE,
)


class Executable(msgspec.Struct, frozen=True):
    """The program that shows plans."""

    path: Path
    """Absolute."""
    name: str
    """`terraform` or `tofu`, for what a person is told to run."""


def find_executable(
    stated: str | None, environment: Mapping[str, str], *, tofu: bool
) -> Executable:
    """The program that is stated, else Terraform or OpenTofu where they are installed.

    `tofu` says which of the two comes first.

    Raises:
        ConfigurationError: What is stated is no program.
        InputError: Nothing is installed.
    """
    search = _absolute(environment.get("PATH", ""))
    if stated:
        found = shutil.which(stated, path=search)
        if found is None:
            raise ConfigurationError("it is no program that can be run", where=stated)
        path = Path(found).absolute()
        return Executable(path, "tofu" if "tofu" in path.name else "terraform")
    for name in ("tofu", "terraform") if tofu else ("terraform", "tofu"):
        variable, wrapped = _WRAPPED[name]
        inside = _absolute(environment.get(variable, ""))
        for program, places in ((wrapped, inside), (name, search)):
            found = shutil.which(program, path=places) if places else None
            if found is not None:
                return Executable(Path(found), name)
    raise InputError(
        "a binary plan is read with Terraform or OpenTofu, and neither is installed",
        remedy="Give --terraform-bin FILE, or the plan as JSON "
        "(`terraform show -json tfplan > plan.json`) with --src DIR",
    )


def show(
    plan: bytes,
    executable: Executable,
    folders: Iterable[Path],
    environment: Mapping[str, str],
    *,
    limits: Limits = LIMITS,
) -> bytes:
    """The JSON of a binary plan.

    It is shown in the first of `folders` in which `terraform init` was run, else in the
    first. What is shown is a copy: the file may change meanwhile.

    Raises:
        InputError: It could not be shown.
    """
    candidates = list(folders)
    data = environment.get("TF_DATA_DIR") or ".terraform"
    ready = [one for one in candidates if (one / data).is_dir()]
    folder = (ready or candidates)[0].absolute()
    variables = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_LEFT_OUT)
    }
    with tempfile.TemporaryDirectory(prefix="guardrail-") as private:
        copy = Path(private) / "tfplan"
        copy.write_bytes(plan)
        asked = ["show", "-json", "-no-color", str(copy)]
        # Not in `folder`: what lies there is none of Python's business.
        ended = run(worker(executable, folder, asked), Path(private), variables, limits)
    return _shown(ended, executable.name, folder, limits)


def worker(executable: Executable, folder: Path, asked: Iterable[str]) -> list[str]:
    """The command that runs Terraform in `folder`, through python-terraform."""
    given = [str(executable.path), str(folder), *asked]
    return [sys.executable, "-P", str(_WORKER), *given]


def _shown(ended: Ended, name: str, folder: Path, limits: Limits) -> bytes:
    """What was printed.

    Raises:
        InputError: The program failed, took too long, or printed too much.
    """
    by_hand = f"see what `{name} show -json tfplan` says in {folder}"
    if ended.code == 0 and ended.output.strip():
        return ended.output
    if ended.late:
        message = f"`{name} show` took longer than {limits.timeout_s:g} seconds"
        raise InputError(message, remedy=f"To find out why, {by_hand}")
    if ended.long:
        message = f"`{name} show` printed more than {limits.output_bytes} bytes"
        raise InputError(message, remedy="Split the plan")
    # Lines are broken anywhere: what is looked for may stand across two.
    errors = ended.errors.decode(errors="replace")
    said = " ".join(errors.replace("│", " ").split())
    title = _TITLE.search(errors)
    message = f"`{name} show` failed{f': {title[1].strip()}' if title else ''}"
    if _NO_PROVIDERS.search(said):
        remedy = (
            f"Run `{name} init` in the folder of the code, and give that folder "
            f"with --src DIR (this was run in {folder})"
        )
    elif _OTHER_VERSION.search(said):
        remedy = (
            "Give the program and version that made the plan with --terraform-bin FILE"
        )
    else:
        remedy = f"To find out why, {by_hand}"
    raise InputError(message, remedy=remedy)


def _absolute(path: str) -> str:
    """A search path without its relative entries: a plan's folder is not trusted."""
    return ":".join(one for one in path.split(":") if one.startswith("/"))
