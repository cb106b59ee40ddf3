"""Other services are asked as the caller, seldom, and what they do not say is closed."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.openstack.call import NotThereError
from guardrail.openstack.neighbours import Neighbours
from guardrail.openstack.projects import UnavailableError
from guardrail.openstack.settings import Neighbours as Stated
from tests.unit.openstack.made import Answer, Neighbour, Service
from tests.unit.openstack.made import catalogue as catalogue_of

Ask = Callable[..., Answer]


def caller(catalogue: str, project: str = "p") -> dict[str, Any]:
    return {
        "HTTP_X_SERVICE_CATALOG": catalogue,
        "HTTP_X_AUTH_TOKEN": "token",
        "HTTP_X_PROJECT_ID": project,
    }


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_service_is_asked_with_the_token_of_the_caller(
    catalogue: str, shown: dict[str, object]
) -> None:
    shown["/v2/images/a%2F..%2Fb"] = {"id": "x"}
    show = Neighbours(Stated(), "RegionOne").of(caller(catalogue))

    assert show("image", "images", "a/../b") == {"id": "x"}
    assert Neighbour.asked == [("/v2/images/a%2F..%2Fb", "token")]


def test_it_is_asked_again_after_a_while(
    catalogue: str, shown: dict[str, object]
) -> None:
    shown["/v2/images/i"] = {"id": "first"}
    clock = Clock()
    neighbours = Neighbours(Stated(ttl_s=10), "RegionOne", clock)

    def found(project: str = "p") -> object:
        return neighbours.of(caller(catalogue, project))("image", "images", "i")["id"]

    assert found() == "first"
    shown["/v2/images/i"] = {"id": "second"}
    assert found() == "first"
    assert found("another") == "second", "what one sees is not shown to another"
    clock.now = 11
    assert found() == "second"


def test_a_long_answer_is_not_remembered(
    catalogue: str, shown: dict[str, object]
) -> None:
    neighbours = Neighbours(Stated(), "RegionOne", Clock())
    show = neighbours.of(caller(catalogue))
    shown["/v2/images/i"] = {"id": "x" * (1 << 14)}
    show("image", "images", "i")
    show("image", "images", "i")

    assert len(Neighbour.asked) == 2
    assert len(neighbours._known) == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (404, NotThereError),
        (403, NotThereError),
        (500, UnavailableError),
        (302, UnavailableError),
        (b"not json", UnavailableError),
        ([], UnavailableError),
    ],
)
def test_what_is_not_shown_is_not_taken_for_harmless(
    catalogue: str,
    shown: dict[str, object],
    content: object,
    error: type[Exception],
) -> None:
    shown["/v2/images/i"] = content
    show = Neighbours(Stated(), "RegionOne").of(caller(catalogue))

    with pytest.raises(error):
        show("image", "images", "i")


@pytest.mark.parametrize(
    "catalogue",
    [
        None,
        "",
        "{}",
        "[{}]",
        catalogue_of("http://127.0.0.1:9", "Elsewhere"),
        catalogue_of("http://127.0.0.1:9"),
        '[{"type": "image", "endpoints": [{"publicURL": "http://127.0.0.1:9"}]}]',
    ],
)
def test_a_service_that_cannot_be_reached_is_no_answer(catalogue: str | None) -> None:
    asked = caller(catalogue or "")
    if catalogue is None:
        del asked["HTTP_X_SERVICE_CATALOG"]

    with pytest.raises(UnavailableError):
        Neighbours(Stated(), "RegionOne").of(asked)("image", "images", "i")


def test_what_takes_longer_than_it_is_believed_is_asked_once(
    catalogue: str, shown: dict[str, object]
) -> None:
    shown["/v2/images/i"] = {"id": "x"}
    neighbours = Neighbours(
        Stated(ttl_s=10), "RegionOne", lambda: 100.0 * len(Neighbour.asked)
    )

    assert neighbours.of(caller(catalogue))("image", "images", "i") == {"id": "x"}
    assert len(Neighbour.asked) == 1


def test_when_the_time_of_a_request_is_up_nobody_is_asked(
    catalogue: str, shown: dict[str, object]
) -> None:
    shown["/v2/images/i"] = {"id": "x"}
    left = iter([1.0, 0.0, -1.0])
    neighbours = Neighbours(Stated(), "RegionOne")
    show = neighbours.of(caller(catalogue), lambda: next(left))

    assert show("image", "images", "i") == {"id": "x"}
    for image in ("j", "k"):
        with pytest.raises(UnavailableError, match="no time is left"):
            show("image", "images", image)
    assert len(Neighbour.asked) == 1


def test_a_service_that_hangs_costs_no_more_than_the_time_of_a_request() -> None:
    """Not `timeout_s`, and not that once for each source."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        neighbours = Neighbours(Stated(timeout_s=60), "RegionOne")
        show = neighbours.of(caller(catalogue_of(url)), lambda: 0.05)
        start = time.monotonic()

        with pytest.raises(UnavailableError):
            show("image", "images", "i")

        assert time.monotonic() - start < 30


def test_a_request_may_not_make_us_ask_without_end(
    catalogue: str, shown: dict[str, object]
) -> None:
    for number in range(20):
        shown[f"/v2/images/{number}"] = {}
    show = Neighbours(Stated(), "RegionOne").of(caller(catalogue))
    for number in range(16):
        show("image", "images", str(number))

    with pytest.raises(InputError, match="more than"):
        show("image", "images", "17")


@pytest.mark.parametrize(("content", "status"), [(404, 404), (500, 503)])
def test_a_source_that_is_not_shown_closes_the_request(
    ask: Ask, shown: dict[str, object], content: int, status: int
) -> None:
    shown["/v2/images/i"] = content
    behind = Service()
    body = {"server": {"availability_zone": "qualified", "imageRef": "i"}}

    assert ask("nova", "POST /servers", body, behind=behind).status == status
    assert not behind.taken
