"""One request to a service, read once and bounded; what the service gets is the same.

A service may decode a path or a body in a way of its own. So paths match in every
spelling that any of them could take for the same, and a body is judged only in a form
that has one meaning; the service is handed exactly the bytes that were judged.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.model import Phrase, say
from guardrail.openstack.placed import ANYTHING, Deployed, Placed

Environ: TypeAlias = dict[str, Any]
_READS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
"""What places nothing: deleting is never judged."""
_OVERRIDES = (
    "HTTP_X_HTTP_METHOD_OVERRIDE",
    "HTTP_X_HTTP_METHOD",
    "HTTP_X_METHOD_OVERRIDE",
)
_SUFFIXES = (".json", ".xml")
_CHUNK = 65536
_FIELDS = 1000


class TooLargeError(InputError):
    """The body is larger than the budget."""


class NotThereError(Exception):
    """The service does not show what the request is about."""


class RefusedError(Exception):
    """The request is not let through, whatever else would be said of it."""

    def __init__(self, message: Phrase) -> None:
        """Say why, and what to do."""
        super().__init__(message)
        self.message = message


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the readers of the services see it."""

    method: str
    names: tuple[str, ...]
    """What stands where the route has `{}`, in order."""
    body: Any
    """Decoded JSON; None when there is none. Of a form, its names and values."""
    header: Callable[[str], str]
    """A header of the request; "" when it has none."""
    show: Callable[..., Mapping[str, Any]]
    """What a GET of the service gives for the path segments, with the caller's own
    rights; raises `NotThereError`."""
    ask: Callable[..., Mapping[str, Any]]
    """Likewise of another service: `image` or `volume`, then the path."""

    def inside(self, name: str) -> Mapping[str, Any]:
        """The object under `name` of the body.

        Raises:
            InputError: There is none.
        """
        found = self.body.get(name) if isinstance(self.body, dict) else None
        if not isinstance(found, dict):
            raise InputError(say("the body has no object `{}`", name))
        return found


Reader: TypeAlias = Callable[[Call], Deployed | Sequence[Placed]]
"""What a request places: each resource, or a whole stack of them."""


def anything(_call: Call) -> Sequence[Placed]:
    """As anything that the project could hold, wherever that might be."""
    return [Placed(type=ANYTHING, attributes={})]


class Route(msgspec.Struct, frozen=True):
    """A kind of request that may place data."""

    methods: tuple[str, ...]
    path: str
    """From the end of the path; `{}` stands for one segment."""
    read: Reader
    opaque: bool = False
    """Whether the body is data, which is not read."""
    form: bool = False
    """Whether it is a form, of which a part stands in the address."""

    def body(self, environ: Environ, limit_bytes: int) -> Any:
        """What the reader gets of the body of a request.

        Raises:
            TooLargeError: It is larger than `limit_bytes`.
            InputError: It is encoded, or has no one meaning.
        """
        if self.opaque:
            return None
        read = read_form if self.form else read_body
        return read(environ, limit_bytes)

    @property
    def name(self) -> str:
        """The route as a log names it."""
        return f"{'/'.join(self.methods)} {self.path}"


class Passed(msgspec.Struct, frozen=True):
    """A kind of request that places nothing by itself, and why."""

    methods: tuple[str, ...]
    paths: tuple[str, ...]
    """From the end of the path; `{}` stands for one segment, `**` for all the rest."""
    why: str


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """The requests of one service that are not plain reading or deleting."""

    judged: tuple[Route, ...]
    passed: tuple[Passed, ...] = ()
    other: Route | None = None
    """What every other request is judged as; None, and it passes."""
    reads: frozenset[str] = _READS
    """Methods that are not looked at."""


def route_of(environ: Environ, surface: Surface) -> tuple[Route, int] | None:
    """The route of a request, with the place where it begins; None when it passes."""
    method = environ["REQUEST_METHOD"].upper()
    if method in surface.reads:
        return None
    segments = [segment.lower() for segment in segments_of(environ)]
    for route in surface.judged:
        if method in route.methods and _ends(segments, route.path):
            return route, len(segments) - len(route.path.split("/"))
    for known in surface.passed:
        if method in known.methods and any(_ends(segments, one) for one in known.paths):
            return None
    return None if surface.other is None else (surface.other, 0)


def _ends(segments: Sequence[str], path: str) -> bool:
    """Whether a path ends as a pattern says."""
    pattern = path.split("/")
    if pattern[-1] == "**":  # all the rest, after a version at most
        return pattern[0] in segments[:-1][:2]
    start = len(segments) - len(pattern)
    return start >= 0 and all(map(_fits, pattern, segments[start:]))


