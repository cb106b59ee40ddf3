"""Where data goes from resource to resource, by what their arguments refer to and name.

What it does to their classes is the business of `following`.
"""

from __future__ import annotations

from guardrail.assessment.flows.between import Flows, Site, data_flows
from guardrail.assessment.flows.identities import Identities
from guardrail.assessment.flows.instances import INNER, Keys, instance_keys, joined
from guardrail.assessment.flows.named import Named, Written, meets, named
from guardrail.assessment.flows.unseen import Unseen

__all__ = [
    "INNER",
    "Flows",
    "Identities",
    "Keys",
    "Named",
    "Site",
    "Unseen",
    "Written",
    "data_flows",
    "instance_keys",
    "joined",
    "meets",
    "named",
]
