"""Terraform code without a plan, as a stack: what it would make if all of it were new.

Only what follows from the code and the values of its variables is known. Data sources,
what providers compute, the state and the environment are not; what nobody knows how
often to make is there once, under the key `[*]`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from guardrail.errors import ConfigurationError, InputError
from guardrail.inputs import hcl
from guardrail.inputs.hcl.code import Code
from guardrail.inputs.hcl.repeated import MOST, Place, each, keys_of, places
from guardrail.inputs.hcl.scope import Key
from guardrail.inputs.hcl.syntax import Body
from guardrail.inputs.identifiers import bounded, shown
from guardrail.inputs.source import GivenCode
from guardrail.inputs.terraform.addresses import Address, Call, Every
from guardrail.inputs.terraform.code_gaps import code_gaps
from guardrail.inputs.terraform.code_links import CodeLinks
from guardrail.inputs.terraform.copied import copied
from guardrail.inputs.terraform.ignored import first_name, ignored
from guardrail.inputs.terraform.store import state_of
from guardrail.inputs.terraform.written import attributes_of
from guardrail.model import (
    Attributes,
    Change,
    Evidence,
    Gap,
    Known,
    Origin,
    ProviderConfiguration,
    Resource,
    Stack,
    StateStore,
    Unknown,
    Value,
    say,
)

KIND = "terraform-code"


def read_code(code: GivenCode, *, path: str, tofu: bool) -> Stack:
    """The stack that the code of a root module describes; `path` only names it.

    Raises:
        InputError: A part of it cannot be read, or there is too much.
        ConfigurationError: A variable is set that the code does not declare.
    """
    tree = hcl.Tree(code.modules, tofu=tofu, stated=code.stated)
    _check(tree, code)
    reading = _Reading(tree)
    links = CodeLinks(tree)
    references = tuple(links.all())
    read = {end for one in references for end in (one.source, one.target)}
    resources = tuple(
        one for one in reading.resources() if one.managed or one.configuration in read
    )
    state, gaps = state_of(tree), code_gaps(tree, resources)
    return Stack(
        origin=Origin(
            kind=KIND,
            path=path,
            sha256=_digest(code),
            producer=f"{'opentofu' if tofu else 'terraform'} code",
        ),
        resources=resources,
        references=references,
        unfollowed=links.unfollowed,
        providers=reading.providers,
        arguments=reading.arguments,
        gaps=(*gaps, state) if isinstance(state, Gap) else gaps,
        state=state if isinstance(state, StateStore) else None,
    )


def _check(tree: hcl.Tree, code: GivenCode) -> None:
    """Nothing, when all of the code can be read, and every option has its variable.

    Raises:
        InputError: A file or block cannot be read.
        ConfigurationError: A variable is set that the code does not declare.
    """
    for _path, module in tree.codes():
        for problem in _problems(module):
            raise InputError(problem.reason, remedy=problem.remedy)
    bodies = tree.variable_bodies
    root = tree.code(())
    declared = set(root.labels("variable")) if root else set()
    for one in code.stated:
        if not isinstance(one, hcl.StatedText) or one.environment:
            continue
        if (one.name,) not in declared:
            message = f"the code declares no variable `{shown(one.name)}`"
            raise ConfigurationError(message, where="--var")
    if isinstance(bodies, Unknown):
        raise InputError(bodies.reason, remedy=bodies.remedy)


def _problems(code: Code) -> Iterator[Unknown]:
    """Why a part of a module cannot be read."""
    if code.problem:
        yield code.problem
    for type_ in ("resource", "data", "module", "variable", "output"):
        bodies = (code.body(type_, *labels) for labels in code.labels(type_))
        yield from (body for body in bodies if isinstance(body, Unknown))
    parts = (code.locals, code.terraform)
    yield from (part for part in parts if isinstance(part, Unknown))


def _digest(code: GivenCode) -> str:
    """One digest for all files, whatever their order; of no value of an option."""
    found = hashlib.sha256()
    for source in sorted(code.modules.values(), key=lambda one: one.directory):
        for name in sorted(source.files):
            content = hashlib.sha256(source.files[name]).hexdigest()
            found.update(f"{source.directory}/{name}\0{content}\n".encode())
    return found.hexdigest()


class _Block(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A resource or data block in one instance of its module."""

    place: Place
    managed: bool
    type: str
    name: str
    body: Body

    @property
    def labels(self) -> tuple[str, str, str]:
        """What the block begins with."""
        return "resource" if self.managed else "data", self.type, self.name

    def address(self, key: Key | Unknown) -> Address:
        """The address of one instance."""
        calls = tuple(Call(name, _shown_key(one)) for name, one in self.place.keys)
        return Address(
            modules=calls, data=not self.managed, type=self.type, name=self.name,
            key=_shown_key(key),
        )  # fmt: skip


