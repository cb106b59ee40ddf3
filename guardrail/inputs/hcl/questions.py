"""What the code says: settings of providers, arguments of resources, places, backends.

A question never raises because of what the code says. What cannot be known is
`Unknown`, with its reason; what is not set, or set to null, is not in the answer.

Source: HashiCorp, terraform, internal/terraform/transform_provider.go, tag v1.11.4,
https://github.com/hashicorp/terraform; HashiCorp, hcl, ext/dynblock, tag v2.23.0,
https://github.com/hashicorp/hcl
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.hcl.code import Code, Requirement, reference_text
from guardrail.inputs.hcl.cty import (
    KEYED,
    ORDERED,
    Any_,
    Unk,
    Val,
    inner,
    marked,
    number,
    object_of,
    plain,
    secret_inside,
    text,
)
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.inputs.hcl.modules import Path, Tree
from guardrail.inputs.hcl.nodes import (
    Binary,
    Conditional,
    Literal,
    Name,
    Node,
    ObjectOf,
    TemplateOf,
    TupleOf,
    Unary,
    Unparsed,
)
from guardrail.inputs.hcl.scope import Instance, Key
from guardrail.inputs.hcl.syntax import Argument, Body, Nested
from guardrail.inputs.hcl.tokens import Template, UnreadableError, tokens
from guardrail.inputs.identifiers import bounded, shown
from guardrail.model import Evidence, Known, Unknown, say

MOST_BLOCKS: Final = 2_000
"""Blocks that one `dynamic` block makes."""

_OF_PROVIDERS = frozenset({"alias", "version", "for_each"})
_OF_RESOURCES = frozenset({"count", "for_each", "provider", "depends_on", "enabled"})
_BLOCKS_OF_RESOURCES = frozenset(
    {"lifecycle", "provisioner", "connection", "action_trigger", "_"}
)
_BUILT_IN = "terraform"
_CODE = say("give the code of all modules")


class Backend(msgspec.Struct, frozen=True, kw_only=True):
    """Where the state is kept."""

    type: str
    """`s3`, …; `cloud` for a `cloud` block."""
    settings: Mapping[str, Any]
    """Like those of a provider; of code, `init -backend-config` may add others."""
    file: str
    line: int


class ProviderBlock(msgspec.Struct, frozen=True, kw_only=True):
    """The provider block that is in force somewhere."""

    path: Path
    """Of the module that holds it."""
    name: str
    """Its local name there."""
    alias: str
    found: bool
    """False where no block is written: the provider runs on its environment."""


def provider_block(
    tree: Tree, path: Path, name: str, alias: str = ""
) -> ProviderBlock | Unknown:
    """The block that a provider of a module stands for: own, passed or inherited."""
    while True:
        code = tree.code(path)
        if code is None:
            return _no_code(path)
        if code.problem:
            return code.problem
        found: ProviderBlock | tuple[str, str] | Unknown | None
        found = _passed(tree, path, name, alias)
        if found is None:
            found = _own_or_inherited(tree, code, (path, name, alias))
        if not isinstance(found, tuple):
            return found
        path, (name, alias) = path[:-1], found


def _own_or_inherited(
    tree: Tree, code: Code, wanted: tuple[Path, str, str]
) -> ProviderBlock | tuple[str, str] | Unknown:
    """The block of the module itself, or the name under which the one above has it."""
    path, name, alias = wanted
    own = code.provider(name, alias)
    if isinstance(own, Unknown):
        return own
    if own or not (path or alias):
        return ProviderBlock(path=path, name=name, alias=alias, found=bool(own))
    if alias:
        return Unknown(say("no provider block {} is there", shown(f"{name}.{alias}")))
    above = _same_provider(code, tree.code(path[:-1]), name)
    return above if isinstance(above, Unknown) else (above, "")


def provider_settings(
    tree: Tree, path: Path, name: str, alias: str = "", *, key: Key = None
) -> Mapping[str, Any] | Unknown:
    """The settings of the provider block in force for a provider of a module.

    In the form of `ProviderConfiguration.settings`: `Known`, `Unknown`, or for nested
    blocks a list of such mappings, `dynamic` ones expanded. `key` is that of an
    instance of a provider with `for_each`. Unknown as a whole where the block cannot be
    read.
    """
    block = provider_block(tree, path, name, alias)
    if isinstance(block, Unknown):
        return block
    code, instance = tree.code(block.path), _instance(tree, block.path)
    own = code.provider(block.name, block.alias) if code else None
    if own is None:
        return {}
    if isinstance(own, Unknown) or instance is None:
        return own if isinstance(own, Unknown) else _no_code(block.path)
    body, _ = own
    label = say("provider {}", shown(provider_key(block)))
    reader = _Reader(instance, Evaluator())
    local = reader.repetition(body, key)
    return reader.settings(body, local, label, _OF_PROVIDERS)


def provider_in_force(
    tree: Tree, path: Path, name: str, alias: str
) -> tuple[str, Mapping[str, Any]] | Unknown:
    """The key and the settings of the block that a provider of a module stands for."""
    block = provider_block(tree, path, name, alias)
    if isinstance(block, Unknown):
        return block
    settings = provider_settings(tree, path, name, alias)
    return (
        settings if isinstance(settings, Unknown) else (provider_key(block), settings)
    )


def provider_location(
    tree: Tree, path: Path, name: str, alias: str = ""
) -> tuple[str, int] | None:
    """File and line of the provider block in force; None where there is none."""
    block = provider_block(tree, path, name, alias)
    if isinstance(block, Unknown) or not block.found:
        return None
    code = tree.code(block.path)
    own = code.provider(block.name, block.alias) if code else None
    return own[1] if isinstance(own, tuple) else None


def resource_arguments(tree: Tree, address: str) -> Mapping[str, Any] | Unknown:
    """The arguments of one instance of a resource or data source, like settings.

    Raises:
        InputError: `address` is none of a resource.
    """
    _, rest = _split(address)
    found = _resource_body(tree, address)
    if not isinstance(found, tuple):
        return found
    body, instance = found
    return block_arguments(instance, body, rest[-1][1], address)


def block_arguments(
    instance: Instance, body: Body, key: Key, address: str
) -> Mapping[str, Any]:
    """The arguments of one instance of a block, like settings; `address` names it.

    `key` is None where the block is not repeated, or any instance is meant.
    """
    reader = _Reader(instance, Evaluator())
    local = reader.repetition(body, key)
    return reader.settings(body, local, say("{}", shown(address)), _OF_RESOURCES)


def resource_provider(tree: Tree, address: str) -> tuple[str, str] | Unknown:
    """Local name and alias of the provider that a resource block states or implies.

    Raises:
        InputError: `address` is none of a resource.
    """
    _, rest = _split(address)
    found = _resource_body(tree, address)
    if not isinstance(found, tuple):
        return found
    return block_provider(found[0], rest[-2][0], address)


def block_provider(body: Body, type_: str, address: str) -> tuple[str, str] | Unknown:
    """Local name and alias of the provider of a block of a type; `address` names it."""
    stated = body.arguments.get("provider")
    if stated is None:
        return type_.partition("_")[0], ""
    name, _, alias = reference_text(stated.node).partition(".")
    if not name:
        return Unknown(say("the provider of {} is no plain reference", shown(address)))
    return name, alias


def location(tree: Tree, address: str) -> tuple[str, int] | None:
    """File and line of the block of a resource, data source or module call.

    `address` may have instance keys; None when the block is not there.

    Raises:
        InputError: `address` is no address.
    """
    calls, rest = _split(address)
    path = tuple(name for name, _ in calls)
    names = [name for name, _ in rest]
    if not rest:
        code = tree.code(path[:-1])
        return code.place("module", path[-1]) if code and path else None
    code = tree.code(path)
    if code is None:
        return None
    if names[0] in {"data", "ephemeral"} and len(names) == 3:
        return code.place(*names)
    return code.place("resource", *names)


def backend(tree: Tree) -> Backend | Unknown | None:
    """Where the state is kept; None where the code does not say, and it is a file."""
    code, instance = tree.code(()), _instance(tree, ())
    if code is None or instance is None:
        return _no_code(())
    body = code.terraform
    if isinstance(body, Unknown):
        return body
    found = body.of("backend") + body.of("cloud")
    if not found:
        return None
    block = found[0]
    if len(found) > 1 or len(block.labels) > 1:
        return Unknown(say("the code states two backends"))
    type_ = block.labels[0] if block.labels else block.type
    label = say("backend {}", shown(type_))
    settings = _Reader(instance, Evaluator()).settings(block.body, {}, label)
    place = code.place("terraform") or ("", 0)
    return Backend(type=type_, settings=settings, file=place[0], line=block.line)


def required_providers(tree: Tree, path: Path) -> Mapping[str, Requirement] | Unknown:
    """What a module requires of providers, by local name."""
    code = tree.code(path)
    return code.requirements if code else _no_code(path)


class _Reader:
    """Reads the inside of blocks in one instance of a module."""

    def __init__(self, instance: Instance, evaluator: Evaluator) -> None:
        self._instance = instance
        self._evaluator = evaluator

    def repetition(self, body: Body, key: Key) -> Mapping[str, Any_]:
        """`each` and `count` for one instance of a block."""
        return self._instance.repetition(body, key, self._evaluator)

    def settings(
        self,
        body: Body,
        local: Mapping[str, Any_],
        label: str,
        without: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """The inside of a block: `Known`, `Unknown`, or lists of such blocks."""
        found: dict[str, Any] = {}
        for name, argument in body.arguments.items():
            if name not in without:
                what = say("{}: {}", label, shown(bounded(name, where=argument.file)))
                value = self._value(argument, local, what)
                if value is not None:
                    found[name] = value
        for block in body.blocks:
            type_ = bounded(block.settles, where="")
            if not (type_ in _BLOCKS_OF_RESOURCES and without == _OF_RESOURCES):
                what = say("{}: {}", label, shown(type_))
                made = self._blocks(block, local, what)
                found[type_] = _appended(found.get(type_, []), made)
        return found

    def _value(self, argument: Argument, local: Mapping[str, Any_], what: str) -> Any:
        """The value of an argument; None where it is null."""
        found = self._evaluated(argument.node, local)
        if isinstance(found, Unk):
            return _because(found, what)
        if found.null:
            return None
        if is_constant(argument.node):
            evidence, because = Evidence.CONSTANT, say("{} is a constant", what)
        else:
            evidence = Evidence.SOURCE
            file = self._instance.code.named(argument)
            because = say(
                "{} follows from the code ({}, line {})",
                what, shown(file), str(argument.line),
            )  # fmt: skip
        return Known(plain(found), evidence, because, secret_inside(found))

    def _evaluated(self, node: Node, local: Mapping[str, Any_]) -> Any_:
        return answered(lambda: self._evaluator.value(node, self._instance, local))

    def _blocks(
        self, block: Nested, local: Mapping[str, Any_], what: str
    ) -> list[dict[str, Any]] | Unknown:
        """The settings of a nested block, or of all that a `dynamic` one makes."""
        if block.type != "dynamic":
            return [self.settings(block.body, local, what)]
        repeated = block.body.arguments.get("for_each")
        contents = block.body.of("content")
        iterator = _iterator(block)
        if repeated is None or len(contents) != 1 or not iterator:
            return Unknown(say("{} is a dynamic block that cannot be read", what))
        found = self._evaluated(repeated.node, local)
        if isinstance(found, Unk):
            return _because(found, what)
        if found.null or found.type.kind not in KEYED | ORDERED:
            return Unknown(say("{} is a dynamic block that cannot be read", what))
        if len(inner(found)) > MOST_BLOCKS:
            return Unknown(
                say("{}: {}", what, say("it takes too much work to evaluate"))
            )
        return [
            self.settings(contents[0].body, {**local, iterator: row}, what)
            for row in _rows(found)
        ]


def _appended(before: Any, made: list[dict[str, Any]] | Unknown) -> Any:
    """Blocks of a type with more of them; unknown as a whole where some are."""
    if isinstance(before, Unknown) or isinstance(made, Unknown):
        return before if isinstance(before, Unknown) else made
    return [*(before if isinstance(before, list) else []), *made]


def is_constant(node: Node) -> bool:
    """Whether an expression is made of constants and operators alone."""
    match node:
        case Literal():
            return True
        case TemplateOf(parts):
            return all(map(is_constant, parts))
        case TupleOf(items):
            return all(map(is_constant, items))
        case ObjectOf(pairs):
            return all(is_constant(key) and is_constant(one) for key, one in pairs)
        case Conditional(condition, then, otherwise):
            return all(map(is_constant, (condition, then, otherwise)))
        case Binary(_, left, right):
            return is_constant(left) and is_constant(right)
        case Unary(_, operand):
            return is_constant(operand)
        case _:
            return False


def _because(found: Unk, what: str) -> Unknown:
    why = found.why
    return Unknown(say("{}: {}", what, why.reason), why.remedy, why.refers_to)


def _iterator(block: Nested) -> str:
    """The name by which the content of a dynamic block says what it is made of."""
    stated = block.body.arguments.get("iterator")
    if stated is None:
        return block.settles if block.labels else ""
    match stated.node:
        case Name(name) | Literal(str(name)):
            return name
        case _:
            return ""


def _rows(found: Val) -> list[Any_]:
    """What the iterator of a dynamic block stands for, one after another."""
    if isinstance(found.data, dict):
        keys: list[Any_] = [text(key) for key in found.data]
    elif found.type.kind == "set":
        keys = list(inner(found))
    else:
        keys = [number(Decimal(place)) for place in range(len(found.data))]
    return [
        object_of({"key": key, "value": marked(value, secret=found.secret)})
        for key, value in zip(keys, inner(found), strict=True)
    ]


def _passed(
    tree: Tree, path: Path, name: str, alias: str
) -> tuple[str, str] | Unknown | None:
    """The provider that the call of a module passes to it; None where it does not."""
    above = tree.code(path[:-1]) if path else None
    if above is None:
        return _no_code(path[:-1]) if path else None
    body = above.body("module", path[-1])
    if not isinstance(body, Body):
        return body or Unknown(
            say("the call of module.{} is not there", shown(path[-1]))
        )
    stated = body.arguments.get("providers")
    if stated is None:
        return None
    if not isinstance(stated.node, ObjectOf):
        return Unknown(say("what module.{} is passed cannot be read", shown(path[-1])))
    wanted = f"{name}.{alias}" if alias else name
    for key, value in stated.node.items:
        code = key.code if isinstance(key, Unparsed) and key.code else key
        if reference_text(code) == wanted:
            passed = reference_text(value).partition(".")
            if not passed[0]:
                break
            return passed[0], passed[2]
    else:
        return None
    return Unknown(say("what module.{} is passed cannot be read", shown(path[-1])))


def _same_provider(here: Code, above: Code | None, name: str) -> str | Unknown:
    """What the calling module calls the provider that a module calls `name`."""
    own = here.requirements
    others = above.requirements if above else {}
    if isinstance(own, Unknown):
        return own
    if isinstance(others, Unknown):
        return others
    wanted = _full_name(name, own)
    for other, requirement in others.items():
        if requirement.source and _full_name(other, others) == wanted:
            return other
    return wanted.rpartition("/")[2] if wanted.startswith("hashicorp/") else name


def provider_source(tree: Tree, path: Path, name: str) -> str:
    """The provider that a module calls `name`, with its registry; "" if unreadable."""
    stated = required_providers(tree, path)
    if isinstance(stated, Unknown):
        return ""
    if name == _BUILT_IN and not (name in stated and stated[name].source):
        return f"terraform.io/builtin/{name}"
    full = _full_name(name, stated)
    registry = "registry.opentofu.org" if tree.tofu else "registry.terraform.io"
    return full if full.count("/") > 1 else f"{registry}/{full}"


def _full_name(name: str, requirements: Mapping[str, Requirement]) -> str:
    """The source of a provider in one spelling: the public registry is left out."""
    stated = requirements.get(name)
    source = stated.source.lower() if stated and stated.source else f"hashicorp/{name}"
    for registry in ("registry.terraform.io/", "registry.opentofu.org/"):
        source = source.removeprefix(registry)
    return source if "/" in source else f"hashicorp/{source}"


def provider_key(block: ProviderBlock) -> str:
    """The key of a provider block, as a plan writes it."""
    name = f"{block.name}.{block.alias}" if block.alias else block.name
    module = ".".join(f"module.{one}" for one in block.path)
    return f"{module}:{name}" if module else name


def _instance(tree: Tree, path: Path) -> Instance | None:
    return tree.instance(tuple((name, None) for name in path))


def _no_code(path: Path) -> Unknown:
    name = ".".join(f"module.{one}" for one in path)
    return Unknown(say("the code of `{}` is not there", shown(name) or "."), _CODE)


def _resource_body(tree: Tree, address: str) -> tuple[Body, Instance] | Unknown:
    """The block of a resource, and the instance of the module that it is in.

    Raises:
        InputError: `address` is none of a resource.
    """
    calls, rest = _split(address)
    names = [name for name, _ in rest]
    if len(names) == 2:
        names.insert(0, "resource")
    if len(names) != 3:
        raise InputError(f"`{shown(address)}` is not the address of a resource")
    instance = tree.instance(calls)
    if instance is None:
        return _no_code(tuple(name for name, _ in calls))
    body = instance.code.body(*names)
    if body is None:
        return Unknown(say("{} is not in the code", shown(address)), _CODE)
    return body if isinstance(body, Unknown) else (body, instance)


def _split(
    address: str,
) -> tuple[tuple[tuple[str, Key], ...], list[tuple[str, Key]]]:
    """The module calls that an address begins with, and the names behind them.

    Raises:
        InputError: It is no address.
    """
    steps = _steps(bounded(address, where=""))
    calls: list[tuple[str, Key]] = []
    while len(steps) > 1 and steps[0] == ("module", None):
        calls.append(steps[1])
        steps = steps[2:]
    return tuple(calls), steps


def _steps(address: str) -> list[tuple[str, Key]]:
    """The names in an address, each with the key behind it.

    Raises:
        InputError: It is no address.
    """
    refused = InputError(f"`{shown(address)}` is not an address")
    try:
        code = tokens(address, 0, len(address), line=1)
    except UnreadableError as error:
        raise refused from error
    steps: list[tuple[str, Key]] = []
    while code:
        match [one.kind for one in code[:4]]:
            case ["name", "[", "number" | "template", "]"]:
                steps.append((str(code[0].value), _key(code[2].value)))
                code = code[4:]
            case ["name", *_]:
                steps.append((str(code[0].value), None))
                code = code[1:]
            case _:
                raise refused
        if code and code[0].kind != ".":
            raise refused
        code = code[1:]
    return steps


def _key(value: str | Template) -> Key:
    if isinstance(value, str):
        return int(value)
    return "".join(part for part in value.parts if isinstance(part, str))
