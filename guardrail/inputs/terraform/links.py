"""The references between blocks, through the inputs and outputs of modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from guardrail.errors import InputError
from guardrail.inputs.identifiers import shown
from guardrail.inputs.terraform.addresses import Index, Step
from guardrail.inputs.terraform.configuration import Configuration, Scope
from guardrail.inputs.terraform.expressions import leaves, references, text_of
from guardrail.model import Reference

MOST = 1_000_000
"""References that are followed; inputs that fan out could make them quadratic."""

_NOWHERE = frozenset({"local", "count", "path", "terraform", "self", "ephemeral"})

Target = tuple[str, str]
"""Address of a block, and the attribute of it that is read; "" for all of it."""


class Links:
    """The references of one configuration; what was followed once is remembered."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._followed: dict[tuple[str, tuple[Step, ...]], tuple[Target, ...]] = {}
        self._count = 0

    def all(self) -> Iterator[Reference]:
        """Each reference once, block by block.

        Raises:
            InputError: A reference is malformed, or there are too many.
        """
        for block in self._configuration.blocks.values():
            found: dict[tuple[str, str, str], None] = {}
            for path, expression in leaves(block.entry.expressions or {}):
                each = block.entry.for_each_expression
                for target, attribute in self._of(expression, block.scope, each):
                    found[target, path, attribute] = None
            self._counted(len(found))
            for target, path, attribute in found:
                yield Reference(
                    source=block.address, target=target, path=path, attribute=attribute
                )

    def _of(
        self, expression: Mapping[str, Any], scope: Scope, each: object
    ) -> dict[Target, None]:
        """What an expression reads; `each` is the for_each of what it stands in."""
        found: dict[Target, None] = {}
        for steps in references(expression):
            if steps[0] == "each":
                if isinstance(each, dict):
                    for target in self._of(each, scope, None):
                        found[_narrowed(target, steps[2:])] = None
            elif steps[0] not in _NOWHERE:
                found.update(dict.fromkeys(self._to(steps, scope)))
        return found

    def _to(self, steps: tuple[Step, ...], scope: Scope) -> tuple[Target, ...]:
        key = (scope.address, steps)
        if key not in self._followed:
            self._followed[key] = ()  # what leads back to itself ends here
            found = tuple(dict.fromkeys(self._follow(steps, scope)))
            self._counted(len(found))
            self._followed[key] = found
        return self._followed[key]

    def _follow(self, steps: tuple[Step, ...], scope: Scope) -> Iterator[Target]:
        match steps:
            case ("var", str(name), *rest):
                yield from self._input(name, tuple(rest), scope)
            case ("module", str(name), *rest):
                yield from self._output(name, tuple(rest), scope)
            case ("data", str(type_), str(name), *rest):
                yield from self._block(f"data.{type_}.{name}", tuple(rest), scope)
            case (str(type_), str(name), *rest):
                yield from self._block(f"{type_}.{name}", tuple(rest), scope)
            case _:
                return

    def _input(
        self, name: str, rest: tuple[Step, ...], scope: Scope
    ) -> Iterator[Target]:
        if scope.parent is None or scope.call is None:
            return
        expression = (scope.call.expressions or {}).get(name)
        if isinstance(expression, dict):
            each = scope.call.for_each_expression
            for target in self._of(expression, scope.parent, each):
                yield _narrowed(target, rest)

    def _output(
        self, call: str, rest: tuple[Step, ...], scope: Scope
    ) -> Iterator[Target]:
        address = scope.inside(f"module.{call}")
        below = self._configuration.scopes.get(address)
        if below is None:
            return
        if rest and isinstance(rest[0], Index):
            rest = rest[1:]
        outputs = below.module.outputs
        name = rest[0] if rest else None
        wanted = [outputs[name]] if isinstance(name, str) and name in outputs else []
        for output in wanted if rest else outputs.values():
            if isinstance(output.expression, dict):
                for target in self._of(output.expression, below, None):
                    yield _narrowed(target, rest[1:])

    def _block(
        self, relative: str, rest: tuple[Step, ...], scope: Scope
    ) -> Iterator[Target]:
        address = scope.inside(relative)
        if address in self._configuration.blocks:
            yield _narrowed((address, ""), rest)

    def _counted(self, number: int) -> None:
        self._count += number
        if self._count > MOST:
            raise InputError(
                f"the configuration holds more than {MOST} references",
                where="/configuration",
                remedy="Split the plan",
            )


def _narrowed(target: Target, rest: tuple[Step, ...]) -> Target:
    """`target`, or the attribute of it that `rest` reads where it was all of it."""
    address, attribute = target
    inner = rest[1:] if rest and isinstance(rest[0], Index) else rest
    if attribute or not inner or isinstance(inner[0], Index):
        return target
    return address, shown(text_of(inner[:1]))
