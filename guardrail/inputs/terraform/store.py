"""The place where the state is kept, which holds the values of all resources."""

from __future__ import annotations

import msgspec

from guardrail.inputs import hcl
from guardrail.inputs.identifiers import shown
from guardrail.model import Gap, StateStore, Unknown, say


def state_of(tree: hcl.Tree, kept: hcl.Backend | None = None) -> StateStore | Gap:
    """Where the state is kept, or what is to be known of that.

    `kept` is what the plan says of it: more than the code, of which it has the place.
    """
    found = hcl.backend(tree)
    if kept is not None and isinstance(found, hcl.Backend):
        found = msgspec.structs.replace(kept, file=found.file, line=found.line)
    elif kept is not None:
        found = kept
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
        location=(shown(found.file), found.line) if found.file else None,
    )
