"""A plan made, and a plan applied: the very bytes that were judged, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from guardrail.errors import ConfigurationError, InputError
from guardrail.gate.attended import attend, private_file
from guardrail.gate.terraform import Executable, worker

_OURS = ("-out", "-chdir", "-input", "-json", "-help", "-version")
"""Options that would take the plan, the folder or the answer out of our hands."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """How Terraform is run for one deployment."""

    executable: Executable
    folder: Path
    """The root module; `terraform init` was run in it."""
    environment: Mapping[str, str]
    """The whole environment, for the plan and for the apply."""
    output: int | None = None
    """Descriptor that Terraform writes to; None for our own standard output."""
    coloured: bool = False
    timeout_s: float | None = None
    """After so long it is interrupted; None for no limit."""

    def run(self, command: str, asked: Sequence[str], **variables: str) -> int:
        """The exit code of a command of Terraform."""
        plain = [] if self.coloured else ["-no-color"]
        options = [command, "-input=false", *plain, *asked]
        # What lies in the folder is none of Python's business: it starts elsewhere.
        return attend(
            worker(self.executable, self.folder.absolute(), options),
            Path("/"),
            {**self.environment, **variables},
            output=self.output,
            timeout_s=self.timeout_s,
        )


def plan(deployment: Deployment, arguments: Sequence[str]) -> bytes:
    """The binary plan that Terraform makes, with `arguments` of the user.

    Raises:
        ConfigurationError: An argument is not the user's to give.
        InputError: Terraform made no plan.
    """
    _usable(arguments)
    name = deployment.executable.name
    with private_file() as made:
        # In automation: without the advice to apply the plan by hand.
        asked = [*arguments, f"-out={made}"]
        code = deployment.run("plan", asked, TF_IN_AUTOMATION="true")
        content = made.read_bytes()
    if code != 0 or not content:
        raise InputError(
            f"`{name} plan` made no plan (exit code {code})",
            where=str(deployment.folder),
            remedy="Nothing was judged or applied; see what it says above",
        )
    return content


def apply(
    deployment: Deployment, content: bytes, sha256: str, arguments: Sequence[str]
) -> int:
    """The exit code of Terraform, which applies `content`, the plan that was judged.

    Raises:
        ConfigurationError: An argument is not the user's to give.
        InputError: It is not the plan with the digest `sha256`.
    """
    _usable(arguments)
    with private_file(content) as judged:
        if hashlib.sha256(judged.read_bytes()).hexdigest() != sha256:
            raise InputError("the plan is not the one that was judged")
        return deployment.run("apply", [*arguments, str(judged)])


def _usable(arguments: Sequence[str]) -> None:
    """Nothing, if the user may give all of `arguments`.

    Raises:
        ConfigurationError: One names a file, or is ours.
    """
    for argument in arguments:
        if not argument.startswith("-") or argument == "-":
            raise ConfigurationError(
                "after --, only options of Terraform may stand, each with its value "
                "after `=`"
            )
        option = "-" + argument.lstrip("-").partition("=")[0]
        if option in _OURS:
            raise ConfigurationError(
                f"guardrail says itself what {option} is",
                remedy="Leave it out; --chdir DIR names the folder",
            )
