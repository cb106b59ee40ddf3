"""Functions of templates over values that are all known.

Each takes its arguments as they stand in the template, evaluated, and raises a
`ValueError`, `TypeError`, `KeyError` or `IndexError` where Heat would refuse them.

Source: OpenStack, heat, heat/engine/hot/functions.py and heat/engine/cfn/functions.py,
27.0.1, https://opendev.org/openstack/heat
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from guardrail.inputs.heat.arguments import listed, mapped, text_of
from guardrail.inputs.heat.urls import make_url

LONGEST = 4 << 20
"""Characters of the longest text, and items of the longest list, that is made."""

Function: TypeAlias = Callable[[Any], Any]


def _bounded(length: int) -> None:
    """Nothing, for a length that may be made.

    Raises:
        ValueError: It is too long.
    """
    if length > LONGEST:
        raise ValueError("the result is too long")


def as_json(value: Any) -> str:
    """`value` as Heat writes it into texts."""
    return json.dumps(value, sort_keys=True)


def join(args: Any) -> str:
    """`list_join` of one list of texts."""
    delimiter, items = args
    texts = ["" if one is None else text_of(one) for one in listed(items)]
    return _joined(delimiter, texts)


def join_all(args: Any) -> str:
    """`list_join` of several lists; maps and lists in them are written as JSON.

    Raises:
        ValueError: There is no list.
        TypeError: An item cannot be joined.
    """
    delimiter, *lists = listed(args)
    if not lists:
        raise ValueError("a list is expected")
    texts = []
    for item in itertools.chain.from_iterable(listed(one or None) for one in lists):
        if isinstance(item, Mapping | list):
            texts.append(as_json(item))
        else:
            texts.append("" if item is None else text_of(item))
    return _joined(delimiter, texts)


def _joined(delimiter: Any, texts: Sequence[str]) -> str:
    _bounded(sum(map(len, texts)) + len(text_of(delimiter)) * len(texts))
    return text_of(delimiter).join(texts)


def _plain(value: Any) -> str:
    """What stands for a parameter of `str_replace`.

    Raises:
        TypeError: It is no text or number.
    """
    if not isinstance(value, str | int | float):
        raise TypeError("a text or a number is expected")
    return str(value)


def _rich(value: Any) -> str:
    """What stands for a parameter of `str_replace`, maps and lists included.

    Raises:
        TypeError: It cannot be written.
    """
    return as_json(value) if isinstance(value, Mapping | list) else _plain(value)


def _full(value: Any) -> str:
    """What stands for a parameter of `str_replace_vstrict`.

    Raises:
        ValueError: It is empty.
        TypeError: It cannot be written.
    """
    found = "" if value in (None, "", [], {}) else _rich(value)
    if not found:
        raise ValueError("a parameter is empty")
    return found


def _empty_or(written: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else written(value)


def _replacer(written: Callable[[Any], str], *, strict: bool = False) -> Function:
    def replace(args: Any) -> str:
        """The text of a template with its parameters put in.

        Raises:
            ValueError: A parameter is missing in the text, and must not be.
        """
        template, params = text_of(args["template"]), mapped(args["params"])
        return _replaced(template, params, written, strict=strict)

    return replace


def _replaced(
    template: str,
    params: Mapping[str, Any],
    written: Callable[[Any], str],
    *,
    strict: bool,
) -> str:
    """`template` with `params` put in; the longest names first, never twice.

    Raises:
        ValueError: A parameter is missing in the text, and must not be.
    """
    used: set[str] = set()

    def put_in(text: str, names: Sequence[str]) -> str:
        """`text` with the parameters `names` put in.

        Raises:
            ValueError: The name of one is empty.
        """
        if not names:
            return text
        parts = text.split(names[0])
        if len(parts) > 1:
            used.add(names[0])
        value = written(params[names[0]])
        _bounded(len(text) + len(value) * len(parts))
        return value.join(put_in(part, names[1:]) for part in parts)

    found = put_in(template, sorted(sorted(params), key=len, reverse=True))
    if strict and used != set(params):
        raise ValueError("a parameter is missing in the text")
    return found


replace = _replacer(_empty_or(_plain))
replace_json = _replacer(_empty_or(_rich))
replace_strict = _replacer(_empty_or(_rich), strict=True)
replace_very_strict = _replacer(_full, strict=True)


def replace_pair(args: Any) -> str:
    """`Fn::Replace`."""
    params, template = listed(args)
    return _replaced(text_of(template), mapped(params), _empty_or(_plain), strict=False)


def same_text(args: Any) -> str:
    """`Fn::Base64`, which converts nothing."""
    return text_of(args)


def split(args: Any) -> list[str]:
    """`Fn::Split`."""
    delimiter, text = listed(args)
    return text_of(text).split(text_of(delimiter))


def split_at(args: Any) -> Any:
    """`str_split`, all of it or one item."""
    delimiter, text, *index = listed(args)
    if text is None:
        return None
    parts = text_of(text).split(text_of(delimiter))
    return parts[int(index[0])] if index else parts


def select(args: Any) -> Any:
    """`Fn::Select`; an empty text where there is nothing.

    Raises:
        TypeError: The index does not fit.
    """
    index, items = listed(args)
    if items is None or items == "":
        return ""
    if isinstance(items, str):
        items = json.loads(items)
    if isinstance(items, Mapping):
        return items.get(text_of(index), "")
    if not isinstance(items, list):
        raise TypeError("a list or a map is expected")
    place = int(index)
    return items[place] if -len(items) <= place < len(items) else ""


def digest(args: Any) -> str:
    """`digest`."""
    algorithm, text = listed(args)
    found = hashlib.new(text_of(algorithm), usedforsecurity=False)
    found.update(text_of(text).encode("latin-1"))
    return found.hexdigest()


def members(args: Any) -> dict[str, str]:
    """`Fn::MemberListToMap`.

    Raises:
        ValueError: A member is malformed.
    """
    key, value, items = listed(args)
    stated = dict(text_of(item).split("=", 1) for item in listed(items))
    found: dict[int, dict[str, str]] = {}
    for name, text in stated.items():
        start, number, field = name.lstrip(".").split(".")
        if start != "member":
            raise ValueError("a member list is expected")
        found.setdefault(int(number), {})[field] = text
    return {found[at][key]: found[at][value] for at in sorted(found)}


def keep_others(args: Any) -> Any:
    """`filter`: a list without some values."""
    values, items = listed(args)
    if not items:
        return items
    unwanted = listed(values or None)
    return [one for one in listed(items) if not any(same(one, two) for two in unwanted)]


def contains(args: Any) -> bool:
    """`contains`.

    Raises:
        TypeError: There is nothing that could contain it.
    """
    value, items = listed(args)
    if isinstance(items, str):
        return text_of(value) in items
    if not isinstance(items, list):
        raise TypeError("a list is expected")
    return any(same(value, one) for one in items)


def equals(args: Any) -> bool:
    """`equals`."""
    first, second = listed(args)
    return same(first, second)


def same(first: Any, second: Any) -> bool:
    """Whether two values are equal, as Python has it: true is 1."""
    return bool(first == second)


def map_replace(args: Any) -> dict[str, Any]:
    """`map_replace`.

    Raises:
        ValueError: Keys collide, or the replacements are malformed.
    """
    given, changes = map(mapped, listed(args))
    if not set(changes) <= {"keys", "values"}:
        raise ValueError("the replacements are malformed")
    keys, values = mapped(changes.get("keys")), mapped(changes.get("values"))
    found: dict[str, Any] = {}
    for key, value in given.items():
        name = keys.get(key)
        name = key if name is None else name
        if (name in given and name != key) or name in found:
            raise ValueError("keys collide")
        plain = not isinstance(value, Mapping | list)
        found[name] = values.get(value, value) if plain else value
    return found


def list_concat_unique(args: Any) -> list[Any]:
    """`list_concat_unique`."""
    found: list[Any] = []
    for item in itertools.chain.from_iterable(map(listed, listed(args))):
        if not any(same(item, one) for one in found):
            found.append(item)
    return found


def turns(for_each: Any, *, maps: bool, nested: bool) -> list[list[tuple[str, str]]]:
    """What `repeat` puts in for each of its variables, turn by turn.

    Raises:
        TypeError: A list is none, or an item is no text.
        ValueError: Lists that go together have different lengths, or there are none.
    """
    stated = mapped(for_each)
    if not stated:
        raise ValueError("a variable is expected")
    lists = []
    for value in stated.values():
        fits = isinstance(value, list) or (maps and isinstance(value, Mapping))
        if value is not None and not fits:
            raise TypeError("a list is expected")
        lists.append([text_of(item) for item in value or ()])
    if not nested and len({len(one) for one in lists}) > 1:
        raise ValueError("the lists have different lengths")
    _bounded(math.prod(map(len, lists)) if nested else 0)
    rows = itertools.product(*lists) if nested else zip(*lists, strict=True)
    return [list(zip(stated, row, strict=True)) for row in rows]


PLAIN: Mapping[str, Function] = {
    "contains": contains,
    "digest": digest,
    "equals": equals,
    "filter": keep_others,
    "join": join,
    "join_all": join_all,
    "list_concat_unique": list_concat_unique,
    "make_url": make_url,
    "map_replace": map_replace,
    "members": members,
    "replace": replace,
    "replace_json": replace_json,
    "replace_pair": replace_pair,
    "replace_strict": replace_strict,
    "replace_very_strict": replace_very_strict,
    "same_text": same_text,
    "select": select,
    "split": split,
    "split_at": split_at,
}
"""By what a dialect calls them."""
