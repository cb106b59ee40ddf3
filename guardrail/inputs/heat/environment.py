"""Environments: parameters, their defaults, and what types stand for.

Source: OpenStack, heat, heat/common/environment_util.py, environment_format.py and
heat/engine/environment.py, 27.0.1, https://opendev.org/openstack/heat
"""

from __future__ import annotations

import fnmatch
import json
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import public, shown
from guardrail.inputs.yaml_document import document

NONE = "OS::Heat::None"
_READ = (
    "parameters", "parameter_defaults", "resource_registry",
    "parameter_merge_strategies",
)  # fmt: skip
_SECTIONS = frozenset({*_READ, "event_sinks", "encrypted_param_names"})
_MOST_STEPS = 20


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """What types of resources stand for; files as paths from the first template."""

    types: Mapping[str, str] = {}
    resources: Mapping[str, Mapping[str, str]] = {}
    """Likewise, for resources whose name fits."""

    def resolve(self, type_: str, name: str) -> str:
        """What `type_` stands for on the resource `name`; itself where for nothing.

        Raises:
            InputError: It leads in a circle.
        """
        for _step in range(_MOST_STEPS):
            found = self._once(type_, name)
            if found is None or found == type_:
                return type_
            type_ = found
        raise InputError(
            f"the type `{shown(public(type_))}` stands for itself, in a circle"
        )

    def _once(self, type_: str, name: str) -> str | None:
        for glob, types in self.resources.items():
            if type_ in types and fnmatch.fnmatchcase(name, glob):
                return types[type_]
        if type_ in self.types:
            return self.types[type_]
        for glob, target in self.types.items():
            if glob.endswith("*") and type_.startswith(glob[:-1]):
                kept = type_[len(glob) - 1 :]
                return target[:-1] + kept if target.endswith("*") else target
        return None


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Every environment, merged."""

    parameters: Mapping[str, Any] = {}
    defaults: Mapping[str, Any] = {}
    registry: Registry = Registry()


def merged_environment(
    given: Sequence[tuple[str, bytes]], kinds: Mapping[str, str]
) -> Environment:
    """The environments of paths and contents, the last one strongest.

    `kinds` is the type of each parameter of the templates.

    Raises:
        InputError: One is malformed.
    """
    merger = _Merger(kinds)
    for file, content in given:
        _add(merger, file, content)
    return Environment(
        parameters=merger.found["parameters"],
        defaults=merger.found["parameter_defaults"],
        registry=Registry(types=merger.types, resources=merger.resources),
    )


def referenced(content: bytes, file: str) -> list[str]:
    """The files that an environment names, from the first template's folder.

    Raises:
        InputError: It is malformed.
    """
    merger = _Merger({})
    _add(merger, file, content)
    every = [merger.types, *merger.resources.values()]
    return [target for types in every for target in types.values() if is_file(target)]


def _add(merger: _Merger, file: str, content: bytes) -> None:
    """Merge an environment into those before.

    Raises:
        InputError: It is malformed.
    """
    try:
        merger.add(_sections(document(content, where=file)), file)
    except InputError as error:
        where = f"{file}: {error.where}" if error.where not in {"", file} else file
        message = str(error.args[0])
        raise InputError(message, where=where, remedy=error.remedy) from error


def is_file(target: str) -> bool:
    """Whether a type is the file of a template, or its address."""
    return target.endswith((".yaml", ".yml", ".template"))


def located(target: str, beside: str) -> str:
    """The path of a file that is named in the file `beside`; addresses stay."""
    if "://" in target:
        return target
    return posixpath.normpath(posixpath.join(posixpath.dirname(beside), target))


def _sections(found: object) -> Mapping[str, Mapping[str, Any]]:
    """The sections of an environment.

    Raises:
        InputError: It is none.
    """
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InputError("an environment is a mapping")
    odd = sorted(set(found) - _SECTIONS)
    if odd:
        raise InputError(
            f"`{shown(odd[0])}` is no section of an environment",
            remedy="Give a Heat environment with --heat-env",
        )
    sections = {}
    for name in _READ:
        section = found.get(name) or {}
        if not isinstance(section, dict):
            raise InputError("a mapping is expected", where=name)
        sections[name] = section
    return sections


class _Merger:
    """Merges environments in their order."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._strategies: dict[str, str] = {}
        self.found: dict[str, dict[str, Any]] = {
            "parameters": {}, "parameter_defaults": {},
        }  # fmt: skip
        self.types: dict[str, str] = {}
        self.resources: dict[str, dict[str, str]] = {}

    def add(self, sections: Mapping[str, Mapping[str, Any]], file: str) -> None:
        """Add one environment.

        Raises:
            InputError: It contradicts the others, or is malformed.
        """
        stated = sections.get("parameter_merge_strategies", {})
        for name, merged in self.found.items():
            for key, value in sections.get(name, {}).items():
                if value is not None:
                    merged[key] = self._combined(key, merged.get(key), value, stated)
        self._register(sections.get("resource_registry", {}), file)

    def _combined(self, key: str, old: Any, new: Any, stated: Mapping[str, Any]) -> Any:
        """The value of a parameter that is stated once more.

        Raises:
            InputError: It cannot be put together with the one before.
        """
        usual = stated.get("default", "overwrite") if stated else "overwrite"
        wanted = "overwrite"
        if stated:
            wanted = stated.get(key, self._strategies.get(key, usual))
        kept = self._strategies.setdefault(key, wanted)
        if kept != wanted or (kept != "overwrite" and kept not in _STRATEGIES):
            raise InputError(
                f"environments merge the parameter `{shown(key)}` in different ways"
            )
        if kept == "overwrite" or old is None:
            return new
        kind = self._kinds.get(key, "")
        return _put_together(old, new, kind, deep=kept == "deep_merge")

    def _register(self, registry: Mapping[str, Any], file: str) -> None:
        """Add what types stand for.

        Raises:
            InputError: An entry is malformed.
        """
        base = registry.get("base_url")
        beside = f"{base.rstrip('/')}/x" if isinstance(base, str) and base else file
        for key, target in registry.items():
            if key == "resources":
                self.resources = {
                    name: self._types(entry, beside)
                    for name, entry in (target or {}).items()
                    if isinstance(entry, dict)
                }
            elif key != "base_url":
                self.types |= self._types({key: target}, beside)

    def _types(self, entry: Mapping[str, Any], beside: str) -> dict[str, str]:
        """The types of an entry; hooks and restrictions are none.

        Raises:
            InputError: A type is no text.
        """
        found = {}
        for key, target in entry.items():
            if key in {"hooks", "restricted_actions", "base_url"}:
                continue
            if target is not None and not isinstance(target, str):
                where = f"resource_registry/{shown(key)}"
                raise InputError("a text is expected", where=where)
            found[key] = _target(target or key, beside)
        return found


