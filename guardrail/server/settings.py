"""`server.yaml`: what a server serves, whom it trusts and whom it may call."""

from __future__ import annotations

from pathlib import Path

import msgspec

from guardrail.errors import ConfigurationError, LibraryError
from guardrail.server.hcp import Patience
from guardrail.server.outbound import Hosts


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Who may ask for decisions, by the SHA-256 of a bearer token."""

    name: str
    """Of the client, for the log."""
    sha256: str


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `server.yaml` says; files are named from its folder."""

    organisation: str
    """The organisation's `guardrail.yaml`."""
    log: str
    """Database URL of the decision log: `sqlite:////var/lib/guardrail/log.db`."""
    run_task_key_files: tuple[str, ...] = ()
    """Files with an HMAC key each; none, and no run task is served."""
    run_task_hosts: tuple[str, ...] = ("app.terraform.io", "archivist.terraform.io")
    """Hosts of callbacks and downloads."""
    private_hosts: bool = False
    """Whether these may lie at private addresses (Terraform Enterprise)."""
    plain_hosts: bool = False
    """Whether these may be called without TLS: for tests on one machine."""
    proxy: str = ""
    clients: tuple[Tokens, ...] = ()
    """Who may use `POST /v1/decisions`; none, and it is not served."""
    admission: str = ""
    """`admission.yaml` for the checks of oslo.policy; "" and they are not served."""
    language: str = "en"
    library: str = ""
    """A folder of policies; "" for the shipped ones."""
    at_once: int = 2
    """How many plans are judged at a time."""
    most_waiting: int = 1000
    """How many run tasks may wait; more are told to come again."""
    largest_plan_bytes: int = 256 << 20
    keep_days: int | None = None
    """How long the log keeps a decision; for good when not said."""
    stop_s: float = 25.0
    """How long a stop waits for tasks to be answered."""
    fetch_s: float = 600.0
    answer_s: float = 1800.0

    @property
    def hosts(self) -> Hosts:
        """The places that the server may call."""
        return Hosts(
            names=tuple(name.lower() for name in self.run_task_hosts),
            private=self.private_hosts,
            plain=self.plain_hosts,
        )

    @property
    def patience(self) -> Patience:
        """How long others are waited for."""
        return Patience(
            fetch_s=self.fetch_s,
            answer_s=self.answer_s,
            limit_bytes=self.largest_plan_bytes,
        )


def read_settings(path: Path) -> Settings:
    """The settings in a file, with its file names made absolute.

    Raises:
        ConfigurationError: There is none, or it is malformed.
    """
    from guardrail.shapes import checked, parsed

    try:
        found = checked(parsed(path.read_bytes(), str(path)), Settings, str(path))
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise ConfigurationError(message, where=str(path)) from error
    except LibraryError as error:
        raise ConfigurationError(str(error.args[0]), where=error.where) from error
    near = path.parent.absolute()
    keys = tuple(str(near / name) for name in found.run_task_key_files)
    named = {
        name: str(near / getattr(found, name))
        for name in ("organisation", "admission", "library")
        if getattr(found, name)
    }
    return msgspec.structs.replace(found, run_task_key_files=keys, **named)


def keys_of(settings: Settings) -> tuple[bytes, ...]:
    """The HMAC keys of run tasks.

    Raises:
        ConfigurationError: A file cannot be read, or holds no key.
    """
    keys = []
    for name in settings.run_task_key_files:
        try:
            key = Path(name).read_bytes().strip()
        except OSError as error:
            message = f"the key cannot be read: {error.strerror}"
            raise ConfigurationError(message, where=name) from error
        if len(key) < 16:
            raise ConfigurationError("a key has at least 16 bytes", where=name)
        keys.append(key)
    return tuple(keys)
