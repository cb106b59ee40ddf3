"""Functions that make texts, numbers and booleans, or read texts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from guardrail.inputs.hcl import regex, yaml_text
from guardrail.inputs.hcl.convert import as_number, as_text, convert
from guardrail.inputs.hcl.cty import (
    BOOL,
    NUMBER,
    STRING,
    Any_,
    RefusedError,
    TooMuchError,
    Type,
    Unk,
    UnsureError,
    Val,
    from_plain,
    list_of,
    number,
    object_of,
    plain,
    text,
    truth,
    tuple_of,
)
from guardrail.inputs.hcl.signature import Function
from guardrail.inputs.hcl.tokens import WHITE
from guardrail.model import say

_LONGEST: Final = 4_000_000
"""Characters of the longest text that a function makes."""
_CASED: Final = 0x180
"""Below, a letter has one letter of the other case, or Python says that it has more."""
_ALONE: Final = 0x300
"""Below, no character is part of a longer one, but for the end of a line."""

_VERB = re.compile(r"%(?:(%)|(-|0)?([1-9][0-9]?)?([sdvqt])|(.?))", re.DOTALL)
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_JSON_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


def string(value: Any_) -> str:
    """`value` as a string of Python.

    Raises:
        RefusedError: It cannot be a string.
        UnsureError: It is not known.
    """
    return str(_data(as_text(value)))


def figure(value: Any_) -> int | Decimal:
    """`value` as a number of Python.

    Raises:
        RefusedError: It cannot be a number.
        UnsureError: It is not known.
    """
    found = _data(as_number(value))
    return found if isinstance(found, int) else Decimal(found)


def whole(value: Any_) -> int:
    """`value` as a whole number.

    Raises:
        RefusedError: It is no number.
        UnsureError: It is not known, or not whole.
    """
    found = figure(value)
    if not isinstance(found, int):
        raise UnsureError(say("a number is not whole"))
    return found


def give_up(name: str) -> NoReturn:
    """Nothing: the function `name` is not evaluated this far.

    Raises:
        UnsureError: Always.
    """
    raise UnsureError(say("`{}` is not evaluated for such arguments", name))


def _data(value: Any_) -> Any:
    """What a value is in Python.

    Raises:
        UnsureError: It is not known.
    """
    if isinstance(value, Unk):
        raise UnsureError(value.why.reason)
    return value.data


def _of_texts(run: Callable[..., str | bool], count: int) -> Function:
    """A function from `count` strings to a string or a boolean."""

    def made(arguments: list[Any_]) -> Any_:
        found = run(*map(string, arguments))
        return truth(found) if isinstance(found, bool) else text(found)

    gives = BOOL if run.__annotations__["return"] == "bool" else STRING
    return Function(run=made, gives=gives, least=count, most=count)


def _lower(value: str) -> str:
    return "".join(map(_one_case(str.lower), value))


def _upper(value: str) -> str:
    return "".join(map(_one_case(str.upper), value))


def _title(value: str) -> str:
    _ascii(value, "title")
    return _WORD.sub(lambda word: word[0][0].upper() + word[0][1:], value)


def _one_case(change: Callable[[str], str]) -> Callable[[str], str]:
    """`change` for a letter; Go changes each letter into one letter."""

    def changed(letter: str) -> str:
        found = change(letter)
        if len(found) != 1 or ord(letter) >= _CASED:
            raise UnsureError(
                say("a text holds letters whose case is not changed here")
            )
        return found

    return changed


def _ascii(value: str, name: str) -> None:
    """Nothing, for ASCII.

    Raises:
        UnsureError: It is not.
    """
    if not value.isascii():
        give_up(name)


def single(value: str) -> str:
    """`value`, each character of which stands for itself.

    Raises:
        UnsureError: Some may be one together.
    """
    if "\r\n" in value or any(ord(letter) >= _ALONE for letter in value):
        raise UnsureError(say("a text holds characters that are not counted here"))
    return value


def _trim(value: str, letters: str) -> str:
    return value.strip(letters)


def _trimprefix(value: str, prefix: str) -> str:
    return value.removeprefix(prefix)


def _trimsuffix(value: str, suffix: str) -> str:
    return value.removesuffix(suffix)


def _trimspace(value: str) -> str:
    return value.strip(WHITE)


def _chomp(value: str) -> str:
    return value.rstrip("\r\n")


def _strrev(value: str) -> str:
    return single(value)[::-1]


def _startswith(value: str, prefix: str) -> bool:
    return value.startswith(prefix)


def _endswith(value: str, suffix: str) -> bool:
    return value.endswith(suffix)


def _strcontains(value: str, part: str) -> bool:
    return part in value


def _base64encode(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _base64decode(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        give_up("base64decode")


def _urlencode(value: str) -> str:
    return "".join(map(_escaped, value))


def _escaped(letter: str) -> str:
    if letter == " ":
        return "+"
    if letter.isascii() and (letter.isalnum() or letter in "-_.~"):
        return letter
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _replace(value: str, part: str, by: str) -> str:
    if len(part) > 1 and part[0] == part[-1] == "/":
        return regex.replaced(_compiled(part[1:-1]), value, by)
    if (value.count(part) + 1) * len(by) > _LONGEST:
        raise TooMuchError
    return value.replace(part, by)


def _compiled(pattern: str) -> regex.Pattern:
    """A regular expression.

    Raises:
        UnsureError: It is not supported.
    """
    found = regex.compiled(pattern)
    if found is None:
        raise UnsureError(say("a regular expression is not supported here"))
    return found


def _hash(name: str, value: str) -> str:
    return hashlib.new(name, value.encode(), usedforsecurity=False).hexdigest()


def _hashing(name: str) -> Function:
    return Function(
        run=lambda arguments: text(_hash(name, string(arguments[0]))), gives=STRING
    )


def _regex(arguments: list[Any_]) -> Any_:
    """What a regular expression captures.

    Raises:
        RefusedError: It does not match.
    """
    pattern, subject = _compiled(string(arguments[0])), string(arguments[1])
    found = regex.search(pattern, subject)
    if found is None:
        raise RefusedError(say("a regular expression does not match"))
    return _captured(pattern, subject, found)


def _regexall(arguments: list[Any_]) -> Any_:
    pattern, subject = _compiled(string(arguments[0])), string(arguments[1])
    found = [
        _captured(pattern, subject, one) for one in regex.matches(pattern, subject)
    ]
    if not found:
        if pattern.groups:
            give_up("regexall")
        return list_of([], STRING)
    return list_of(found, found[0].type)


def _captured(pattern: regex.Pattern, subject: str, spans: regex.Spans) -> Any_:
    """A match: its text, or that of its groups.

    Raises:
        UnsureError: Only some of the groups have names.
    """
    pairs = list(zip(spans[::2], spans[1::2], strict=True))
    texts = [
        text(subject[start:end]) if start >= 0 else Val(STRING, None)
        for start, end in pairs
    ]
    if not pattern.groups:
        return texts[0]
    if not any(pattern.names):
        return tuple_of(texts[1:])
    if not all(pattern.names) or len(set(pattern.names)) < pattern.groups:
        give_up("regex")
    return object_of(dict(zip(pattern.names, texts[1:], strict=True)))


def _join(arguments: list[Any_]) -> Any_:
    separator = string(arguments[0])
    parts = [string(one) for given in arguments[1:] for one in _strings(given)]
    if sum(map(len, parts)) + len(separator) * len(parts) > _LONGEST:
        raise TooMuchError
    return text(separator.join(parts))


def _strings(value: Any_) -> Iterator[Any_]:
    """The strings of a list.

    Raises:
        RefusedError: It is none.
    """
    return iter(_data(convert(value, Type("list", STRING))))


def _split(arguments: list[Any_]) -> Any_:
    separator, value = map(string, arguments)
    parts = value.split(separator) if separator else list(single(value))
    return list_of(map(text, parts), STRING)


def _substr(arguments: list[Any_]) -> Any_:
    value, start, length = single(string(arguments[0])), *map(whole, arguments[1:])
    if start < 0:
        start += len(value)
    if length < -1 or not 0 <= start <= len(value):
        give_up("substr")
    return text(value[start:] if length == -1 else value[start : start + length])


def _indent(arguments: list[Any_]) -> Any_:
    spaces, value = whole(arguments[0]), string(arguments[1])
    if spaces < 0:
        give_up("indent")
    if value.count("\n") * spaces > _LONGEST:
        raise TooMuchError
    return text(value.replace("\n", "\n" + " " * spaces))


def _format(arguments: list[Any_]) -> Any_:
    """A text in which arguments stand for verbs.

    Raises:
        RefusedError: There are more or fewer arguments than verbs.
        TooMuchError: It is too long.
    """
    if any(isinstance(one, Val) and one.null for one in arguments[1:]):
        give_up("format")
    template, pending = string(arguments[0]), list(arguments[1:])

    result = _VERB.sub(lambda verb: _formatted(verb, pending), template)
    if pending:
        raise RefusedError(say("`format` is called with too many arguments"))
    if len(result) > _LONGEST:
        raise TooMuchError
    return text(result)


def _formatted(verb: re.Match[str], pending: list[Any_]) -> str:
    """The text that stands for a verb; its argument is taken off `pending`.

    Raises:
        RefusedError: There is none.
    """
    percent, flag, width, letter, _ = verb.groups()
    if percent:
        return "%"
    if not letter:
        give_up("format")
    if not pending:
        raise RefusedError(say("`format` is called with too few arguments"))
    found = _FORMATS[letter](pending.pop(0))
    if flag or width:
        return _padded(found, flag or "", int(width or 0), letter)
    return found


def _padded(found: str, flag: str, width: int, letter: str) -> str:
    _ascii(found, "format")
    if flag == "-":
        return found.ljust(width)
    if not flag:
        return found.rjust(width)
    if letter != "d":
        give_up("format")
    return found.zfill(width)


def _format_number(value: Any_) -> str:
    found = figure(value)
    if not isinstance(found, int):
        give_up("format")
    return str(found)


def _format_any(value: Any_) -> str:
    if value.type.kind in {"string", "number", "bool"}:
        return string(value)
    return _json(plain(value))


def _format_quoted(value: Any_) -> str:
    found = string(value)
    if not _PLAIN.fullmatch(found):
        give_up("format")
    return f'"{found}"'


def _format_truth(value: Any_) -> str:
    if value.type != BOOL:
        give_up("format")
    return string(value)


_FORMATS: Mapping[str, Callable[[Any_], str]] = {
    "s": string,
    "d": _format_number,
    "v": _format_any,
    "q": _format_quoted,
    "t": _format_truth,
}


def _formatlist(arguments: list[Any_]) -> Any_:
    """A list of texts, one for each place in the lists.

    Raises:
        RefusedError: The lists are not of one length.
    """
    string(arguments[0])
    columns = [
        one.data if isinstance(one, Val) and isinstance(one.data, tuple) else None
        for one in arguments[1:]
    ]
    lengths = {len(one) for one in columns if one is not None}
    if len(lengths) > 1:
        raise RefusedError(say("the lists of `formatlist` differ in length"))
    if not lengths:
        give_up("formatlist")
    rows = [
        [
            given if column is None else column[row]
            for given, column in zip(arguments[1:], columns, strict=True)
        ]
        for row in range(lengths.pop())
    ]
    return list_of([_format([arguments[0], *row]) for row in rows], STRING)


def _jsonencode(arguments: list[Any_]) -> Any_:
    return text(_json(plain(arguments[0])))


def _json(value: Any) -> str:
    found = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if any(one in found for one in ("\\b", "\\f", "\\u0", "\\u1")):
        give_up("jsonencode")
    return found.translate(_JSON_ESCAPES)


def _jsondecode(arguments: list[Any_]) -> Any_:
    """What a JSON text says.

    Raises:
        RefusedError: It is none.
        UnsureError: It states a key twice.
    """
    try:
        found = json.loads(
            string(arguments[0]),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_members,
        )
    except RecursionError:
        give_up("jsondecode")
    except ValueError as error:
        raise RefusedError(say("a text is not JSON")) from error
    return from_plain(found)


def _refuse_constant(_: str) -> Any:
    raise ValueError


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        give_up("jsondecode")
    return found


def _yamldecode(arguments: list[Any_]) -> Any_:
    return from_plain(yaml_text.decoded(string(arguments[0])))


def _parseint(arguments: list[Any_]) -> Any_:
    digits, base = string(arguments[0]), whole(arguments[1])
    if not 2 <= base <= 36 or not re.fullmatch("-?[0-9A-Za-z]{1,100}", digits):
        give_up("parseint")
    try:
        return number(Decimal(int(digits, base)))
    except ValueError as error:
        raise RefusedError(say("a text is not a whole number")) from error


def _of_number(run: Callable[[Any], int | Decimal]) -> Function:
    return Function(
        run=lambda arguments: number(Decimal(run(figure(arguments[0])))), gives=NUMBER
    )


def _floor(value: int | Decimal) -> int:
    return int(value // 1) - (value < 0 and value % 1 != 0)


def _ceil(value: int | Decimal) -> int:
    if -1 < value < 0:
        raise UnsureError(say("a number is a negative zero"))
    return -_floor(-value)


def _signum(arguments: list[Any_]) -> Any_:
    value = whole(arguments[0])
    return number(Decimal((value > 0) - (value < 0)))


def _chosen(choose: Callable[[list[Any]], Any]) -> Function:
    """A function from numbers to one of them."""
    return Function(
        run=lambda arguments: number(
            Decimal(choose([figure(one) for one in arguments]))
        ),
        gives=NUMBER,
        most=1000,
    )


TEXTS: Mapping[str, Function] = {
    "abs": _of_number(abs),
    "base64decode": _of_texts(_base64decode, 1),
    "base64encode": _of_texts(_base64encode, 1),
    "ceil": _of_number(_ceil),
    "chomp": _of_texts(_chomp, 1),
    "endswith": _of_texts(_endswith, 2),
    "floor": _of_number(_floor),
    "format": Function(run=_format, gives=STRING, most=1000, nulls=True),
    "formatlist": Function(run=_formatlist, most=1000),
    "indent": Function(run=_indent, gives=STRING, least=2, most=2),
    "join": Function(run=_join, gives=STRING, least=2, most=1000),
    "jsondecode": Function(run=_jsondecode),
    "jsonencode": Function(run=_jsonencode, gives=STRING, nulls=True),
    "lower": _of_texts(_lower, 1),
    "max": _chosen(max),
    "md5": _hashing("md5"),
    "min": _chosen(min),
    "parseint": Function(run=_parseint, gives=NUMBER, least=2, most=2),
    "regex": Function(run=_regex, least=2, most=2),
    "regexall": Function(run=_regexall, least=2, most=2),
    "replace": _of_texts(_replace, 3),
    "sha1": _hashing("sha1"),
    "sha256": _hashing("sha256"),
    "sha512": _hashing("sha512"),
    "signum": Function(run=_signum, gives=NUMBER),
    "split": Function(run=_split, gives=Type("list", STRING), least=2, most=2),
    "startswith": _of_texts(_startswith, 2),
    "strcontains": _of_texts(_strcontains, 2),
    "strrev": _of_texts(_strrev, 1),
    "substr": Function(run=_substr, gives=STRING, least=3, most=3),
    "title": _of_texts(_title, 1),
    "trim": _of_texts(_trim, 2),
    "trimprefix": _of_texts(_trimprefix, 2),
    "trimspace": _of_texts(_trimspace, 1),
    "trimsuffix": _of_texts(_trimsuffix, 2),
    "upper": _of_texts(_upper, 1),
    "urlencode": _of_texts(_urlencode, 1),
    "yamldecode": Function(run=_yamldecode),
}
