"""The references between blocks, through the inputs and outputs of modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import shown
from guardrail.inputs.terraform.addresses import Every, Index, Step, key_text
from guardrail.inputs.terraform.configuration import Configuration, Scope
from guardrail.inputs.terraform.expressions import leaves, references, text_of
from guardrail.model import Reference

MOST = 1_000_000
"""References that are followed; inputs that fan out could make them quadratic."""

_NOWHERE = frozenset({"count", "path", "terraform", "self"})
_INSTANCE = frozenset({"each", "count"})


class Target(msgspec.Struct, frozen=True):
    """A block that is read, and what is known of which instance of it."""

    address: str
    attribute: str
    """"" for all of it."""
    shared: int
    """Module calls, from the root, that the way to it never left."""
    pairs: tuple[tuple[int, int], ...] = ()
    fixed: tuple[tuple[int, str], ...] = ()


_OPEN = Target(address="", attribute="*", shared=0)
"""What a plan as JSON does not lead to: a local value, a variable, a constant."""


class Links:
    """The references of one configuration; what was followed once is remembered."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._followed: dict[tuple[str, tuple[Step, ...]], tuple[Target, ...]] = {}
        self._count = 0
        self._unfollowed: dict[str, set[str]] = {}

    @property
    def unfollowed(self) -> dict[str, frozenset[str]]:
        """Block to the arguments that lead elsewhere too; known after `all`."""
        return {block: frozenset(found) for block, found in self._unfollowed.items()}

    def all(self) -> Iterator[Reference]:
        """Each reference once, block by block.

        Raises:
            InputError: A reference is malformed, or there are too many.
        """
        for block in self._configuration.blocks.values():
            found: dict[tuple[str, Target], None] = {}
            for path, expression in leaves(block.entry.expressions or {}):
                each = block.entry.for_each_expression
                own = _depth(block.scope)
                for target in self._of(expression, block.scope, each, own):
                    found[path, target] = None
            self._counted(len(found))
            for path, target in found:
                if target is _OPEN:
                    self._unfollowed.setdefault(block.address, set()).add(path)
                    continue
                yield Reference(
                    source=block.address,
                    target=target.address,
                    path=path,
                    attribute=target.attribute,
                    shared=target.shared,
                    pairs=target.pairs,
                    fixed=target.fixed,
                )

    def of_providers(self, keys: Iterable[str]) -> Iterator[Reference]:
        """The references of provider blocks, with their keys for `source`.

        Raises:
            InputError: A reference is malformed, or there are too many.
        """
        for key in keys:
            entry = self._configuration.providers.get(key)
            if entry is None or entry.module_address not in self._configuration.scopes:
                continue
            scope = self._configuration.scopes[entry.module_address]
            for path, expression in leaves(entry.expressions or {}):
                reached = self._of(expression, scope, None, None)
                self._counted(len(reached))
                for target in reached:
                    if target is _OPEN:
                        continue
                    yield Reference(
                        source=key,
                        target=target.address,
                        path=path,
                        attribute=target.attribute,
                    )

    def _of(
        self,
        expression: Mapping[str, Any],
        scope: Scope,
        each: object,
        own: int | None,
    ) -> dict[Target, None]:
        """What an expression reads; `each` is the for_each of what it stands in.

        `own` is the place of the instance key that `each.key` and `count.index` mean
        there, in the address of what reads.
        """
        found: dict[Target, None] = {}
        read = references(expression)
        keyed = own if any(steps[0] in _INSTANCE for steps in read) else None
        for steps in read:
            if steps[0] == "each":
                for target in self._each(each, steps, scope):
                    found[self._paired(target, own, steps, scope)] = None
            elif steps[0] not in _NOWHERE:
                for target in self._to(steps, scope) or (_OPEN,):
                    found[self._paired(target, keyed, steps, scope)] = None
        return found

    def _each(
        self, each: object, steps: tuple[Step, ...], scope: Scope
    ) -> Iterator[Target]:
        """What `each.key` or `each.value` reads, by the for_each that it stands in.

        Beside an attribute there may be constants, which a plan as JSON does not show.
        """
        for target in self._inside(each, scope, None, None):
            whole = target is _OPEN or not target.attribute
            if steps[1:2] == ("key",) and whole:
                continue  # the key of an instance says nothing of its data
            yield _narrowed(target, steps[2:])
            if not whole:
                yield _OPEN

    def _inside(
        self, expression: object, scope: Scope, each: object, own: int | None
    ) -> Iterable[Target]:
        """What an expression reads that another one stands for."""
        found = self._of(expression, scope, each, own) if _shows(expression) else None
        return found or (_OPEN,)

    def _paired(
        self, target: Target, own: int | None, steps: tuple[Step, ...], scope: Scope
    ) -> Target:
        """`target` with its key in `scope` the same as the key at `own` of what reads.

        Only where the key stands at what `steps` name themselves: a block here, or a
        call and what is under it.
        """
        place = _depth(scope)
        fixed = any(at == place for at, _key in target.fixed)
        if own is None or fixed or target is _OPEN:
            return target
        if steps[0] == "module":
            here = target.address.startswith(scope.inside(f"module.{steps[1]}."))
        else:
            block = self._configuration.blocks[target.address]
            here = block.scope is scope and target.shared == place
        if not here:
            return target
        return msgspec.structs.replace(target, pairs=(*target.pairs, (own, place)))

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
        each = scope.call.for_each_expression
        own = _depth(scope.parent)
        for target in self._inside(expression, scope.parent, each, own):
            yield _narrowed(target, rest)

    def _output(
        self, call: str, rest: tuple[Step, ...], scope: Scope
    ) -> Iterator[Target]:
        address = scope.inside(f"module.{call}")
        below = self._configuration.scopes.get(address)
        if below is None:
            return
        instance, rest = _instance(rest, scope)
        outputs = below.module.outputs
        name = rest[0] if rest else None
        wanted = [outputs[name]] if isinstance(name, str) and name in outputs else []
        for output in wanted if rest else outputs.values():
            for target in self._inside(output.expression, below, None, None):
                if target is _OPEN:
                    yield target
                else:
                    left = _left(target, _depth(scope))
                    inside = target.address.startswith(f"{address}.")
                    inner = _fixed(left, instance) if inside else left
                    yield _narrowed(inner, rest[1:])

    def _block(
        self, relative: str, rest: tuple[Step, ...], scope: Scope
    ) -> Iterator[Target]:
        address = scope.inside(relative)
        if address in self._configuration.blocks:
            instance, rest = _instance(rest, scope)
            target = _fixed(Target(address, "", _depth(scope)), instance)
            yield _narrowed(target, rest)

    def _counted(self, number: int) -> None:
        self._count += number
        if self._count > MOST:
            raise InputError(
                f"the configuration holds more than {MOST} references",
                where="/configuration",
                remedy="Split the plan",
            )


