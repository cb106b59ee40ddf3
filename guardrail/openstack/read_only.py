"""A session that can read and do nothing else, whatever it is asked to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from keystoneauth1.session import Session
from requests.adapters import HTTPAdapter

_READS = frozenset({"GET", "HEAD"})
_CONNECT_S = 10.0
_LONGEST_S = 30.0
"""How long one answer may take."""


class ReadOnlyError(requests.RequestException):
    """A request that is not one of reading; it was not sent."""


class ReadOnly(HTTPAdapter):
    """Sends what reads, and what asks for a token; refuses everything else.

    What changes anything in a cloud needs a token, so no request that bears one goes
    out but GET and HEAD; without one, only POST (to the issuer of tokens). What a
    secret holds is never fetched. No answer is waited for longer than there is time.
    """

    def __init__(self, left: Callable[[], float]) -> None:
        """`left` says how many seconds there are."""
        super().__init__()
        self._left = left

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        """The answer.

        Raises:
            ReadOnlyError: The request is none of reading.
            requests.Timeout: There is no time left for an answer.
        """
        bears_token = "X-Auth-Token" in request.headers
        asks_token = request.method == "POST" and not bears_token
        if request.method not in _READS and not asks_token:
            raise ReadOnlyError(f"{request.method} is not sent: this only reads")
        if request.path_url.partition("?")[0].rstrip("/").endswith("/payload"):
            raise ReadOnlyError("what a secret holds is not fetched")
        left = self._left()
        if left <= 0:
            raise requests.Timeout("no time is left")
        options["timeout"] = min(left, _CONNECT_S), min(left, _LONGEST_S)
        return super().send(request, *args, **options)


def read_only(session: Session, left: Callable[[], float]) -> Session:
    """A session with the credentials of `session`, that can only read, while it can.

    `left` says for how many seconds. It follows no redirect: a token goes where the
    catalogue says, and nowhere else.
    """
    plain = requests.Session()
    for scheme in list(plain.adapters):
        plain.mount(scheme, ReadOnly(left))
    found = Session(
        auth=session.auth,
        session=plain,
        verify=session.verify,
        cert=session.cert,
        redirect=False,
        user_agent="guardrail",
    )
    found.additional_headers.update(session.additional_headers)
    return found
