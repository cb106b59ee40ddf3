"""What resources have another engine make: a stack, objects of a cluster, a chart.

What can be read becomes part of the stack, with an address that begins with that of
the resource. What cannot is noted, so that its class is open.
"""

from __future__ import annotations

from guardrail.assessment.inner.unfold import Unfolded, unfolded

__all__ = ["Unfolded", "unfolded"]
