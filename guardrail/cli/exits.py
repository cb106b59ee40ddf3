"""Exit codes. Below 10: could not judge. From 10: judged. Everything but 0 blocks."""

from __future__ import annotations

from typing import assert_never

from guardrail.decision import Verdict

EXIT_ALLOW = 0
EXIT_BUG = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
EXIT_UNGOVERNED = 4
EXIT_DENY = 10
EXIT_REVIEW = 11


def exit_code(verdict: Verdict) -> int:
    """The exit code of a verdict."""
    match verdict:
        case Verdict.ALLOW:
            return EXIT_ALLOW
        case Verdict.REVIEW:
            return EXIT_REVIEW
        case Verdict.DENY:
            return EXIT_DENY
        case _:
            assert_never(verdict)