class _Reading:
    """Reads the blocks of a tree."""

    def __init__(self, tree: hcl.Tree) -> None:
        """Nothing is read yet."""
        self._tree = tree
        self._count = 0
        self._through: dict[str, tuple[str, Value[str]]] = {}
        self.providers: dict[str, ProviderConfiguration] = {}
        self.arguments: dict[str, frozenset[str]] = {}

    def resources(self) -> Iterator[Resource]:
        """The instances of all blocks.

        Raises:
            InputError: There are too many.
        """
        for place in places(self._tree):
            for block in _blocks(place):
                keys = keys_of(place.instance, block.body)
                for key in each(keys):
                    self._count += 1
                    if self._count > MOST:
                        raise InputError(
                            say("there are more than {} instances", str(MOST))
                        )
                    yield self._resource(block, key)

    def _resource(self, block: _Block, key: Key | Unknown) -> Resource:
        address = block.address(key)
        text = bounded(str(address), where="")
        configuration = address.configuration
        if configuration not in self._through:
            self._through[configuration] = self._provider(block, configuration)
            names = {one.settles for one in block.body.blocks}
            self.arguments[configuration] = frozenset(block.body.arguments) | names
        provider, through = self._through[configuration]
        return Resource(
            address=text,
            configuration=configuration,
            type=block.type,
            provider=provider,
            provider_configuration=through,
            change=Change.CREATE if block.managed else Change.READ,
            actions=("create",) if block.managed else ("read",),
            managed=block.managed,
            attributes=self._attributes(block, key, text),
            location=_place(block.place.instance.code, block.labels),
        )

    def _attributes(
        self, block: _Block, key: Key | Unknown, address: str
    ) -> Attributes:
        """What the block sets."""
        plain = None if isinstance(key, Unknown) else key
        instance = block.place.instance
        settings = dict(hcl.block_arguments(instance, block.body, plain, address))
        for name, argument in block.body.arguments.items():
            if isinstance(settings.get(name), Unknown):
                found = copied(self._tree, instance, argument.node)
                settings[name] = found or settings[name]
        return attributes_of({**settings, **ignored(block.body, settings)})

    def _provider(self, block: _Block, address: str) -> tuple[str, Value[str]]:
        """The provider of a block, and the key of its configuration."""
        path = block.place.path
        stated = hcl.block_provider(block.body, block.type, address)
        if isinstance(stated, Unknown):
            name = first_name(block.body.arguments["provider"].node)
            return name and hcl.provider_source(self._tree, path, name), stated
        source = hcl.provider_source(self._tree, path, stated[0])
        found = hcl.provider_in_force(self._tree, path, *stated)
        if isinstance(found, Unknown):
            return source, found
        key, settings = found
        self.providers[key] = ProviderConfiguration(
            key=key, provider=source, settings=settings, hidden=False
        )
        because = say("the code joins it to the provider block {}", shown(key))
        return source, Known(key, Evidence.SOURCE, because)


def _blocks(place: Place) -> Iterator[_Block]:
    """The resource and data blocks of an instance of a module."""
    code = place.instance.code
    for type_ in ("resource", "data"):
        for labels in code.labels(type_):
            body = code.body(type_, *labels)
            if isinstance(body, Body) and len(labels) == 2:
                yield _Block(
                    place=place,
                    managed=type_ == "resource",
                    type=bounded(labels[0], where=""),
                    name=bounded(labels[1], where=""),
                    body=body,
                )


def _shown_key(key: Key | Unknown) -> Key | Every:
    return Every.EVERY if isinstance(key, Unknown) else key


def _place(code: Code, labels: tuple[str, str, str]) -> tuple[str, int] | None:
    found = code.place(*labels)
    return (shown(found[0]), found[1]) if found else None
