"""What the server serves, described as OpenAPI 3.1, from the shapes of the code."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from guardrail import __version__
from guardrail.reports.report_v1 import Report
from guardrail.server.run_task import TaskRequest

_JSON = "application/json"


@cache
def document() -> bytes:
    """The description, as JSON."""
    shapes, components = msgspec.json.schema_components(
        (Report, TaskRequest), ref_template="#/components/schemas/{name}"
    )
    report, task = shapes
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "guardrail",
            "version": __version__,
            "description": "Keeps sensitive data off the clouds that may not hold it.",
        },
        "paths": {
            "/v1/decisions": {"post": _decide(report)},
            "/run-task": {"post": _run_task(task)},
            "/oslo-policy/{rule}": {"post": _check()},
            "/healthz": {"get": _plain("The process answers.")},
            "/readyz": {"get": _plain("It can judge, and keep what it judges.")},
            "/metrics": {"get": _plain("Counters in the format of Prometheus.")},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(described)


def _decide(report: dict[str, Any]) -> dict[str, Any]:
    asked = [
        _parameter("class", "Declared class of the stack."),
        _parameter("category", "Category of its data; repeatable."),
        _parameter("name", "What the report calls the plan."),
        _parameter("workspace", "Workspace of Terraform that the plan is for."),
    ]
    return {
        "summary": "Judge a plan in JSON (`terraform show -json`).",
        "security": [{"token": []}],
        "parameters": asked,
        "requestBody": {"required": True, "content": {_JSON: {}}},
        "responses": {
            "200": {
                "description": "The report. Only the verdict `allow` allows.",
                "headers": {
                    "Guardrail-Verdict": {"schema": {"type": "string"}},
                    "Guardrail-Decision": {"schema": {"type": "integer"}},
                },
                "content": {_JSON: {"schema": report}},
            },
            "401": {"description": "No known token."},
            "413": {"description": "The plan is too large."},
            "422": {"description": "It cannot be read as a plan."},
            "503": {"description": "It cannot be judged or kept now."},
        },
    }


def _run_task(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": "A run task of HCP Terraform or Terraform Enterprise.",
        "requestBody": {"required": True, "content": {_JSON: {"schema": task}}},
        "responses": {
            "200": {"description": "Taken on; the result goes to the callback."},
            "401": {"description": "The signature is not right."},
            "422": {"description": "It is no request of a run task."},
            "503": {"description": "Too many wait: come again."},
        },
    }


def _check() -> dict[str, Any]:
    rule = {"name": "rule", "in": "path", "required": True, "schema": _TEXT}
    return {
        "summary": "An `http:` check of oslo.policy.",
        "parameters": [rule],
        "responses": {"200": {"description": "`True` where it is allowed."}},
    }


_TEXT = {"type": "string"}


def _parameter(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": _TEXT}


def _plain(description: str) -> dict[str, Any]:
    return {"summary": description, "responses": {"200": {"description": description}}}
