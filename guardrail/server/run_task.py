"""The request of an HCP Terraform run task: who sent it, and what it asks.

Source: HashiCorp, web-unified-docs, run-tasks-integration.mdx (request, signature,
verification ping); terraform-run-task-scaffolding-go (which answer to which signature)
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal

import msgspec

from guardrail.errors import InputError

SIGNATURE = "X-TFC-Task-Signature"
TEST_TOKEN = "test-token"  # noqa: S105  # what HCP sends when a task is set up
STAGES = ("pre_plan", "post_plan", "pre_apply", "post_apply")


class Capabilities(msgspec.Struct, frozen=True):
    """What the other side understands."""

    outcomes: bool = False


class TaskRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run task is asked; keys that are not here are not needed."""

    payload_version: Literal[1]
    stage: Literal["pre_plan", "post_plan", "pre_apply", "post_apply"]
    access_token: str
    task_result_id: str = ""
    task_result_callback_url: str = ""
    plan_json_api_url: str | None = None
    configuration_version_download_url: str | None = None
    workspace_working_directory: str | None = None
    capabilities: Capabilities = Capabilities()
    is_speculative: bool = False
    organization_name: str = ""
    workspace_name: str = ""
    run_id: str = ""

    def __repr__(self) -> str:
        """What may stand in a log: no token, no address."""
        return f"TaskRequest({self.task_result_id!r}, {self.stage!r})"

    @property
    def is_test(self) -> bool:
        """Whether it only asks whether somebody answers."""
        return self.access_token == TEST_TOKEN

    @property
    def about(self) -> dict[str, str]:
        """What it is for, as the decision log keeps it."""
        named = {
            "task": self.task_result_id,
            "run": self.run_id,
            "organization": self.organization_name,
            "workspace": self.workspace_name,
            "stage": self.stage,
        }
        return {name: value for name, value in named.items() if value}


def authentic(body: bytes, signature: str, keys: Sequence[bytes]) -> bool:
    """Whether `signature` is that of the raw `body` under one of `keys`.

    Every key is tried, and each comparison takes the same time.
    """
    made = [hmac.new(key, body, hashlib.sha512).hexdigest() for key in keys]
    stated = signature.strip().lower().encode()
    right = [hmac.compare_digest(one.encode(), stated) for one in made]
    return any(right)


def task_of(body: bytes) -> TaskRequest:
    """What a request asks.

    Raises:
        InputError: It is no request of a run task, or lacks what is needed to answer.
    """
    try:
        request = msgspec.json.decode(body, type=TaskRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError("it is no request of a run task") from error
    needed = (request.task_result_id, request.task_result_callback_url)
    if not request.is_test and not all(needed):
        raise InputError("it does not say where to answer")
    return request
