"""The place where the state is kept, which holds the values of all resources."""

from __future__ import annotations

from guardrail.inputs import hcl
from guardrail.inputs.identifiers import shown
from guardrail.model import Gap, StateStore, Unknown, say


def state_of(tree: hcl.Tree) -> StateStore | Gap:
    """Where the state is kept, or what is to be known of that."""
    found = hcl.backend(tree)
    if isinstance(found, Unknown):
        message = say("It is not known where the state is kept: {}.", found.reason)
        return Gap(id="state", message=message, blocks=False)
    if found is None or found.type == "local":
        message = say(
            "The state, which holds the values of all resources, is kept in a file "
            "where Terraform runs."
        )
        return Gap(id="state", message=message, blocks=False)
    return StateStore(
        type=shown(found.type),
        settings=found.settings,
        location=(shown(found.file), found.line),
    )