def _shows(expression: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether there is an expression, and not something else."""
    return isinstance(expression, dict)


def _depth(scope: Scope) -> int:
    """How many calls a module stands under; the place of the key of what is in it."""
    return len(scope.address.split(".")) // 2


def _instance(
    rest: tuple[Step, ...], scope: Scope
) -> tuple[tuple[tuple[int, str], ...], tuple[Step, ...]]:
    """The instance that a reference states, as `fixed`, and what it reads of it."""
    if not rest or not isinstance(rest[0], Index):
        return (), rest
    key = rest[0].key
    if isinstance(key, Every):
        return (), rest[1:]
    return ((_depth(scope), key_text(key)),), rest[1:]


def _left(target: Target, depth: int) -> Target:
    """`target`, reached out of a call that stands under `depth` others.

    The key of that call is no key of what reads its output.
    """
    return msgspec.structs.replace(
        target,
        shared=min(target.shared, depth),
        pairs=tuple(pair for pair in target.pairs if pair[0] < depth),
    )


def _fixed(target: Target, instance: tuple[tuple[int, str], ...]) -> Target:
    if not instance:
        return target
    return msgspec.structs.replace(target, fixed=(*target.fixed, *instance))


def _narrowed(target: Target, rest: tuple[Step, ...]) -> Target:
    """`target`, or the attribute of it that `rest` reads where it was all of it."""
    inner = rest[1:] if rest and isinstance(rest[0], Index) else rest
    if target.attribute or not inner or isinstance(inner[0], Index):
        return target
    attribute = shown(text_of(inner[:1]))
    return msgspec.structs.replace(target, attribute=attribute)
