"""Terraform code, evaluated as far as it follows from what is known.

Used where a plan as JSON is not enough (`dynamic` blocks, functions, locals, values in
modules) with the source snapshot of a binary plan or with a directory. Sound, in three
values: what is said to be `Known` is what Terraform has, whatever is unknown turns out
to be; everything else is `Unknown`, with its reason.
"""

from guardrail.inputs.hcl.code import Requirement, Source
from guardrail.inputs.hcl.modules import Path, Tree, from_directory, from_snapshot
from guardrail.inputs.hcl.questions import (
    Backend,
    ProviderBlock,
    backend,
    location,
    provider_block,
    provider_location,
    provider_settings,
    required_providers,
    resource_arguments,
    resource_provider,
)

__all__ = [
    "Backend",
    "Path",
    "ProviderBlock",
    "Requirement",
    "Source",
    "Tree",
    "backend",
    "from_directory",
    "from_snapshot",
    "location",
    "provider_block",
    "provider_location",
    "provider_settings",
    "required_providers",
    "resource_arguments",
    "resource_provider",
]
