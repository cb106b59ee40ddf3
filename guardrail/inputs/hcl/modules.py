"""A tree of modules, and the questions that are asked of it.

Nothing is parsed before somebody asks for it, and no question raises because of what
the code says: what cannot be known is `Unknown`, with the reason.

Source: HashiCorp, terraform, internal/terraform/transform_provider.go,
internal/configs/configload/snapshot.go, internal/backend/backendrun/
unparsed_value.go and internal/command/meta_vars.go, tag v1.11.4,
https://github.com/hashicorp/terraform; HashiCorp, hcl, ext/dynblock, tag v2.23.0,
https://github.com/hashicorp/hcl
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.hcl.code import Code, Requirement, Source, reference_text
from guardrail.inputs.hcl.cty import (
    KEYED,
    ORDERED,
    Any_,
    RefusedError,
    Unk,
    Val,
    from_plain,
    inner,
    marked,
    number,
    object_of,
    plain,
    secret_inside,
)
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.inputs.hcl.locate import json_value
from guardrail.inputs.hcl.nodes import (
    Binary,
    Conditional,
    Get,
    Index,
    Literal,
    Name,
    Node,
    ObjectOf,
    TemplateOf,
    TupleOf,
    Unary,
    Unparsed,
)
from guardrail.inputs.hcl.scope import Instance, Key, constant
from guardrail.inputs.hcl.syntax import Body, Nested, file_body
from guardrail.inputs.hcl.tokens import Template, UnreadableError, tokens
from guardrail.inputs.identifiers import bounded, shown
from guardrail.model import Evidence, Known, Unknown, say
