"""What names stand for in one instance of a module: variables, locals, modules.

Source: HashiCorp, terraform, internal/terraform/evaluate.go, internal/terraform/
eval_variable.go (`prepareFinalInputVariableValue`), tag v1.11.4,
https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

import msgspec

from guardrail.inputs.hcl.code import Code
from guardrail.inputs.hcl.constraints import constraint
from guardrail.inputs.hcl.convert import convert
from guardrail.inputs.hcl.cty import (
    ANY,
    STRING,
    Any_,
    RefusedError,
    Type,
    Unk,
    Val,
    from_plain,
    inner,
    marked,
    number,
    object_of,
    text,
    tuple_of,
)
from guardrail.inputs.hcl.evaluate import Evaluator, Path, unknown
from guardrail.inputs.hcl.nodes import Literal, Node
from guardrail.inputs.hcl.syntax import Argument, Body, json_code, json_plain
from guardrail.inputs.identifiers import shown
from guardrail.model import Known, Unknown, say

Key: TypeAlias = int | str | None
"""The key of an instance; None where it has none, or any is meant."""

_OUTSIDE = {
    "each": "`{}` stands outside of what is repeated",
    "count": "`{}` stands outside of what is repeated",
    "self": "`{}` is a resource itself",
    "path": "`{}` is a path, which depends on where Terraform runs",
    "terraform": "`{}` depends on how Terraform runs",
    "ephemeral": "`{}` is ephemeral, and never in a plan",
}
_NOT_STATED = say("give the plan, or a file of variables")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides the code; `modules.Tree` says how."""

    variables: Mapping[str, Any]
    final: bool
    known: Mapping[str, Known[Any]]
    workspace: str


class World(Protocol):
    """What an instance needs of the tree that it is in."""

    given: Given

    def root_variable(self, name: str) -> Any_ | None:
        """The value that a root variable is given; None for its default.

        Raises:
            TooMuchError: It is too large.
        """
        ...

    def below(self, instance: Instance, call: str, key: Key) -> Instance | None:
        """The instance of a module that is called; None when its code is not there."""
        ...


