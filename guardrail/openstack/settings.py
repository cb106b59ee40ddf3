"""`admission.yaml`: which cloud is guarded, how projects are labelled, the budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from guardrail.errors import ConfigurationError
from guardrail.shapes import checked, parsed

Positive = Annotated[float, msgspec.Meta(gt=0)]


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """The cloud whose services are guarded, as a client of it would name it."""

    auth_url: str
    """Address of Keystone; the host by which an offer recognises the cloud."""
    region: str = ""


class Label(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """What is declared of the data of a project."""

    class_: str = ""
    categories: tuple[str, ...] = ()


class Keystone(msgspec.Struct, frozen=True, kw_only=True):
    """How the tags of projects are read from Keystone."""

    cloud: str
    """Entry of the clouds.yaml; it needs no more than the role `reader`."""
    clouds_yaml: str = ""
    """File; openstacksdk's own places when empty."""
    ttl_s: Positive = 60.0
    """How long tags are believed before they are read again."""
    timeout_s: Positive = 2.0


class Neighbours(msgspec.Struct, frozen=True, kw_only=True):
    """How the other services are asked what a request copies."""

    interface: Literal["public", "internal", "admin"] = "internal"
    """Of the endpoints in the catalogue."""
    ca_file: str = ""
    """Who signs their certificates; the authorities of the system when empty."""
    ttl_s: Positive = 10.0
    """How long labels of a source are believed before they are read again."""
    timeout_s: Positive = 2.0


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """The most that one request may cost; beyond it the request is refused."""

    body_bytes: Annotated[int, msgspec.Meta(gt=0)] = 1 << 20
    time_s: Positive = 3.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The form of `admission.yaml`; paths are relative to it."""

    cloud: Cloud
    organisation: str
    """The organisation's `guardrail.yaml`: body, offers, floor, derogations."""
    projects: dict[str, Label] = {}
    """Project id to what is declared of it; `*` for every other."""
    keystone: Keystone | None = None
    """Where tags of projects come from; `projects` comes first."""
    library: str = ""
    """Folder of policies; the shipped ones when empty."""
    language: Literal["en", "fr"] = "en"
    mode: Literal["enforce", "observe"] = "enforce"
    budget: Budget = Budget()
    neighbours: Neighbours = Neighbours()
    reload_s: Positive = 10.0
    """How often files are looked at for changes."""


def read_settings(path: Path) -> Settings:
    """The settings in the file at `path`, with absolute paths.

    Raises:
        ConfigurationError: There is no such file.
        LibraryError: It is malformed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError("it cannot be read", where=str(path)) from error
    found = checked(parsed(content, str(path)), Settings, str(path))
    folder = path.parent.absolute()
    named = {
        name: str(folder / getattr(found, name))
        for name in ("organisation", "library")
        if getattr(found, name)
    }
    return msgspec.structs.replace(found, **named)
