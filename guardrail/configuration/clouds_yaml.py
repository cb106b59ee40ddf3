"""Entries of a clouds.yaml (`--clouds-yaml`), as openstacksdk reads them, offline.

The SDK merges `secure.yaml`, vendor profiles and regions. It is given only the fields
that say where data goes, in files made for it: no other file, no variable of this
process, no credential, and nothing to fetch.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias

import msgspec

from guardrail.configuration.attested_bytes import content_of
from guardrail.errors import ConfigurationError, LibraryError
from guardrail.model import Unknown, say
from guardrail.placement import AttestedFile, Entry, host_of
from guardrail.shapes import parsed

FORMAT: Final = "clouds-yaml"
_KEPT = ("cloud", "profile", "region_name")
_WRITE_IT = say("write auth_url and region_name into the entry in place of `profile`")
Cloud: TypeAlias = Mapping[str, Any]


def read_clouds(path: Path, secure: Path | None) -> AttestedFile:
    """The entries of the clouds.yaml at `path`, with what `secure` adds to them.

    Where `secure` is None, a `secure.yaml` beside the file counts, as for the SDK.

    Raises:
        ConfigurationError: A file cannot be read, or openstacksdk is not installed.
    """
    sdk = _sdk()
    beside = path.with_name("secure.yaml")
    if secure is None and beside.is_file():
        secure = beside
    clouds = _clouds(path)
    added = _clouds(secure) if secure else {}
    shown = f"{path} + {secure}" if any(added.values()) else str(path)
    reader = _Reader(sdk, clouds, added)
    names = sorted({*clouds, *added})
    entries = {name: reader.entry(name, shown) for name in names}
    return AttestedFile(
        format=FORMAT, name=shown, path=str(path.absolute()), entries=entries
    )


def _sdk() -> ModuleType:
    """The part of openstacksdk that reads configuration.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return import_module("openstack.config")  # costs half a second
    except ImportError:
        raise ConfigurationError(
            "--clouds-yaml needs openstacksdk; install it with: "
            "pip install 'guardrail[openstack]'"
        ) from None


def _clouds(path: Path) -> dict[str, Cloud]:
    """The entries in a file, each with the fields that say where data goes alone.

    Raises:
        ConfigurationError: It cannot be read, or has no `clouds`.
    """
    content = content_of(path)
    try:
        document = parsed(content, str(path))
    except LibraryError as error:
        raise ConfigurationError(str(error)) from None
    clouds = document.get("clouds") if isinstance(document, dict) else None
    if not isinstance(clouds, dict):
        raise ConfigurationError("it has no mapping `clouds`", where=str(path))
    return {str(name): _places(cloud) for name, cloud in clouds.items()}


def _places(cloud: object) -> Cloud:
    """What an entry says of places, with the keys as the SDK spells them."""
    stated = _spelled(cloud)
    kept: dict[str, Any] = {
        name: str(stated[name]) for name in _KEPT if stated.get(name) is not None
    }
    regions = stated.get("regions", stated.get("region_name"))
    if isinstance(regions, list):
        kept["regions"] = [_region(region) for region in regions]
    if isinstance(stated.get("region_name"), list):
        del kept["region_name"]
    return {**kept, **_auth(stated)}


def _region(region: object) -> object:
    if not isinstance(region, dict):
        return str(region)
    stated = _spelled(region.get("values"))
    return {"name": str(region.get("name", "")), "values": _auth(stated)}


def _auth(stated: Cloud) -> Cloud:
    url = _spelled(stated.get("auth")).get("auth_url")
    return {} if url is None else {"auth": {"auth_url": str(url)}}


def _spelled(mapping: object) -> dict[str, Any]:
    if not isinstance(mapping, dict):
        return {}
    return {str(key).replace("-", "_"): value for key, value in mapping.items()}


