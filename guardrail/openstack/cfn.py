"""Requests to Heat in the form of AWS CloudFormation: none of them makes a stack here.

The form has templates behind addresses and parameters in a manner of their own; whoever
deploys has Heat's own API. What reads, deletes or signals passes.

Source: heat 27.0.1, heat/api/cfn/v1/__init__.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.model import say
from guardrail.openstack.call import Call, Passed, RefusedError, Route, Surface
from guardrail.openstack.placed import Placed

_READS = frozenset(
    {
        "CancelUpdateStack", "DeleteStack", "DescribeStackEvents",
        "DescribeStackResource", "DescribeStackResources", "DescribeStacks",
        "EstimateTemplateCost", "GetTemplate", "ListStackResources", "ListStacks",
        "ValidateTemplate",
    }
)  # fmt: skip


def act(call: Call) -> Sequence[Placed]:
    """Nothing, for an action that makes nothing.

    Raises:
        RefusedError: It makes something, or nobody knows what it does.
    """
    actions = [value for name, value in call.body if name == "Action"]
    harmless = call.method in {"GET", "HEAD", "OPTIONS", "DELETE"}
    if len(actions) == 1 and actions[0] in _READS:
        return []
    if not actions and harmless:
        return []
    raise RefusedError(
        say("stacks are made by Heat's own API here; this one is not judged")
    )


SURFACE = Surface(
    judged=(),
    passed=(
        Passed(
            ("PUT", "POST"),
            ("waitcondition/**", "signal/**"),
            "tells a stack that is there how its servers are",
        ),
    ),
    other=Route((), "CloudFormation", act, form=True),
    reads=frozenset(),
)
"""Even a GET names an action."""