def _target(target: str, beside: str) -> str:
    if not is_file(target):
        return target
    if "://" in beside and "://" not in target:
        return beside.rpartition("/")[0] + "/" + target
    return located(target, beside)


_STRATEGIES = frozenset({"merge", "deep_merge"})


def _put_together(old: Any, new: Any, kind: str, *, deep: bool) -> Any:
    """Two values of one parameter.

    Raises:
        InputError: They do not go together.
    """
    kind = kind.lower().replace("_", "")
    try:
        if kind == "json":
            return _maps(_as_map(old), _as_map(new), deep=deep)
        if kind == "commadelimitedlist":
            return [*old, *new] if isinstance(new, list) else ",".join([old, new])
        if kind == "string":
            return "".join([old, new])
        if kind == "number":
            return old + new
    except (TypeError, ValueError) as error:
        raise InputError("two values of a parameter cannot be merged") from error
    raise InputError("a parameter of this type cannot be merged")


def _as_map(value: Any) -> dict[str, Any]:
    """A map, or the JSON of one.

    Raises:
        TypeError: It is none.
    """
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError("a map is expected")
    return dict(found)


def _maps(old: dict[str, Any], new: dict[str, Any], *, deep: bool) -> dict[str, Any]:
    """`old` with what `new` adds; deep inside too where asked."""
    found = dict(old)
    for key, value in new.items():
        before = found.get(key)
        if value is None:
            continue
        if not deep:
            found[key] = value
        elif isinstance(value, dict):
            found[key] = _maps(before, value, deep=True) if before else value
        elif isinstance(value, list):
            found[key] = [*before, *value] if before else value
        elif isinstance(value, str):
            found[key] = (before or "") + value
        else:
            found[key] = value
    return found
