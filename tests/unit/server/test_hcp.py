"""Plans fetched and results sent, whatever the other side answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest

from guardrail.errors import InputError
from guardrail.server.hcp import Patience, UnansweredError, client
from guardrail.server.outbound import ForbiddenError, Hosts
from guardrail.server.results import result
from tests.unit.server.double import APP, STORE, TOKEN, Double, request

PLAN_URL = f"https://{APP}/api/plan"
PASSED = result("passed", "well")


def fetch(double: Double, url: str = PLAN_URL, **patience: Any) -> bytes:
    return asyncio.run(double.hcp(**patience).fetch(url, TOKEN))


def answer(double: Double, **patience: Any) -> None:
    asyncio.run(double.hcp(**patience).answer(request(), PASSED))


def test_a_plan_lies_behind_a_redirect_that_gets_no_token() -> None:
    double = Double(b"the plan")

    assert fetch(double) == b"the plan"
    assert double.tokens == [(APP, f"Bearer {TOKEN}"), (STORE, "")]


def test_no_token_goes_along_on_one_host_either() -> None:
    double = Double(b"the plan")
    double.location = "/api/plan"  # a redirect to itself ends in another redirect
    with pytest.raises(InputError, match="status 307"):
        fetch(double)

    assert [token for _host, token in double.tokens] == [f"Bearer {TOKEN}", ""]


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/plan",
        f"http://{STORE}/plan",
        "https://10.0.0.1/",
        "//evil/",
    ],
)
def test_a_redirect_to_elsewhere_is_not_followed(location: str) -> None:
    double = Double()
    double.location = location
    with pytest.raises(ForbiddenError):
        fetch(double)

    assert [host for host, _token in double.tokens] == [APP]


def test_a_place_that_is_not_on_the_list_gets_no_token() -> None:
    double = Double()
    hosts = Hosts(names=(STORE,), private=True)
    with pytest.raises(ForbiddenError):
        asyncio.run(double.hcp(hosts).fetch(PLAN_URL, TOKEN))
    with pytest.raises(ForbiddenError):
        asyncio.run(double.hcp(hosts).answer(request(), PASSED))

    assert double.tokens == []


@pytest.mark.parametrize("codes", [[204], [204, 204, 503], [429, 500, 502]])
def test_a_plan_that_is_not_ready_is_waited_for(codes: list[int]) -> None:
    double = Double(b"the plan")
    double.api.extend(codes)

    assert fetch(double) == b"the plan"
    assert len(double.waited) == len(codes)
    assert double.waited == sorted(double.waited)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_an_address_that_has_expired_is_asked_for_again(code: int) -> None:
    double = Double(b"the plan")
    double.store.append(code)

    assert fetch(double) == b"the plan"
    assert [host for host, _token in double.tokens] == [APP, STORE, APP, STORE]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422])
def test_a_plan_that_is_refused_is_an_error(code: int) -> None:
    double = Double()
    double.api.append(code)
    with pytest.raises(InputError, match=str(code)) as caught:
        fetch(double)

    assert ("1.1.9" in caught.value.remedy) is (code == 422)


def test_waiting_has_an_end() -> None:
    double = Double()
    double.api.extend([204] * 1000)
    with pytest.raises(InputError, match="in time"):
        fetch(double, fetch_s=60)

    assert sum(double.waited) <= 60


def test_a_plan_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="more than 10 bytes"):
        fetch(Double(b"x" * 11), limit_bytes=10)

    assert fetch(Double(b"x" * 10), limit_bytes=10) == b"x" * 10


def failing(error: Callable[[], Exception]) -> httpx.AsyncClient:
    def handle(_request: httpx.Request) -> httpx.Response:
        raise error()

    return httpx.AsyncClient(transport=httpx.MockTransport(handle))


@pytest.mark.parametrize(
    "error", [lambda: httpx.ConnectError("x"), lambda: httpx.ReadTimeout("x")]
)
def test_nobody_there_is_waited_for(
    error: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    double = Double()
    monkeypatch.setattr(double, "client", lambda: failing(error))
    with pytest.raises(InputError, match="in time"):
        fetch(double, fetch_s=30)
    with pytest.raises(UnansweredError, match="None"):
        answer(double, answer_s=30)


@pytest.mark.parametrize("codes", [[500], [503, 502, 504], [429]])
def test_a_result_is_sent_again_while_it_may_be_taken(codes: list[int]) -> None:
    double = Double()
    double.callback.extend(codes)
    answer(double)

    assert double.statuses == ["passed"]
    assert len(double.waited) == len(codes)


@pytest.mark.parametrize("code", [401, 404, 422])
def test_a_result_that_is_refused_is_not_sent_again(code: int) -> None:
    double = Double()
    double.callback.extend([code, 200])
    with pytest.raises(UnansweredError, match=str(code)):
        answer(double)

    assert len(double.tokens) == 1


def test_a_result_has_the_token_and_the_type_that_is_asked() -> None:
    double = Double()
    answer(double)

    assert double.tokens == [(APP, f"Bearer {TOKEN}")]
    (one,) = double.results
    assert one["type"] == "task-results"


def test_the_client_follows_nothing_and_reads_no_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    made = client(Patience(request_s=7))

    assert not made.follow_redirects
    assert not made.trust_env
    assert made.timeout == httpx.Timeout(7)