def overrides(environ: Environ) -> bool:
    """Whether a request asks to be taken for one of another method."""
    query = unquote(environ.get("QUERY_STRING", "")).lower()
    return any(map(environ.get, _OVERRIDES)) or any(
        part.partition("=")[0] == "_method" for part in query.split("&")
    )


def segments_of(environ: Environ) -> list[str]:
    """The segments of a path, however it is spelt."""
    path = environ.get("PATH_INFO", "")
    while (plain := unquote(path)) != path:
        path = plain
    found = [one for one in path.replace("\\", "/").split("/") if one not in {"", "."}]
    for suffix in _SUFFIXES:
        if found and found[-1].lower().endswith(suffix):
            found[-1] = found[-1][: -len(suffix)]
    return found


OTHER = Route((), "anything else", anything, opaque=True)
"""What a request that is in no table is judged as."""


def _fits(pattern: str, segment: str) -> bool:
    return pattern in {"{}", segment}


def read_body(environ: Environ, limit_bytes: int) -> Any:
    """The body of a request as decoded JSON; None when it is empty.

    Afterwards `environ` holds the bytes that were read, and nothing else.

    Raises:
        TooLargeError: It is larger than `limit_bytes`.
        InputError: It is encoded, or has no one meaning.
    """
    content = read_body_bytes(environ, limit_bytes)
    if not content.strip():
        return None
    try:
        compact = msgspec.json.format(content, indent=-1)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InputError(say("the body is not JSON with one meaning")) from error
    return strict_json.value(compact, where="")


def read_form(environ: Environ, limit_bytes: int) -> list[tuple[str, str]]:
    """The names and values of a form, those of the address first.

    Raises:
        TooLargeError: It is larger than `limit_bytes`.
        InputError: It has no one meaning.
    """
    content = read_body_bytes(environ, limit_bytes)
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content and kind not in {"", "application/x-www-form-urlencoded"}:
        raise InputError(say("the body is no form"))
    try:
        return [
            pair
            for part in (environ.get("QUERY_STRING", ""), content.decode("ascii"))
            for pair in parse_qsl(part, keep_blank_values=True, max_num_fields=_FIELDS)
        ]
    except ValueError as error:
        raise InputError(say("the body is no form")) from error


def read_body_bytes(environ: Environ, limit_bytes: int) -> bytes:
    """The body of a request; afterwards `environ` holds these bytes and no others.

    Raises:
        TooLargeError: It is larger than `limit_bytes`.
        InputError: It is compressed, or its length is not what it is said to be.
    """
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in {"", "identity"}:
        raise InputError(say("the body is compressed"))
    content = _content(environ, limit_bytes)
    environ["wsgi.input"] = io.BytesIO(content)
    environ["CONTENT_LENGTH"] = str(len(content))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("wsgi.input_terminated", None)
    return content


def _content(environ: Environ, limit_bytes: int) -> bytes:
    """The bytes of the body.

    Raises:
        TooLargeError: There are more than `limit_bytes`.
        InputError: Their number is not stated as a number, or more or fewer come.
    """
    stated = environ.get("CONTENT_LENGTH") or ""
    chunked = "HTTP_TRANSFER_ENCODING" in environ
    if not stated and not chunked and not environ.get("wsgi.input_terminated"):
        return b""
    if stated and not (stated.isascii() and stated.isdigit()):
        raise InputError(say("the length of the body is not stated as a number"))
    if stated and chunked:
        raise InputError(say("the length of the body is stated in two ways"))
    size = int(stated) if stated else limit_bytes + 1
    if size > limit_bytes and stated:
        raise TooLargeError(say("the body has more than {} bytes", str(limit_bytes)))
    stream = environ["wsgi.input"]
    content = b"".join(_chunks(stream, size))
    environ["wsgi.input"] = _Again(content, stream)
    if stated and len(content) != size:
        raise InputError(say("the body ends too early"))
    if len(content) > limit_bytes:
        raise TooLargeError(say("the body has more than {} bytes", str(limit_bytes)))
    return content


class _Again:
    """A stream of which the beginning was read: it is there again."""

    def __init__(self, start: bytes, rest: Any) -> None:
        self._start, self._rest = io.BytesIO(start), rest

    def read(self, size: int = -1) -> bytes:
        """What comes next."""
        if size < 0:
            return self._start.read() + bytes(self._rest.read())
        return self._start.read(size) or bytes(self._rest.read(size))


def _chunks(stream: Any, size: int) -> Iterator[bytes]:
    """At most `size` bytes of a stream."""
    while size > 0 and (chunk := stream.read(min(size, _CHUNK))):
        yield chunk
        size -= len(chunk)
