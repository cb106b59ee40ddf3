"""The blocks of one module by their names, with what override files amend.

Source: HashiCorp, terraform, internal/configs/module.go, module_merge.go and
module_merge_body.go, tag v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from guardrail.inputs.hcl.locate import REMEDY, Block, Located, locate
from guardrail.inputs.hcl.nodes import Get, Literal, Name, Node, ObjectOf, TupleOf
from guardrail.inputs.hcl.syntax import Argument, Body, body_of
from guardrail.inputs.hcl.tokens import UnreadableError
from guardrail.inputs.identifiers import shown
from guardrail.model import Unknown, say

EMPTY: Final = Body({}, ())


class Source(msgspec.Struct, frozen=True, eq=False):
    """The files of one module."""

    files: Mapping[str, bytes]
    """By name, without directory."""
    directory: str = ""
    """Where they are, as locations name them; "" for the root."""


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of `required_providers`."""

    source: str
    """As it is written: `hashicorp/aws`; "" when it is not stated."""
    version: str = ""
    aliases: tuple[str, ...] = ()
    """Of `configuration_aliases`: `aws.source`."""


class Code:
    """One module, parsed block by block as far as somebody asks."""

    def __init__(self, source: Source, *, tofu: bool) -> None:
        self._source = source
        self._tofu = tofu
        self._bodies: dict[tuple[str, tuple[str, ...]], Body | Unknown | None] = {}

    @functools.cached_property
    def _located(self) -> Located:
        return locate(self._source.files, tofu=self._tofu)

    @functools.cached_property
    def _index(self) -> Mapping[tuple[str, tuple[str, ...]], list[Block]]:
        found: dict[tuple[str, tuple[str, ...]], list[Block]] = defaultdict(list)
        for block in self._located.blocks:
            found[block.type, block.labels].append(block)
        return found

    @property
    def problem(self) -> Unknown | None:
        """Why nothing is sure about the module."""
        return self._located.problem

    def labels(self, type_: str) -> list[tuple[str, ...]]:
        """The labels of all blocks of a type."""
        return [labels for kind, labels in self._index if kind == type_]

    def place(self, type_: str, *labels: str) -> tuple[str, int] | None:
        """File and line of a block."""
        found = self._index.get((type_, labels))
        return self._placed(found[0]) if found else None

    def blocks(self, type_: str, *labels: str) -> tuple[Block, ...]:
        """The blocks of a name, those of override files last."""
        return tuple(self._index.get((type_, labels), ()))

    def named(self, argument: Argument) -> str:
        """The file of an argument, with its directory."""
        return self._in_directory(argument.file)

    def body(self, type_: str, *labels: str) -> Body | Unknown | None:
        """The inside of a block; None where there is none.

        Unknown where it cannot be read, or two blocks have the name.
        """
        key = (type_, labels)
        if key not in self._bodies:
            self._bodies[key] = self.problem or self._read(self._index.get(key, []))
        return self._bodies[key]

    def _read(self, blocks: Sequence[Block]) -> Body | Unknown | None:
        stated = [one for one in blocks if not one.overrides]
        if len(stated) > 1:
            return _twice(stated[1], self._placed(stated[1])[0])
        return self._amended(blocks) if blocks else None

    def _amended(self, blocks: Sequence[Block]) -> Body | Unknown:
        """The first block with what the others amend."""
        body = EMPTY
        for block in blocks:
            found = self._body(block)
            if isinstance(found, Unknown):
                return found
            body = body.amended(found)
        return body

    def _body(self, block: Block) -> Body | Unknown:
        try:
            return body_of(block)
        except UnreadableError as error:
            file = shown(self._in_directory(block.file))
            return Unknown(say("{} cannot be read: {}", file, error.args[0]), REMEDY)

    def _placed(self, block: Block) -> tuple[str, int]:
        return self._in_directory(block.file), block.line

    def _in_directory(self, file: str) -> str:
        directory = self._source.directory
        return f"{directory}/{file}" if directory not in {"", "."} else file

    @functools.cached_property
    def locals(self) -> Mapping[str, Argument] | Unknown:
        """The expressions of all local values."""
        if self.problem:
            return self.problem
        found: dict[str, Argument] = {}
        for block in self._index.get(("locals", ()), ()):
            body = self._body(block)
            if isinstance(body, Unknown):
                return body
            if not block.overrides and found.keys() & body.arguments.keys():
                return _twice(block, self._placed(block)[0])
            found |= body.arguments
        return found

    @functools.cached_property
    def terraform(self) -> Body | Unknown:
        """All `terraform` blocks as one."""
        if self.problem:
            return self.problem
        body = EMPTY
        for block in self._index.get(("terraform", ()), ()):
            found = self._body(block)
            if isinstance(found, Unknown):
                return found
            if block.overrides:
                body = body.amended(found)
            else:
                body = Body(
                    {**body.arguments, **found.arguments}, body.blocks + found.blocks
                )
        return body

    def provider(
        self, name: str, alias: str
    ) -> tuple[Body, tuple[str, int]] | Unknown | None:
        """The inside and the place of a provider block; None where there is none."""
        found: list[Block] = []
        for block in self._index.get(("provider", (name,)), ()):
            body = self._body(block)
            if isinstance(body, Unknown):
                return body
            stated = body.arguments.get("alias")
            if stated is None:
                matches = not alias
            elif isinstance(stated.node, Literal):
                matches = stated.node.value == alias
            else:
                reason = say(
                    "the alias of a provider block {} is no constant", shown(name)
                )
                return Unknown(reason)
            if matches:
                found.append(block)
        if self.problem:
            return self.problem
        body_ = self._read(found)
        return (body_, self._placed(found[0])) if isinstance(body_, Body) else body_

    @functools.cached_property
    def requirements(self) -> Mapping[str, Requirement] | Unknown:
        """What `required_providers` states, by local name."""
        if isinstance(self.terraform, Unknown):
            return self.terraform
        return {
            name: _requirement(argument.node)
            for block in self.terraform.of("required_providers")
            for name, argument in block.body.arguments.items()
        }


def reference_text(node: Node) -> str:
    """`aws` or `aws.osc`, as a reference to a provider is written; "" for others."""
    match node:
        case Name(name):
            return name
        case Get(Name(name), alias):
            return f"{name}.{alias}"
        case Literal(str(text)):
            return text
        case _:
            return ""


def _twice(block: Block, file: str) -> Unknown:
    reason = say("{}, line {} states something twice", shown(file), str(block.line))
    return Unknown(reason, REMEDY)


def _requirement(node: Node) -> Requirement:
    """An entry of `required_providers`; a bare string is a version."""
    match node:
        case Literal(str(version)):
            return Requirement(source="", version=version)
        case ObjectOf(items):
            stated = {key.value: one for key, one in items if isinstance(key, Literal)}
            aliases = stated.get("configuration_aliases")
            return Requirement(
                source=_text(stated.get("source")),
                version=_text(stated.get("version")),
                aliases=tuple(map(reference_text, aliases.items))
                if isinstance(aliases, TupleOf)
                else (),
            )
        case _:
            return Requirement(source="")


def _text(node: Node | None) -> str:
    return (
        node.value if isinstance(node, Literal) and isinstance(node.value, str) else ""
    )
