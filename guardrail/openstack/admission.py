"""The WSGI filter of the services: a request is judged before the service acts on it.

It stands after `authtoken` and the service's own context filter, in every pipeline.
What cannot be judged is refused, within a budget; `observe` lets everything through,
and says in the log and in a header what it would have done.
"""

from __future__ import annotations

import io
import json
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from guardrail.decision import Decision, Effect
from guardrail.errors import ConfigurationError, GuardrailError, InputError
from guardrail.model import Known, say
from guardrail.openstack import cfn, cinder, glance, heat, neutron, nova
from guardrail.openstack.answers import SHAPES, Outcome, judged, refused, unjudged
from guardrail.openstack.call import (
    Call,
    Environ,
    NotThereError,
    RefusedError,
    Route,
    Surface,
    TooLargeError,
    overrides,
    route_of,
    segments_of,
)
from guardrail.openstack.clock import today
from guardrail.openstack.placed import Deployed, Placed
from guardrail.openstack.projects import UnavailableError
from guardrail.openstack.regime import LOG, Regime, Regimes
from guardrail.openstack.weighing import decide

StartResponse: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]
HEADER = "Guardrail-Verdict"
SURFACES: Mapping[str, Surface] = {
    "nova": nova.SURFACE,
    "cinder": cinder.SURFACE,
    "glance": glance.SURFACE,
    "heat": heat.SURFACE,
    "heat-cfn": cfn.SURFACE,
    "neutron": neutron.SURFACE,
}
"""Service to the requests that may place data, and those that do not."""
_VERSIONS = {
    "nova": {
        "HTTP_OPENSTACK_API_VERSION": "compute latest",
        "HTTP_X_OPENSTACK_NOVA_API_VERSION": "latest",
    },
    "cinder": {"HTTP_OPENSTACK_API_VERSION": "volume 3.59"},
}
"""The version of each API that shows what must be known of a resource."""


