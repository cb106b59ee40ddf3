"""The expressions and configurations that are compared with Terraform."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from guardrail.model import Unknown
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "unit" / "inputs" / "hcl" / "corpus"
ANSWERS = CORPUS / "answers.json"


def expressions() -> list[str]:
    """Expressions over what `head.tf` declares."""
    lines = (CORPUS / "expressions.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("# ")]


def configurations() -> dict[str, dict[str, bytes]]:
    """The files of each configuration, by its name."""
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    text = (CORPUS / "configurations.txt").read_text("utf-8")
    for part in text.split("\n=== ")[1:]:
        head, _, content = part.partition("\n")
        name, _, path = head.partition(": ")
        escaped = f"{content}\n".replace("\\r\n", "\r\n").replace("\\ufeff", "\ufeff")
        found[name][path] = escaped.encode()
    return dict(found)


def answers() -> Mapping[str, list[Any]]:
    """What Terraform 1.11.4 made of each expression, and what it did not know."""
    found: Mapping[str, list[Any]] = json.loads(ANSWERS.read_text("utf-8"))
    return found


def outputs(texts: Sequence[str]) -> str:
    """A configuration with an output for each expression."""
    head = (CORPUS / "head.tf").read_text("utf-8")
    return head + "".join(
        f'output "o{place}" {{\n  value     = {text}\n  sensitive = true\n}}\n'
        for place, text in enumerate(texts)
    )


def differs(ours: Any, theirs: Any, unknown: Any) -> bool:
    """Whether something that we say is known is not what Terraform has."""
    match ours:
        case Unknown():
            return False
        case _ if unknown is True:
            return True
        case list():
            masks = [
                *(unknown if isinstance(unknown, list) else []),
                *[False] * len(ours),
            ]
            return (
                not isinstance(theirs, list)
                or len(theirs) != len(ours)
                or any(map(differs, ours, theirs, masks))
            )
        case dict():
            masked = unknown if isinstance(unknown, dict) else {}
            hidden = {key for key, mask in masked.items() if mask}
            return (
                not isinstance(theirs, dict)
                or set(theirs) | hidden != set(ours)
                or any(
                    differs(one, theirs.get(key), masked.get(key, False))
                    for key, one in ours.items()
                )
            )
        case int() | float() if not isinstance(ours, bool):
            same = isinstance(theirs, int | float) and not isinstance(theirs, bool)
            return not same or not math.isclose(ours, theirs, rel_tol=1e-12)
        case _:
            return type(ours) is not type(theirs) or bool(ours != theirs)
