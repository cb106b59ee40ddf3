"""The rule check that oslo.policy finds by its entry point: `guardrail:nova`.

In a policy file of a service:
`"os_compute_api:servers:create": "rule:project_member_or_admin and guardrail:nova"`.
The service's own configuration says where `admission.yaml` is: `[guardrail] config`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oslo_config import cfg
from oslo_policy import policy

from guardrail.errors import GuardrailError
from guardrail.openstack.clock import today
from guardrail.openstack.policy import Question, ask
from guardrail.openstack.regime import LOG, Regimes

OPTIONS = [
    cfg.StrOpt("config", default="/etc/guardrail/admission.yaml"),
    cfg.StrOpt("mode", default="", choices=["", "enforce", "observe"]),
]
_IN_FORCE: dict[str, Regimes] = {}
_LOCK = threading.Lock()


class GuardrailCheck(policy.Check):
    """Holds where what is asked is allowed; a target may hold anything."""

    def __call__(
        self,
        target: Any,
        creds: Any,
        enforcer: Any,
        current_rule: str | None = None,
    ) -> bool:
        """Whether the rule holds; False whenever that cannot be told."""
        question = Question(
            rule=current_rule or self.match.rpartition("/")[2],
            target=target if isinstance(target, Mapping) else {},
            credentials=creds if isinstance(creds, Mapping) else {},
        )
        try:
            enforcer.conf.register_opts(OPTIONS, group="guardrail")
            stated = enforcer.conf.guardrail
            return ask(question, _regimes(stated.config), stated.mode).value
        except (GuardrailError, cfg.Error) as error:
            LOG.error("guardrail: cannot judge, so refused: %s", error)
            return False


def _regimes(config: str) -> Regimes:
    """What is in force by the file at `config`, read once in a process.

    Raises:
        GuardrailError: It cannot be read or used.
    """
    with _LOCK:
        if config not in _IN_FORCE:
            _IN_FORCE[config] = Regimes(Path(config), today)
        return _IN_FORCE[config]
