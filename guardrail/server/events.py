"""What the server says of its work: one JSON object a line, on standard error.

Only these words and names go into it: no body, no address of a callback, no token.
"""

from __future__ import annotations

import json
import logging

LOG = logging.getLogger("guardrail.server")


def say_event(event: str, **facts: str) -> None:
    """Log that something happened, with what it was about."""
    LOG.info("%s", json.dumps({"event": event, **facts}, sort_keys=True))
