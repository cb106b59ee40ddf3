"""Exit codes. Below 10: could not judge. From 10: judged. Everything but 0 blocks."""

from __future__ import annotations

from collections.abc import Mapping

EXIT_ALLOW = 0
EXIT_BUG = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
EXIT_UNGOVERNED = 4
EXIT_UNAPPLIED = 5
EXIT_DENY = 10
EXIT_REVIEW = 11
EXITS: Mapping[int, str] = {
    EXIT_ALLOW: "allow: nothing stands against it",
    EXIT_BUG: "a bug of guardrail",
    EXIT_USAGE: "the command line is wrong",
    EXIT_UNREADABLE: "the input cannot be read, or is of no supported kind",
    EXIT_UNGOVERNED: "rules or registry are missing, malformed or too old",
    EXIT_UNAPPLIED: "allowed, and not applied: Terraform failed, or nobody approved",
    EXIT_DENY: "deny: a rule is broken",
    EXIT_REVIEW: "review: a rule may be broken, and a fact is missing",
}
