"""Requests of run tasks: who sent them, and what they ask."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.server.run_task import authentic, task_of
from tests.unit.server.double import KEY, TOKEN, body, request, signature


def test_a_signature_is_over_the_raw_bytes() -> None:
    content = body()

    assert authentic(content, signature(content), [KEY])
    assert authentic(content, signature(content).upper(), [b"old" * 8, KEY])
    assert not authentic(content + b" ", signature(content), [KEY])
    assert not authentic(content, signature(content, b"another key"), [KEY])
    assert not authentic(content, signature(content)[:-1], [KEY])
    assert not authentic(content, "", [KEY])
    assert not authentic(content, "é", [KEY])
    assert not authentic(content, signature(content), [])


def test_what_is_asked_is_read_and_the_rest_is_left() -> None:
    task = request(project_id="prj-1", unknown={"a": 1})

    assert task.capabilities.outcomes
    assert not task.is_test
    assert task.about == {
        "task": "taskrs-1", "run": "run-1", "organization": "ministry",
        "workspace": "archives", "stage": "post_plan",
    }  # fmt: skip


def test_it_never_shows_its_token() -> None:
    assert TOKEN not in f"{request()!r} {request()}"


def test_a_test_needs_nothing_else() -> None:
    task = task_of(
        b'{"payload_version": 1, "stage": "post_plan", "access_token": "test-token"}'
    )

    assert task.is_test


@pytest.mark.parametrize(
    "members",
    [
        {"payload_version": 2}, {"payload_version": "1"}, {"stage": "post_mortem"},
        {"stage": ...}, {"access_token": ...}, {"access_token": None},
        {"task_result_callback_url": ""}, {"task_result_callback_url": ...},
        {"task_result_id": ...},
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        request(**members)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff"])
def test_what_is_no_request_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        task_of(content)