class _Reader:
    """Reads entries with the SDK."""

    def __init__(
        self, sdk: ModuleType, clouds: Mapping[str, Cloud], added: Mapping[str, Cloud]
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="guardrail-") as folder:
            files = [Path(folder) / "clouds.json", Path(folder) / "secure.json"]
            for file, entries in zip(files, (clouds, added), strict=True):
                file.write_bytes(msgspec.json.encode({"clouds": entries}))
            self._config: Any = sdk.OpenStackConfig(
                config_files=[str(files[0])],
                secure_files=[str(files[1])],
                vendor_files=[],
                load_envvars=False,
            )
        self._vendors: Any = sdk.vendors
        self._refusal: Any = import_module("openstack.exceptions").ConfigException

    def entry(self, name: str, file: str) -> Entry | Unknown:
        """The entry `name`; unknown where it cannot be read offline."""
        stated = self._config.cloud_config["clouds"][name]
        vendor = stated.get("profile", stated.get("cloud"))
        profile = self._profile(vendor, say("`{}` in {}", name, file))
        if isinstance(profile, Unknown):
            return profile
        # The first of these that is there counts, and nothing behind it.
        own = str(
            stated.get(
                "region_name",
                "" if profile.get("regions") else profile.get("region_name", ""),
            )
        )
        beside = [] if own else profile.get("regions", [])
        regions = stated.get("regions", beside)
        names = [one if isinstance(one, str) else one["name"] for one in regions]
        if not all(map(_plain, (own, *names))) or not _template(stated, profile):
            return Unknown(say("`{}` in {} holds a template", name, file), _WRITE_IT)
        if "," in own:
            names, own = own.split(","), ""
        if own and names and own not in names:
            gap = say("`{}` in {}: its region is not among its regions", name, file)
            return Unknown(gap, _WRITE_IT)
        own = own or (names[0] if len(names) == 1 else "")
        return self._read(name, own, names or [own], file)

    def _profile(self, vendor: object, where: str) -> Cloud | Unknown:
        """The vendor profile that an entry builds on; empty where it names none."""
        if not vendor:
            return {}
        if _is_url(vendor):
            return _remote(where, str(vendor))
        found = self._vendors.get_profile(str(vendor))
        if found is None:
            gap = say("{}: openstacksdk has no vendor profile {}", where, str(vendor))
            return Unknown(gap, _WRITE_IT)
        if _is_url(found.get("profile")):
            return _remote(where, str(vendor))
        profile: Cloud = found
        return profile

    def _read(
        self, name: str, own: str, regions: Sequence[str], file: str
    ) -> Entry | Unknown:
        try:
            found = {region: self._settings(name, region) for region in regions}
        except self._refusal:
            gap = say("openstacksdk does not accept `{}` in {}", name, file)
            return Unknown(gap, _WRITE_IT)
        return Entry(region=own, regions=found)

    def _settings(self, name: str, region: str) -> dict[str, str]:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of old spellings; they are read all the same
            cloud = self._config.get_one(name, region_name=region, validate=False)
        url = cloud.config["auth"].get("auth_url")
        return {"auth.auth_url": str(url or ""), "region_name": region}


def _is_url(text: object) -> bool:
    return "://" in str(text or "")


def _remote(where: str, vendor: str) -> Unknown:
    """An entry whose profile would have to be fetched, which is not done."""
    shown = host_of(vendor) or "?" if _is_url(vendor) else vendor
    gap = say(
        "{}: the vendor profile {} is on the network, not read here", where, shown
    )
    return Unknown(gap, _WRITE_IT)


def _plain(text: str) -> bool:
    return "{" not in text and "}" not in text


def _template(stated: Cloud, profile: Cloud) -> bool:
    """Whether every address holds nothing to be filled in but the region."""
    regions = [one for one in stated.get("regions") or () if isinstance(one, dict)]
    within = [one["values"] for one in regions]
    addresses = [
        str(one.get("auth", {}).get("auth_url", ""))
        for one in (stated, profile, *within)
    ]
    return all(_plain(url.replace("{region_name}", "")) for url in addresses)