class Instance:
    """One instance of a module."""

    def __init__(
        self,
        world: World,
        code: Code,
        calls: tuple[tuple[str, Key], ...],
        parent: Instance | None,
    ) -> None:
        self.code = code
        self.calls = calls
        self.parent = parent
        self._world = world
        self._values: dict[tuple[str, str], Any_] = {}
        self._pending: set[tuple[str, str]] = set()

    @functools.cached_property
    def address(self) -> str:
        """`module.a.module.b` without keys; "" for the root."""
        return ".".join(f"module.{name}" for name, _ in self.calls)

    def resolve(self, name: str, path: Path, evaluator: Evaluator) -> tuple[Any_, int]:
        """The value of a reference, and how many steps of `path` it took.

        Raises:
            RefusedError: There is no such thing.
            TooMuchError: It takes too much work.
        """
        match name, list(path):
            case "var", [("get", str(variable)), *_]:
                return self._once("var", variable, self._variable, evaluator), 1
            case "local", [("get", str(local)), *_]:
                return self._once("local", local, self._local, evaluator), 1
            case "module", [("get", str(call)), *rest]:
                found, taken = self._module(call, rest, evaluator)
                return found, taken + 1
            case "terraform", [("get", "workspace"), *_] if self._world.given.workspace:
                return text(self._world.given.workspace), 1
            case _:
                return self._other(name, path)

    def variable_of_call(self, name: str, evaluator: Evaluator) -> Any_ | None:
        """What the call of this module sets a variable to; None when it does not.

        Raises:
            RefusedError: Terraform refuses what it is set to.
            TooMuchError: It takes too much work.
        """
        if self.parent is None:
            return self._world.root_variable(name)
        call, key = self.calls[-1]
        body = self.parent.code.body("module", call)
        if not isinstance(body, Body):
            return Unk(body) if body else None
        argument = body.arguments.get(name)
        if argument is None:
            return None
        local = self.parent.repetition(body, key, evaluator)
        return evaluator.value(argument.node, self.parent, local)

    def repetition(
        self, body: Body, key: Key, evaluator: Evaluator
    ) -> Mapping[str, Any_]:
        """`each` and `count` for one instance of a block."""
        if "count" in body.arguments:
            if not isinstance(key, int):
                return {"count": unknown(say(_DIFFERS, "count.index"))}
            return {"count": object_of({"index": number(Decimal(key))})}
        if "for_each" not in body.arguments:
            return {}
        if not isinstance(key, str):
            return {"each": unknown(say(_DIFFERS, "each"))}
        value = self._each_value(body.arguments["for_each"], key, evaluator)
        return {"each": object_of({"key": text(key), "value": value})}

    def _each_value(self, for_each: Argument, key: str, evaluator: Evaluator) -> Any_:
        try:
            found = evaluator.value(for_each.node, self)
        except RefusedError as error:
            return unknown(error.args[0])
        if isinstance(found, Unk):
            return found
        if isinstance(found.data, dict) and key in found.data:
            return marked(found.data[key], secret=found.secret)
        if found.type.kind == "set" and text(key) in inner(found):
            return text(key)
        return unknown(say("there is no instance with such a key"))

    def _once(
        self,
        kind: str,
        name: str,
        evaluate: Callable[[str, Evaluator], Any_],
        evaluator: Evaluator,
    ) -> Any_:
        """A value that is evaluated only once, and never inside itself."""
        key = (kind, name)
        if key in self._pending:
            return unknown(say("`{}` refers to itself", f"{kind}.{shown(name)}"))
        if key not in self._values:
            self._pending.add(key)
            try:
                self._values[key] = evaluate(name, evaluator)
            finally:
                self._pending.discard(key)
        return self._values[key]

    def _local(self, name: str, evaluator: Evaluator) -> Any_:
        """A local value.

        Raises:
            RefusedError: Terraform refuses it.
            TooMuchError: It takes too much work.
        """
        found = self.code.locals
        if isinstance(found, Unknown):
            return Unk(found)
        if name not in found:
            return self._missing(f"local.{name}")
        return evaluator.value(found[name].node, self)

    def _variable(self, name: str, evaluator: Evaluator) -> Any_:
        """The value of a variable, of its type.

        Raises:
            RefusedError: Terraform refuses it.
            TooMuchError: It takes too much work.
        """
        written = f"var.{shown(name)}"
        body = self.code.body("variable", name)
        if not isinstance(body, Body):
            return Unk(body) if body else self._missing(written)
        if _flag(body, "ephemeral") is not False:
            return unknown(say("`{}` is ephemeral, and never in a plan", written))
        kind = _type(body, evaluator)
        if kind is None:
            return unknown(say("the type of `{}` cannot be read", written))
        found = self.variable_of_call(name, evaluator)
        nullable = (
            _flag(body, "nullable") is not False or "nullable" not in body.arguments
        )
        default = body.arguments.get("default")
        if found is None or (not nullable and isinstance(found, Val) and found.null):
            if default is None:
                reason = say("nothing says what `{}` is", written)
                return Unk(Unknown(reason, _NOT_STATED, (self._absolute(written),)))
            found = evaluator.value(_default(default), _NOTHING)
        secret = _flag(body, "sensitive") is not False
        return marked(convert(found, kind), secret=secret)

    def _module(self, call: str, path: Path, evaluator: Evaluator) -> tuple[Any_, int]:
        """What a module call gives, and how many steps it took.

        Raises:
            RefusedError: Terraform refuses it.
            TooMuchError: It takes too much work.
        """
        written = f"module.{shown(call)}"
        body = self.code.body("module", call)
        if not isinstance(body, Body):
            return (Unk(body) if body else self._missing(written)), 0
        repeated = body.arguments.keys() & {"count", "for_each"}
        match list(path):
            case [("index", Literal(key)), ("get", str(output)), *_] if repeated:
                place = int(key) if isinstance(key, Decimal) else key
                if isinstance(place, int | str):
                    return self._output(call, place, output, evaluator), 2
            case [("get", str(output)), *_] if not repeated:
                return self._output(call, None, output, evaluator), 1
        if repeated:
            return self._instances(call, body, evaluator), 0
        return self._outputs(call, None, evaluator), 0

    def _output(self, call: str, key: Key, name: str, evaluator: Evaluator) -> Any_:
        """The value of an output of a module that is called here.

        Raises:
            RefusedError: Terraform refuses it.
            TooMuchError: It takes too much work.
        """
        written = f"module.{shown(call)}.{shown(name)}"
        below = self._world.below(self, call, key)
        if below is None:
            reason = say("the code of `{}` is not there", f"module.{shown(call)}")
            return unknown(reason, self._absolute(written))
        return below.output(name, evaluator)

    def output(self, name: str, evaluator: Evaluator) -> Any_:
        """The value of an output of this module.

        Raises:
            RefusedError: Terraform refuses it.
            TooMuchError: It takes too much work.
        """
        return self._once("output", name, self._own_output, evaluator)

    def _own_output(self, name: str, evaluator: Evaluator) -> Any_:
        """The value of an output of this module.

        Raises:
            RefusedError: Terraform refuses it.
            TooMuchError: It takes too much work.
        """
        body = self.code.body("output", name)
        if not isinstance(body, Body):
            return Unk(body) if body else self._missing(f"output.{shown(name)}")
        value = body.arguments.get("value")
        if value is None or _flag(body, "ephemeral") is not False:
            return self._missing(f"output.{shown(name)}")
        secret = _flag(body, "sensitive") is not False
        return marked(evaluator.value(value.node, self), secret=secret)

    def _outputs(self, call: str, key: Key, evaluator: Evaluator) -> Any_:
        """All outputs of a module that is called here, as an object.

        Raises:
            RefusedError: Terraform refuses one.
            TooMuchError: They take too much work.
        """
        below = self._world.below(self, call, key)
        if below is None:
            return self._output(call, key, "", evaluator)
        names = [label for labels in below.code.labels("output") for label in labels]
        if below.code.problem:
            return Unk(below.code.problem)
        return object_of(
            {name: self._output(call, key, name, evaluator) for name in names}
        )

    def _instances(self, call: str, body: Body, evaluator: Evaluator) -> Any_:
        """All instances of a module that is called here: a tuple, or an object.

        Raises:
            RefusedError: Terraform refuses how it is repeated.
            TooMuchError: They take too much work.
        """
        if "count" in body.arguments:
            count = convert(evaluator.value(body.arguments["count"].node, self), _COUNT)
            if isinstance(count, Unk) or not isinstance(count.data, int):
                return unknown(say("how often `{}` is repeated is not known", call))
            return tuple_of(
                [self._outputs(call, place, evaluator) for place in range(count.data)]
            )
        found = evaluator.value(body.arguments["for_each"].node, self)
        if isinstance(found, Unk) or found.null:
            return unknown(say("how often `{}` is repeated is not known", call))
        keys = found.data if isinstance(found.data, dict) else _strings(found)
        return object_of({key: self._outputs(call, key, evaluator) for key in keys})

    def _other(self, name: str, path: Path) -> tuple[Any_, int]:
        """A resource, a data source, or what only a run of Terraform knows."""
        steps = [step for step in path if step[0] == "get"]
        written = ".".join([name, *(str(step) for _, step in steps)])
        if name in _OUTSIDE:
            return unknown(say(_OUTSIDE[name], shown(written))), len(path)
        address, taken = _resource_address(name, path)
        stated = self._world.given.known.get(self._with_keys(address))
        if stated is not None:
            found = _attribute(stated, path[taken:])
            if found is not None:
                return marked(found[0], secret=stated.sensitive), taken + found[1]
        reason = say("`{}` is not in the code: it is read or made", shown(written))
        return unknown(reason, self._absolute(shown(written))), len(path)

    def _with_keys(self, address: str) -> str:
        """An address in this instance of the module, with all keys."""
        calls = "".join(f"module.{name}{key_text(key)}." for name, key in self.calls)
        return calls + address

    def _absolute(self, written: str) -> str:
        return f"{self.address}.{written}" if self.address else written

    def _missing(self, written: str) -> Unk:
        return unknown(say("`{}` is not declared", shown(written)))


