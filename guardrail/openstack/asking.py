"""One service of a cloud, asked page by page within a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from keystoneauth1.adapter import Adapter
from keystoneauth1.exceptions import ClientException, HttpError
from keystoneauth1.session import Session

from guardrail.model import Phrase, say

MOST_ROWS = 100_000
"""Rows of one list beyond which it is not read to its end."""
_LONGEST_S = 30.0
"""How long one answer may take."""


class UnansweredError(Exception):
    """A service did not answer as it should; `reason` is a phrase."""

    def __init__(self, reason: Phrase, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Asking:
    """One service in one region, read-only, until its time is up."""

    def __init__(
        self,
        adapter: Adapter,
        budget_s: float,
        clock: Callable[[], float],
    ) -> None:
        """The time begins now."""
        self._adapter, self._clock = adapter, clock
        self._end = clock() + budget_s
        self._seconds = budget_s

    @staticmethod
    def of(
        session: Session, terms: Mapping[str, Any], budget_s: float, clock: Any
    ) -> Asking:
        """A service as an adapter of `terms` reaches it."""
        return Asking(Adapter(session, **terms), budget_s, clock)

    def endpoint(self) -> str:
        """Where the catalogue says that it is.

        Raises:
            UnansweredError: It does not, for this interface.
        """
        try:
            found = self._adapter.get_endpoint()
        except ClientException as error:
            raise UnansweredError(_reason(error)) from error
        if not found:
            raise UnansweredError(say("the catalogue has no address of it"))
        return found

    def microversion(self, wanted: str) -> str | None:
        """The microversion to ask by: the one wanted, or the highest there is."""
        try:
            data = self._adapter.get_endpoint_data()
        except ClientException:
            data = None
        highest = getattr(data, "max_microversion", None)
        if not wanted or not highest:
            return None
        stated = tuple(map(int, wanted.split(".")))
        return wanted if stated <= tuple(highest) else ".".join(map(str, highest))

    def get(self, path: str, **how: Any) -> Any:
        """The decoded answer at `path`.

        Raises:
            UnansweredError: There is none, in time, that can be read.
        """
        answer = self.response("GET", path, **how)
        try:
            return answer.json()
        except ValueError as error:
            raise UnansweredError(say("the answer is not JSON")) from error

    def response(self, method: str, path: str, **how: Any) -> Any:
        """The answer at `path`, not decoded.

        Raises:
            UnansweredError: There is none in time, or it is an error.
        """
        left = self._end - self._clock()
        if left <= 0:
            late = say("it was not read to its end in {} s", f"{self._seconds:g}")
            raise UnansweredError(late)
        try:
            return self._adapter.request(
                path, method, timeout=min(left, _LONGEST_S), **how
            )
        except ClientException as error:
            raise UnansweredError(_reason(error), _status(error)) from error

    def rows(
        self, path: str, key: str, params: Mapping[str, str], **how: Any
    ) -> Iterator[Mapping[str, Any]]:
        """The rows of a list, over all its pages.

        Raises:
            UnansweredError: A page cannot be read; rows before it were given.
        """
        asked: dict[str, str] = dict(params)
        seen = 0
        while True:
            body = self.get(path, params=asked, **how)
            found = body.get(key) if isinstance(body, dict) else None
            if not isinstance(found, list) or not all(
                isinstance(row, dict) for row in found
            ):
                raise UnansweredError(say("the answer is not the list of the API"))
            yield from found
            seen += len(found)
            following = {**params, **_following(body, key)}
            if following == params or not found:
                return
            if following == asked or seen >= MOST_ROWS:
                raise UnansweredError(say("the list does not come to its end"))
            asked = following


def _following(body: Mapping[str, Any], key: str) -> dict[str, str]:
    """What the link to the next page asks for, wherever it leads; empty at the end.

    Only the query is taken: a token goes to the service of the catalogue, and no link
    sends it elsewhere.
    """
    stated = [body.get("next"), body.get(f"{key}_links"), body.get("links")]
    for one in stated:
        links = [one.get("next")] if isinstance(one, dict) else [one]
        if isinstance(one, list):
            links = [
                link.get("href")
                for link in one
                if isinstance(link, dict) and link.get("rel") == "next"
            ]
        for link in links:
            if isinstance(link, str) and link:
                return dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    return {}


def _status(error: ClientException) -> int:
    return error.http_status if isinstance(error, HttpError) else 0


def _reason(error: ClientException) -> Phrase:
    """Why there is no answer; never what stands in it."""
    status = _status(error)
    if status:
        return say("it answers with status {}", str(status))
    return say("it cannot be reached ({})", type(error).__name__)
