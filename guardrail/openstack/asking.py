"""One service of a cloud, asked page by page within a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from keystoneauth1.adapter import Adapter
from keystoneauth1.exceptions import ClientException, HttpError
from keystoneauth1.session import Session

from guardrail.model import Phrase, say
from guardrail.openstack.read_only import read_only

MOST_ROWS = 100_000
"""Rows of one list beyond which it is not read to its end."""


class UnansweredError(Exception):
    """A service did not answer as it should; `reason` is a phrase."""

    def __init__(
        self, reason: Phrase, status: int = 0, *, reached: bool = True
    ) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status
        self.reached = reached
        """Whether there was any answer at all."""


class Asking:
    """One service in one region, read-only, until its time is up."""

    def __init__(
        self,
        session: Session,
        terms: Mapping[str, Any],
        budget_s: float,
        clock: Callable[[], float],
    ) -> None:
        """A service as an adapter of `terms` reaches it; the time begins now."""
        self._end, self._clock, self._seconds = clock() + budget_s, clock, budget_s
        self._adapter = Adapter(read_only(session, self._left), **terms)

    def _left(self) -> float:
        """Seconds."""
        return self._end - self._clock()

    def _late(self) -> UnansweredError:
        late = say("it was not read to its end in {} s", f"{self._seconds:g}")
        return UnansweredError(late)

    def _unanswered(self, error: ClientException) -> UnansweredError:
        """Why there is no answer; never what stands in it."""
        if isinstance(error, HttpError):
            reason = say("it answers with status {}", str(error.http_status))
            return UnansweredError(reason, error.http_status)
        if self._left() <= 0:
            return self._late()
        reason = say("it cannot be reached ({})", type(error).__name__)
        return UnansweredError(reason, reached=False)

    def endpoint(self) -> str:
        """Where the catalogue says that it is.

        Raises:
            UnansweredError: It does not, for this interface.
        """
        try:
            found = self._adapter.get_endpoint()
        except ClientException as error:
            raise self._unanswered(error) from error
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
        except (ValueError, RecursionError) as error:
            raise UnansweredError(say("the answer is not JSON")) from error

    def response(self, method: str, path: str, **how: Any) -> Any:
        """The answer at `path`, not decoded.

        Raises:
            UnansweredError: There is none in time, or it is an error.
        """
        if self._left() <= 0:
            raise self._late()
        try:
            return self._adapter.request(path, method, **how)
        except ClientException as error:
            raise self._unanswered(error) from error

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
            following = {**params, **_following(body)}
            if following == params or not found:
                if body.get("truncated"):  # as Keystone says that there are more
                    raise UnansweredError(say("the list does not come to its end"))
                return
            if following == asked or seen >= MOST_ROWS:
                raise UnansweredError(say("the list does not come to its end"))
            asked = following


def _following(body: Mapping[str, Any]) -> dict[str, str]:
    """What the link to the next page asks for, wherever it leads; empty at the end.

    Only the query is taken: a token goes to the service of the catalogue, and no link
    sends it elsewhere.
    """
    for name, one in body.items():
        if name != "next" and not name.endswith("links"):
            continue
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
