"""Profiles of a shared configuration file of AWS (`--aws-config`): places, no keys.

Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files" and
"Service-specific endpoints", read 2026-11-22.
"""

from __future__ import annotations

from configparser import ConfigParser, DuplicateOptionError, DuplicateSectionError
from configparser import Error as ParserError
from pathlib import Path
from typing import Final

from guardrail.configuration.attested_bytes import content_of, text_of
from guardrail.errors import ConfigurationError
from guardrail.placement import AttestedFile, Entry

FORMAT: Final = "aws-config"
_PLACES = ("region", "endpoint_url")
_IGNORED = "ignore_configured_endpoint_urls"


def read_profiles(path: Path) -> AttestedFile:
    """The profiles in the file at `path`, each with what says where data goes.

    Raises:
        ConfigurationError: The file cannot be read, or is not of that form.
    """
    parser = _parsed(text_of(content_of(path), str(path)), str(path))
    services = {
        name: _services(parser, section)
        for section, kind, name in _sections(parser)
        if kind == "services"
    }
    profiles = sorted(
        (kind == "profile", name, section)
        for section, kind, name in _sections(parser)
        if kind == "profile" or section == "default"
    )
    # `[profile default]` comes after `[default]`, and wins.
    entries = {
        name: Entry(regions={"": _places(parser, section, services)})
        for _explicit, name, section in profiles
    }
    return AttestedFile(
        format=FORMAT, name=str(path), path=str(path.absolute()), entries=entries
    )


def _parsed(text: str, name: str) -> ConfigParser:
    parser = ConfigParser(
        interpolation=None,
        default_section="\0",
        allow_no_value=True,
        comment_prefixes=("#", ";"),
        delimiters=("=",),
    )
    try:
        parser.read_string(text)
    except (DuplicateSectionError, DuplicateOptionError) as error:
        where = f"{name}, line {error.lineno}"
        raise ConfigurationError("it states something twice", where=where) from None
    except ParserError as error:
        lines = [line for line, _text in getattr(error, "errors", ())]
        line = lines[0] if lines else getattr(error, "lineno", 1)
        raise ConfigurationError(
            "it is not of the form of a shared configuration file",
            where=f"{name}, line {line}",
        ) from None
    return parser


def _sections(parser: ConfigParser) -> list[tuple[str, str, str]]:
    """Each section with its kind and name; `default` has no kind."""
    found = []
    for section in parser.sections():
        kind, _space, name = section.partition(" ")
        found.append((section, kind, name.strip().strip("\"'") or kind))
    return found


def _places(
    parser: ConfigParser, section: str, services: dict[str, dict[str, str]]
) -> dict[str, str]:
    stated = parser[section]
    places = {name: (stated.get(name) or "").strip() for name in _PLACES}
    if (stated.get(_IGNORED) or "").strip().lower() == "true":
        return {"region": places["region"]}
    named = services.get((stated.get("services") or "").strip(), {})
    return {**places, **named}


def _services(parser: ConfigParser, section: str) -> dict[str, str]:
    """`services.<name>.endpoint_url` to its value; the settings are indented lines."""
    found = {}
    for service, nested in parser[section].items():
        for line in (nested or "").splitlines():
            name, _mark, value = line.partition("=")
            if name.strip() == "endpoint_url":
                found[f"services.{service}.endpoint_url"] = value.strip()
    return found
