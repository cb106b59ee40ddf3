"""The functions of Terraform that depend on their arguments alone.

Everything else (the clock, files, chance, providers) is not known, and said so by name.
`try` and `can` are not here: they look at expressions, not at values.

Source: HashiCorp, terraform, internal/lang/functions.go and internal/lang/funcs, tag
v1.11.4, https://github.com/hashicorp/terraform; Martin Atkins, cty,
cty/function/stdlib, tag v1.16.2, https://github.com/zclconf/go-cty
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardrail.inputs.hcl.convert import deep_marked
from guardrail.inputs.hcl.cty import (
    ANY,
    Any_,
    RefusedError,
    Unk,
    UnsureError,
    Val,
    first_unknown,
)
from guardrail.inputs.hcl.signature import Function
from guardrail.inputs.hcl.structures import STRUCTURES
from guardrail.inputs.hcl.texts import TEXTS
from guardrail.model import Unknown, say

FUNCTIONS: Mapping[str, Function] = {**TEXTS, **STRUCTURES}
"""By name."""


def call(name: str, arguments: Sequence[Any_]) -> Any_:
    """The result of a function; not known where it is none of `FUNCTIONS`.

    Raises:
        RefusedError: Terraform refuses these arguments, too.
        TooMuchError: The result is too large.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        return Unk(Unknown(say("the function `{}` is not evaluated", name)))
    if not function.least <= len(arguments) <= function.most:
        raise RefusedError(
            say("`{}` is called with too few or too many arguments", name)
        )
    if not function.nulls and any(
        isinstance(one, Val) and one.null for one in arguments
    ):
        raise RefusedError(say("an argument of `{}` is null", name))
    if not function.raw:
        unknown = next((one for one in arguments if not one.whole), None)
        if unknown is not None:
            gives = ANY if unknown.type.kind == "any" else function.gives
            found: Any_ = Unk(first_unknown(unknown), gives)
            return deep_marked(found, of=arguments)
    try:
        found = function.run(list(arguments))
    except UnsureError as error:
        found = Unk(Unknown(error.args[0]), function.gives)
    return found if function.marks else deep_marked(found, of=arguments)
