"""Rules of oslo.policy decided by the class of the project and the zone that is named.

The target of a rule is thin: whose it is and, in Nova, the availability zone. Labels of
the single resource are not in it; the filter of `admission` sees those.

An `http:` check allows when the body is exactly `True`, whatever the status code; so
nothing but `answer` may write that word.

Source: oslo.policy 6.0, oslo_policy/_external.py, HttpCheck.__call__.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from guardrail.decision import Decision, Verdict
from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.model import say
from guardrail.openstack.admission import StartResponse, facts_of, reason_of
from guardrail.openstack.bodies import mapping, zone_of
from guardrail.openstack.call import Environ, read_body_bytes
from guardrail.openstack.placed import (
    ANYTHING,
    BACKUP,
    IMAGE,
    NETWORK,
    ROUTER,
    SERVER,
    SNAPSHOT,
    STACK,
    VOLUME,
    Placed,
    stack_of,
)
from guardrail.openstack.regime import LOG, Regime, Regimes

_TYPES = {
    "os_compute_api:os-volumes:snapshots": SNAPSHOT,
    "os_compute_api:os-volumes:": VOLUME,
    "os_compute_api:": SERVER,
    "volume:create_snapshot": SNAPSHOT,
    "snapshot_extension:": SNAPSHOT,
    "group:create_group_snapshot": SNAPSHOT,
    "backup:create": BACKUP,
    "volume": VOLUME,
    "backup:restore": VOLUME,
    "add_image": IMAGE,
    "upload_image": IMAGE,
    "modify_image": IMAGE,
    "copy_image": IMAGE,
    "stacks:": STACK,
    "create_network": NETWORK,
    "create_router": ROUTER,
}
"""Beginning of a rule to what it would place; the first that fits."""
_LIMIT_BYTES = 1 << 20


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What oslo.policy asks."""

    rule: str
    """Name of the rule; "" where the service does not say."""
    target: Mapping[str, Any]
    credentials: Mapping[str, Any]

    @property
    def project(self) -> str:
        """Whose the thing is; else who asks."""
        for place in (self.target, self.credentials):
            for name in ("project_id", "tenant_id", "owner"):
                if found := _text(place, name):
                    return found
        return ""

    @property
    def placed(self) -> Placed:
        """What the rule would place, with the zone that is named."""
        kind = next(
            (kind for start, kind in _TYPES.items() if self.rule.startswith(start)),
            ANYTHING,
        )
        zone = zone_of(self.target.get("availability_zone"))
        return Placed(type=kind, attributes={"availability_zone": zone})


def _text(place: Mapping[str, Any], name: str) -> str:
    """A text of a target, which may hold anything (Neutron's sentinels)."""
    found = place.get(name)
    return found if isinstance(found, str) else ""


def answer(allowed: Allowed) -> bytes:
    """The body of the answer to an `http:` check."""
    return b"True" if allowed.value is True else b"False"


class Allowed(msgspec.Struct, frozen=True):
    """Whether a rule holds."""

    value: bool


def ask(question: Question, regimes: Regimes, mode: str = "") -> Allowed:
    """Whether what is asked is allowed; False whenever that cannot be told."""
    decision: Decision | None = None
    reason = ""
    try:
        regime = regimes.current()
        mode = mode or regime.settings.mode
        decision = _decide(question, regime)
    except Exception as error:  # noqa: BLE001  # the last resort: never allowed
        reason = reason_of(error)
    allowed = decision is not None and decision.verdict is Verdict.ALLOW
    line = {
        "event": "guardrail.policy",
        "rule": question.rule,
        "project": question.project,
        "mode": mode or "enforce",
        "verdict": "unjudged" if decision is None else decision.verdict.value,
        "trouble": regimes.trouble,
        **({} if decision is None else facts_of(decision)),
        **({"reason": reason} if reason else {}),
    }
    level = logging.INFO if allowed else logging.WARNING
    LOG.log(level, "%s", json.dumps(line, sort_keys=True))
    return Allowed(value=allowed or mode == "observe")


def _decide(question: Question, regime: Regime) -> Decision:
    owner = question.project
    stack = stack_of([question.placed], owner, regime.settings.cloud, question.rule)
    return regime.decide(stack, regime.labels(owner))


def question_of(kind: str, content: bytes, path: str = "") -> Question:
    """What a request of an `http:` check asks; `path` names the rule where it does not.

    Raises:
        InputError: It is in neither of the two encodings, or lacks a part.
    """
    if kind.partition(";")[0].strip().lower() == "application/json":
        parts = mapping(_json(content))
    else:
        form = _form(content)
        parts = {name: _json(text) for name, text in form.items()}
    rule, target, credentials = map(parts.get, ("rule", "target", "credentials"))
    if not isinstance(target, dict) or not isinstance(credentials, dict):
        raise InputError(say("it is not a question of oslo.policy"))
    named = rule if isinstance(rule, str) else ""
    return Question(
        rule=named or unquote(path.strip("/").rpartition("/")[2]),
        target=target,
        credentials=credentials,
    )


def _form(content: bytes) -> dict[str, bytes]:
    """The fields of a form.

    Raises:
        InputError: It is none, or states a field twice.
    """
    try:
        fields = parse_qs(
            content.decode("ascii"), strict_parsing=True, max_num_fields=8
        )
    except (ValueError, UnicodeError) as error:
        raise InputError(say("it is not a question of oslo.policy")) from error
    if any(len(values) > 1 for values in fields.values()):
        raise InputError(say("it is not a question of oslo.policy"))
    return {name: values[0].encode() for name, values in fields.items()}


def _json(content: bytes) -> Any:
    """The value of JSON that has one meaning.

    Raises:
        InputError: It has none, or several.
    """
    try:
        compact = msgspec.json.format(content, indent=-1)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InputError(say("it is not a question of oslo.policy")) from error
    return strict_json.value(compact, where="")


def reply(
    kind: str, content: bytes, path: str, regimes: Regimes, mode: str = ""
) -> bytes:
    """The answer to an `http:` check of content type `kind`, whatever the server."""
    try:
        question = question_of(kind, content, path)
    except InputError as error:
        LOG.warning("guardrail: a question that is none: %s", error.args[0])
        return answer(Allowed(value=False))
    return answer(ask(question, regimes, mode))


class Endpoint:
    """The WSGI application that answers `http:` checks, where nothing can be installed.

    It belongs behind TLS that the service verifies (`remote_ssl_verify_server_crt`).
    """

    def __init__(self, regimes: Regimes, mode: str = "") -> None:
        """Answer by what is in force; `mode` beats that of `admission.yaml`."""
        self._regimes, self._mode = regimes, mode

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer to one check."""
        content = self._answer(environ)
        headers = [
            ("Content-Type", "text/plain"),
            ("Content-Length", str(len(content))),
        ]
        start_response("200 OK", headers)
        return [content]

    def _answer(self, environ: Environ) -> bytes:
        try:
            content = read_body_bytes(environ, _LIMIT_BYTES)
        except InputError:
            content = b""
        kind, path = environ.get("CONTENT_TYPE", ""), environ.get("PATH_INFO", "")
        return reply(kind, content, path, self._regimes, self._mode)
