"""What a block sets, in the form in which a plan states it: values and masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from guardrail.model import Attributes, Evidence, Known, Unknown

_LARGEST_INTEGER = 1 << 53
"""As far as JSON numbers are exact."""


def attributes_of(settings: Mapping[str, Any]) -> Attributes:
    """The attributes that the arguments and blocks of a resource set.

    `settings` are in the form of `ProviderConfiguration.settings`.
    """
    reasons: list[Unknown] = []
    values = {name: _value(item) for name, item in settings.items()}
    unknown = {name: _mask(item, reasons) for name, item in settings.items()}
    encode = msgspec.json.encode
    return Attributes(
        values=encode({key: one for key, one in values.items() if one is not None}),
        unknown=encode({key: one for key, one in unknown.items() if one is not False}),
        sensitive=encode({key: True for key, one in settings.items() if _secret(one)}),
        reasons=tuple(reasons),
        evidence=Evidence.SOURCE,
    )


def amended(attributes: Attributes, clear: Mapping[str, Any]) -> Attributes:
    """`attributes` of a plan with members that are unknown there, as settings.

    Raises:
        InputError: The attributes are malformed.
    """
    known = attributes_of(clear)
    encode, decode = msgspec.json.encode, msgspec.json.decode
    values = {**attributes.members(attributes.values), **decode(known.values)}
    still = decode(attributes.unknown)
    unknown = {name: one for name, one in still.items() if name not in clear}
    secret = decode(attributes.sensitive)
    marks = secret is True or {**(secret or {}), **decode(known.sensitive)}
    return msgspec.structs.replace(
        attributes,
        values=encode(values),
        unknown=encode({**unknown, **decode(known.unknown)}),
        sensitive=encode(marks),
        reasons=known.reasons,  # a plan has none of its own
    )


def _value(item: Any) -> Any:
    """A setting as decoded JSON, with null for what is not known."""
    match item:
        case Unknown():
            return None
        case Known():
            return _value(item.value)
        case Mapping():
            return {key: _value(one) for key, one in item.items()}
        case list():
            return [_value(one) for one in item]
        case int() if not -_LARGEST_INTEGER < item < _LARGEST_INTEGER:
            return str(item)
        case _:
            return item


def _mask(item: Any, reasons: list[Unknown]) -> Any:
    """What of a setting is not known: the number of a reason, or a structure of them.

    False where all of it is known.
    """
    match item:
        case Unknown():
            reasons.append(item)
            return len(reasons) - 1
        case Known():
            return _mask(item.value, reasons)
        case Mapping():
            marks = {key: _mask(one, reasons) for key, one in item.items()}
            kept = {key: one for key, one in marks.items() if one is not False}
            return kept or False
        case list():
            listed = [_mask(one, reasons) for one in item]
            return listed if any(one is not False for one in listed) else False
        case _:
            return False


def _secret(item: Any) -> bool:
    """Whether anything in a setting is sensitive."""
    match item:
        case Known():
            return item.sensitive
        case Mapping():
            return any(map(_secret, item.values()))
        case list():
            return any(map(_secret, item))
        case _:
            return False
