"""Nobody slips by: spellings of a request that a service may take for another."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.openstack.admission import Admission
from guardrail.openstack.regime import Regimes
from tests.unit.openstack.made import (
    ADMISSION,
    Answer,
    Neighbour,
    Service,
    call,
    environ,
    guarded,
    regimes,
)

Ask = Callable[..., Answer]
BAD = {"server": {"name": "s", "availability_zone": "standard"}}
GOOD = {"server": {"name": "s", "availability_zone": "qualified"}}
CANARY = "hunter2-canary"


@pytest.mark.parametrize(
    "path",
    [
        "/servers",
        "/servers/",
        "//servers",
        "/./servers",
        "/servers.json",
        "/servers.JSON",
        "/Servers",
        "/%73ervers",
        "/%2573ervers",
        "/abc/servers",
        "/v2.1/abc/servers",
        "\\servers",
        "/servers%2F",
    ],
)
def test_every_spelling_of_a_path_is_judged(ask: Ask, path: str) -> None:
    assert ask("nova", f"POST {path}", BAD).status == 403


@pytest.mark.parametrize("method", ["post", "Post"])
def test_the_case_of_a_method_does_not_matter(ask: Ask, method: str) -> None:
    assert ask("nova", f"{method} /servers", BAD).status == 403


@pytest.mark.parametrize("line", ["GET /servers", "DELETE /servers/1", "POST /flavors"])
def test_what_places_nothing_is_not_looked_at(ask: Ask, line: str) -> None:
    behind = Service({"/servers": {}})
    answer = ask("nova", line, b"not json", behind=behind)

    assert answer.verdict == ""
    assert answer.status in {200, 202}


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
        {"HTTP_X_HTTP_METHOD": "POST"},
        {"HTTP_X_METHOD_OVERRIDE": "PUT"},
        {"QUERY_STRING": "a=b&_method=post"},
        {"QUERY_STRING": "%5Fmethod=post"},
    ],
)
@pytest.mark.parametrize("line", ["GET /servers", "POST /servers", "DELETE /servers/1"])
def test_no_method_stands_in_for_another(
    ask: Ask, line: str, more: dict[str, str]
) -> None:
    behind = Service()
    answer = ask("nova", line, GOOD, behind=behind, **more)

    assert answer.status == 400
    assert not behind.taken


@pytest.mark.parametrize(
    "content",
    [
        b'{"server": {"availability_zone": "standard"}, "server": {"availability_zone": "qualified"}}',
        b'{"server": {"availability_zone": "standard", "availability_zone": "qualified"}}',
        b'{"server": {"availability_zone": "qualified", "x": NaN}}',
        b'\xef\xbb\xbf{"server": {"availability_zone": "qualified"}}',
        json.dumps(GOOD).encode("utf-16"),
        b'{"server": {"availability_zone": "qualified"}} trailing',
        b'{"server": {"availability_zone": "qualified\xff"}}',
        b'{"server": {"availability_zone": "qualified", "x": "\\ud800"}}',
        b"[" * 100_000,
        b"availability_zone=qualified",
        gzip.compress(json.dumps(GOOD).encode()),
    ],
    ids=range(11),
)
def test_a_body_with_more_than_one_meaning_is_refused(ask: Ask, content: bytes) -> None:
    behind = Service()
    answer = ask("nova", "POST /servers", content, behind=behind)

    assert answer.status == 400
    assert not behind.taken


def test_a_body_in_any_spelling_of_its_letters_is_judged(ask: Ask) -> None:
    spelt = b'{"server" : {"availability\\u005fzone":"\\u0073tandard", "x": 1.50}}'

    assert ask("nova", "POST /servers", spelt).status == 403
    assert (
        ask(
            "nova", "POST /servers", spelt.replace(b"\\u0073tandard", b"qualified")
        ).status
        == 202
    )


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_the_content_type_changes_nothing(ask: Ask, kind: str) -> None:
    assert ask("nova", "POST /servers", BAD, CONTENT_TYPE=kind).status == 403


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity, gzip", "br"])
def test_a_compressed_body_is_refused(ask: Ask, encoding: str) -> None:
    answer = ask("nova", "POST /servers", GOOD, HTTP_CONTENT_ENCODING=encoding)

    assert answer.status == 400


def chunked(body: object, behind: Service, in_force: Regimes, **more: Any) -> Answer:
    request = environ("POST", "/servers", body, **more)
    del request["CONTENT_LENGTH"]
    request["HTTP_TRANSFER_ENCODING"] = "chunked"
    return call(Admission(behind, "nova", in_force), request)


def test_a_chunked_body_is_judged_and_handed_on_whole(in_force: Regimes) -> None:
    behind = Service()

    assert chunked(BAD, behind, in_force).status == 403
    assert chunked(GOOD, behind, in_force).status == 202
    assert json.loads(behind.taken[0][2]) == GOOD


def test_a_body_that_ends_by_itself_is_judged(in_force: Regimes) -> None:
    request = environ("POST", "/servers", BAD)
    request |= {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    assert call(Admission(Service(), "nova", in_force), request).status == 403


def test_what_comes_without_a_length_is_no_body(in_force: Regimes) -> None:
    request = environ("POST", "/servers", GOOD)
    del request["CONTENT_LENGTH"]

    assert call(Admission(Service(), "nova", in_force), request).status == 400


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"CONTENT_LENGTH": "x"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "٣"}, 400),
        ({"CONTENT_LENGTH": "1000"}, 400),
        ({"CONTENT_LENGTH": "9999999"}, 413),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 400),
    ],
)
def test_a_length_that_is_not_the_length_is_refused(
    ask: Ask, more: dict[str, str], status: int
) -> None:
    assert ask("nova", "POST /servers", GOOD, **more).status == status


def test_a_body_beyond_the_budget_is_refused(in_force: Regimes) -> None:
    huge = {"server": {"x": "y" * (1 << 20)}}

    assert chunked(huge, Service(), in_force).status == 413


def test_an_observer_hands_on_even_what_it_did_not_read_to_its_end(
    tmp_path: Path,
) -> None:
    huge = {"server": {"x": "y" * (1 << 20)}}
    request = environ("POST", "/servers", huge)
    del request["CONTENT_LENGTH"]
    request["HTTP_TRANSFER_ENCODING"] = "chunked"
    got: list[bytes] = []

    def service(
        asked: dict[str, Any], start_response: Callable[..., object]
    ) -> list[bytes]:
        got.append(asked["wsgi.input"].read(3) + asked["wsgi.input"].read())
        got.append(asked["wsgi.input"].read(5))
        start_response("202 Accepted", [])
        return []

    answer = call(Admission(service, "nova", regimes(tmp_path), "observe"), request)

    assert answer.verdict == "unjudged; mode=observe"
    assert json.loads(got[0]) == huge
    assert got[1] == b""


@pytest.mark.parametrize("status", ["Invalid", "", None])
def test_who_asks_must_be_known(ask: Ask, status: str | None) -> None:
    answer = ask("nova", "POST /servers", GOOD, HTTP_X_IDENTITY_STATUS=status)

    assert answer.status == 403
    assert "authtoken" in answer.document["forbidden"]["message"]


def test_a_token_of_no_project_is_of_unknown_class(in_force: Regimes) -> None:
    request = environ("POST", "/servers", BAD)
    del request["HTTP_X_PROJECT_ID"]

    assert call(Admission(Service(), "nova", in_force), request).status == 403


def test_nothing_of_a_body_is_logged_or_told(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = {
        "name": CANARY,
        "adminPass": CANARY,
        "user_data": CANARY,
        "personality": [{"path": CANARY, "contents": CANARY}],
        "metadata": {CANARY: CANARY, "data_class": CANARY},
        CANARY: CANARY,
    }
    told = [
        ask("nova", "POST /servers", {"server": {**secret, "availability_zone": zone}})
        for zone in ("standard", "qualified")
    ]
    broken = json.dumps({"server": secret}).encode() + CANARY.encode()
    told.append(ask("nova", "POST /servers", broken))
    template = {
        "heat_template_version": "2021-04-16",
        "parameters": {"p": {"type": "string", "hidden": True}},
        "resources": {
            "s": {
                "type": "OS::Nova::Server",
                "properties": {"user_data": {"get_param": "p"}},
            }
        },
    }
    stack = {"template": template, "parameters": {"p": CANARY}, "files": {"f": CANARY}}
    told.append(ask("heat", "POST /p/stacks", stack))

    assert [one.status for one in told] == [403, 403, 400, 403]
    assert CANARY not in caplog.text
    assert all(CANARY.encode() not in one.content for one in told)


def test_a_name_of_a_zone_is_told_in_one_short_line(ask: Ask) -> None:
    body = {"server": {"availability_zone": "\n\x1b[31m" + "z" * 500}}
    message = ask("nova", "POST /servers", body).document["forbidden"]["message"]

    assert "\n" not in message
    assert "\x1b" not in message
    assert "z" * 65 not in message


class Broken:
    """A service that fails when it is asked what it has."""

    def __call__(
        self, asked: dict[str, Any], start: Callable[..., object]
    ) -> list[bytes]:
        if asked["REQUEST_METHOD"] == "GET":
            start("200 OK", [])
            return [b"not json"]
        raise AssertionError("it was let through")


@pytest.mark.parametrize("content", [b"not json", b"[]"])
def test_a_guard_that_breaks_lets_nothing_through(
    in_force: Regimes, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    behind = Service({"/servers/1": content})
    request = environ("POST", "/servers/1/action", {"resize": {}})
    answer = call(Admission(behind, "nova", in_force), request)

    assert answer.status in {404, 503}
    assert not behind.taken
    assert '"verdict": "unjudged"' in caplog.text


def test_an_error_says_where_and_not_what(
    in_force: Regimes, caplog: pytest.LogCaptureFixture
) -> None:
    request = environ("POST", "/servers", GOOD)
    request["wsgi.input"] = None
    answer = call(Admission(Service(), "nova", in_force), request)

    assert answer.status == 503
    assert "AttributeError at " in caplog.text
    assert "call.py:" in caplog.text


def test_the_budget_of_time_is_kept(tmp_path: Path) -> None:
    clock = iter(range(0, 1000, 10))
    in_force = regimes(tmp_path)
    slow = Admission(Service(), "nova", in_force, clock=lambda: float(next(clock)))

    answer = call(slow, environ("POST", "/servers", GOOD))

    assert answer.status == 503
    assert "too long" in answer.document["serviceUnavailable"]["message"]


def test_what_is_left_of_the_budget_bounds_what_others_may_take(
    tmp_path: Path, catalogue: str, shown: dict[str, object]
) -> None:
    """A request that names many sources does not wait for each of them."""
    shown["/v2/images/i"] = {"data_class": "public"}
    times = iter([0.0, 10.0])
    slow = Admission(
        Service(), "nova", regimes(tmp_path), clock=lambda: next(times, 10.0)
    )
    body = {"server": {"availability_zone": "qualified", "imageRef": "i"}}

    answer = call(
        slow, environ("POST", "/servers", body, HTTP_X_SERVICE_CATALOG=catalogue)
    )

    assert answer.status == 503
    assert Neighbour.asked == []


def test_an_answer_of_the_service_is_closed(tmp_path: Path) -> None:
    closed: list[bool] = []

    class Stream(io.BytesIO):
        def close(self) -> None:
            closed.append(True)

    def service(asked: dict[str, Any], start: Callable[..., object]) -> io.BytesIO:
        start("404 Not Found", [])
        return Stream(b"{}")

    guard = Admission(service, "nova", regimes(tmp_path, ADMISSION))
    call(guard, environ("POST", "/servers/1/action", {"resize": {}}))

    assert closed


def test_the_filter_stands_in_front_of_every_service(tmp_path: Path) -> None:
    for service in ("nova", "cinder", "heat", "neutron", "glance"):
        assert call(guarded(tmp_path, service), environ("GET", "/", b"")).status == 404