class Admission:
    """One service behind the guard."""

    def __init__(
        self,
        application: Application,
        service: str,
        regimes: Regimes,
        mode: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Guard `application`; `mode` beats that of `admission.yaml`."""
        self._application, self._service = application, service
        self._regimes, self._mode, self._clock = regimes, mode, clock

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer of the service, or why it was not asked."""
        found = route_of(environ, SURFACES[self._service])
        if found is None and not overrides(environ):
            return self._application(environ, start_response)
        start = self._clock()
        route = found[0] if found else None
        outcome, mode = self._outcome(environ, found, start)
        refused = mode == "enforce" and not outcome.allowed
        _log(
            outcome,
            _Told(
                service=self._service,
                route=route.name if route else "",
                mode=mode,
                refused=refused,
                milliseconds=round((self._clock() - start) * 1000, 1),
                project=environ.get("HTTP_X_PROJECT_ID", ""),
                request=str(environ.get("openstack.request_id", "")),
                trouble=self._regimes.trouble,
            ),
        )
        verdict = f"{outcome.verdict}; mode={mode}"
        if refused:
            return self._refuse(outcome, verdict, start_response)
        return self._application(environ, _with_header(start_response, verdict))

    def _outcome(
        self, environ: Environ, found: tuple[Route, int] | None, start: float
    ) -> tuple[Outcome, str]:
        """What becomes of a request, and the mode in force."""
        mode = self._mode or "enforce"
        try:
            regime = self._regimes.current()
            mode = self._mode or regime.settings.mode
            return self._judged(environ, found, start, regime), mode
        except Exception as error:  # noqa: BLE001  # the last resort: never through
            return _broken(reason_of(error)), mode

    def _judged(
        self,
        environ: Environ,
        found: tuple[Route, int] | None,
        start: float,
        regime: Regime,
    ) -> Outcome:
        """What becomes of a request under a regime."""
        if found is None or overrides(environ):
            message = say("a request in the name of another method is not judged")
            return unjudged(HTTPStatus.BAD_REQUEST, message, message, regime)
        if environ.get("HTTP_X_IDENTITY_STATUS") != "Confirmed":
            message = say(
                "who asks is not known: the filter must stand after authtoken"
            )
            return unjudged(HTTPStatus.FORBIDDEN, message, message, regime)
        try:
            end = start + regime.settings.budget.time_s
            placed = self._placed(environ, found, regime, lambda: end - self._clock())
            decision = decide(
                placed, environ.get("HTTP_X_PROJECT_ID", ""), regime, self._service
            )
        except _NOT_JUDGED as error:
            return _why_not(error, regime)
        if self._clock() - start > regime.settings.budget.time_s:
            message = say("it took too long to judge; try again")
            return unjudged(HTTPStatus.SERVICE_UNAVAILABLE, message, message, regime)
        return judged(decision, regime)

    def _placed(
        self,
        environ: Environ,
        found: tuple[Route, int],
        regime: Regime,
        left_s: Callable[[], float],
    ) -> Deployed | Sequence[Placed]:
        """What a request places, found out in the time that is left."""
        route, start = found
        limit = regime.settings.budget.body_bytes
        segments = segments_of(environ)
        pattern = route.path.split("/")
        tail = zip(pattern, segments[start:], strict=False)

        def show(*path: str) -> Mapping[str, Any]:
            return self._show(environ, [*segments[:start], *path])

        return route.read(
            Call(
                method=environ["REQUEST_METHOD"].upper(),
                names=tuple(segment for part, segment in tail if part == "{}"),
                body=route.body(environ, limit),
                header=lambda name: environ.get(name, ""),
                show=show,
                ask=regime.neighbours.of(environ, left_s),
            )
        )

    def _show(self, environ: Environ, path: Sequence[str]) -> Mapping[str, Any]:
        """What a GET of the service gives to the same caller.

        Raises:
            NotThereError: It gives nothing.
        """
        asked = {
            **environ,
            **_VERSIONS.get(self._service, {}),
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/" + "/".join(path),
            "QUERY_STRING": "",
            "CONTENT_LENGTH": "0",
            "HTTP_ACCEPT": "application/json",
            "wsgi.input": io.BytesIO(),
            "webob.adhoc_attrs": dict(environ.get("webob.adhoc_attrs", {})),
        }
        for name in ("CONTENT_TYPE", "HTTP_TRANSFER_ENCODING"):
            asked.pop(name, None)
        statuses: list[str] = []
        answer = self._application(
            asked, lambda status, *_rest: statuses.append(status)
        )
        try:
            content = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        if not statuses or not statuses[0].startswith("2"):
            raise NotThereError
        found = msgspec.json.decode(content)
        if not isinstance(found, dict):
            raise NotThereError
        return found

    def _refuse(
        self, outcome: Outcome, verdict: str, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The refusal, in the shape of the service."""
        kind, content = SHAPES[self._service](outcome.status, outcome.message)
        status = f"{outcome.status.value} {outcome.status.phrase}"
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(content))),
            (HEADER, verdict),
        ]
        start_response(status, headers)
        return [content]


_NOT_JUDGED = (RefusedError, InputError, NotThereError, UnavailableError)
"""Why there is no decision on a request."""


def _why_not(error: Exception, regime: Regime) -> Outcome:
    """The outcome of a request on which there is no decision."""
    match error:
        case RefusedError():
            return refused(error.message, regime)
        case TooLargeError():
            status, message = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error.args[0]
        case InputError():
            status = HTTPStatus.BAD_REQUEST
            message = say("the request cannot be judged: {}", error.args[0])
        case NotThereError():
            status = HTTPStatus.NOT_FOUND
            message = say("the service does not show what the request is about")
        case _:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            message = say("the labels cannot be read now; try again")
    return unjudged(status, message, str(*error.args) or message, regime)


def reason_of(error: Exception) -> str:
    """What a log may say of an error; the text of one that is not ours may be data."""
    if isinstance(error, GuardrailError):
        return str(error.args[0])
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{Path(one.filename).name}:{one.lineno}" for one in frames]
    return f"{type(error).__name__} at {', '.join(places)}"


def _broken(reason: str) -> Outcome:
    return Outcome(
        verdict="unjudged",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        message="guardrail: cannot judge now, so nothing is let through; ask who runs "
        "the cloud",
        reason=reason,
    )


def _with_header(start_response: StartResponse, verdict: str) -> StartResponse:
    def started(
        status: str, headers: Sequence[tuple[str, str]], *rest: object
    ) -> object:
        return start_response(status, [*headers, (HEADER, verdict)], *rest)

    return started


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the log says of a request beside its outcome; nothing of its body."""

    service: str
    route: str
    mode: str
    refused: bool
    milliseconds: float
    project: str
    request: str
    trouble: str


def _log(outcome: Outcome, told: _Told) -> None:
    """One structured line, of facts that hold no secret."""
    line = {
        "event": "guardrail.admission",
        "verdict": outcome.verdict,
        **msgspec.to_builtins(told),
        **({} if outcome.decision is None else facts_of(outcome.decision)),
        **({"reason": outcome.reason} if outcome.reason else {}),
    }
    level = logging.INFO if outcome.allowed else logging.WARNING
    LOG.log(level, "%s", json.dumps(line, sort_keys=True))


def facts_of(decision: Decision) -> dict[str, object]:
    """Rules, classes and places of a decision."""
    blocking = {Effect.DENY, Effect.REVIEW}
    return {
        "rules": sorted(
            {one.breach.rule.id for one in decision.findings if one.effect in blocking}
        ),
        "resources": [
            {
                "type": one.resource.type,
                "class": [
                    decision.classes[one.sensitivity.lowest].id,
                    decision.classes[one.sensitivity.highest].id,
                ],
                "offer": next(
                    (
                        landing.offer.value
                        for landing in one.landings
                        if isinstance(landing.offer, Known)
                    ),
                    None,
                ),
                "verdict": one.verdict.value,
            }
            for one in decision.resources
        ],
    }


def filter_factory(
    _global: Mapping[str, str], **local: str
) -> Callable[[Application], Admission]:
    """The filter that paste asks for, with the settings of its section.

    Raises:
        ConfigurationError: A setting is not usable: the service does not start.
        GuardrailError: Nothing can be judged by what it names; likewise.
    """
    service, mode = local.pop("service", ""), local.pop("mode", "")
    config = local.pop("config", "")
    if service not in SURFACES or mode not in {"", "enforce", "observe"} or local:
        raise ConfigurationError(
            "the filter takes config, service ("
            + ", ".join(sorted(SURFACES))
            + ") and "
            "mode (enforce, observe)",
            where="paste.ini",
        )
    regimes = Regimes(Path(config or "/etc/guardrail/admission.yaml"), today)
    return lambda application: Admission(application, service, regimes, mode)