class Nothing:
    """A place where no reference is allowed."""

    def resolve(self, name: str, path: Path, evaluator: Evaluator) -> tuple[Any_, int]:
        """Nothing that is known."""
        return unknown(say("`{}` stands where only constants may", shown(name))), len(
            path
        )


_NOTHING = Nothing()
_COUNT = Type("number")
_DIFFERS = "`{}` differs from instance to instance"


def constant(node: Node, evaluator: Evaluator) -> Any_:
    """The value of an expression without references.

    Raises:
        RefusedError: Terraform refuses it.
        TooMuchError: It takes too much work.
    """
    return evaluator.value(node, _NOTHING)


def key_text(key: Key) -> str:
    """An instance key as addresses have it: `[0]`, `["a"]`, or nothing."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'["{escaped.replace("${", "$${").replace("%{", "%%{")}"]'


def _flag(body: Body, name: str) -> bool | None:
    """Whether a block sets a flag; None where that is not a constant."""
    argument = body.arguments.get(name)
    if argument is None:
        return False
    match argument.node:
        case Literal(bool(value)):
            return value
        case Literal("true" | "false" as word):
            return word == "true"
        case _:
            return None


def _type(body: Body, evaluator: Evaluator) -> Type | None:
    """The type of a variable; `any` where none is stated; None when it is not clear.

    Raises:
        RefusedError: A default in it is not of its type.
        TooMuchError: It is too large.
    """
    argument = body.arguments.get("type")
    if argument is None:
        return ANY
    node = json_code(argument.raw) if isinstance(argument.raw, str) else argument.node
    return constraint(node, lambda inside: constant(inside, evaluator))


def _default(argument: Argument) -> Node:
    """The default of a variable; strings of the JSON syntax are no templates there."""
    return argument.node if argument.raw is None else json_plain(argument.raw)


def _strings(value: Val) -> list[str]:
    return [
        one.data for one in inner(value)
        if isinstance(one, Val) and one.type == STRING and value.type.kind == "set"
    ]  # fmt: skip


def _resource_address(name: str, path: Path) -> tuple[str, int]:
    """The address that a reference begins with, and the steps that it takes."""
    words = [name]
    wanted = 3 if name == "data" else 2
    taken = 0
    for kind, step in path[: wanted - 1]:
        if kind != "get":
            break
        words.append(str(step))
        taken += 1
    address = ".".join(words)
    match path[taken : taken + 1]:
        case [("index", Literal(str() | Decimal() as key))]:
            place = int(key) if isinstance(key, Decimal) else key
            return address + key_text(place), taken + 1
        case _:
            return address, taken


def _attribute(stated: Known[Any], path: Path) -> tuple[Any_, int] | None:
    """The string, number or boolean at a path, and the steps to it.

    A whole collection is not given: JSON does not tell a list from a set.
    """
    value = stated.value
    for place, (_, step) in enumerate(path):
        value = _at(value, step)
        if isinstance(value, str | bool | int | float | Unknown):
            return from_plain(value), place + 1
    return None


def _at(value: Any, step: Node | str) -> Any:
    """What stands at a step in decoded JSON; None when nothing does."""
    key: Any = step.value if isinstance(step, Literal) else step
    if isinstance(value, Mapping):
        return value.get(key) if isinstance(key, str) else None
    if isinstance(value, list) and isinstance(key, Decimal):
        return value[int(key)] if key < len(value) else None
    return None
