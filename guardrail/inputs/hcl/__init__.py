"""Terraform code, evaluated as far as it follows from what is known.

Used where a plan as JSON is not enough (`dynamic` blocks, functions, locals, values in
modules) with the source snapshot of a binary plan or with a directory. Sound, in three
values: what is said to be `Known` is what Terraform has, whatever is unknown turns out
to be; everything else is `Unknown`, with its reason.
"""

from guardrail.inputs.hcl.code import Requirement, Source
from guardrail.inputs.hcl.locate import is_code
from guardrail.inputs.hcl.modules import (
    Path,
    Stated,
    StatedFile,
    StatedText,
    Tree,
    from_directory,
    from_snapshot,
)
from guardrail.inputs.hcl.questions import (
    Backend,
    ProviderBlock,
    backend,
    block_arguments,
    block_provider,
    location,
    provider_block,
    provider_in_force,
    provider_location,
    provider_settings,
    provider_source,
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
    "Stated",
    "StatedFile",
    "StatedText",
    "Tree",
    "backend",
    "block_arguments",
    "block_provider",
    "from_directory",
    "from_snapshot",
    "is_code",
    "location",
    "provider_block",
    "provider_in_force",
    "provider_location",
    "provider_settings",
    "provider_source",
    "required_providers",
    "resource_arguments",
    "resource_provider",
]
