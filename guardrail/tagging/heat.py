"""Labels written into a Heat template; every other byte stays as it is.

What is an alias, a merge or a function of Heat is not touched, and what comes out is
read again: it must say the same, labels apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml

from guardrail.classification import Lexicon, declared, read_tags
from guardrail.errors import InputError
from guardrail.inputs.heat.dialects import HOT_KEY, dialect_of
from guardrail.inputs.heat.groups import is_group, is_template
from guardrail.inputs.yaml_document import Section, document
from guardrail.model import Attributes, say
from guardrail.placement import ProviderProfile, fits, shapes_for
from guardrail.tagging.change import Changes, Found, Wish
from guardrail.tagging.existing import Existing, holds_data
from guardrail.tagging.labels import says
from guardrail.tagging.layout import Edit, applied
from guardrail.tagging.properties import HAND, Property, entries
from guardrail.tagging.proposal import Manner, Proposal, Rewritten, Told, told_of
from guardrail.tagging.spots import NotWrittenError
from guardrail.tagging.yaml_nodes import members, shared, text_of


class Template:
    """A Heat template in HOT, and labels for its resources."""

    def __init__(
        self, name: str, content: bytes, profile: ProviderProfile, lexicon: Lexicon
    ) -> None:
        """Read it.

        Raises:
            InputError: It is no template that can be read, or not in HOT as YAML.
        """
        found = document(content, where=name)
        in_yaml = isinstance(found, Section) and bool(found.lines)
        if not in_yaml or HOT_KEY not in found:
            message = "labels are written into HOT templates in YAML alone"
            raise InputError(message, where=name)
        self._name, self._content, self._document = name, content, found
        self._profile, self._lexicon = profile, lexicon
        self._functions = dialect_of(found)[1].functions
        self._text, root = _composed(content, name)
        self._shared = frozenset(shared(root) if root else ())
        self._section = members(root).get("resources")
        self._resources = members(self._section)

    def kinds(self) -> Iterator[tuple[str, bool]]:
        """The name of every resource, and whether its kind holds data."""
        for name, node in self._resources.items():
            type_ = text_of(members(node).get("type"))
            yield name, holds_data(self._profile, type_)

    def glob(self, address: str) -> str:
        """What the addresses of all that a resource makes fit."""
        node = self._resources.get(address)
        type_ = text_of(members(node).get("type"))
        if is_group(type_):
            definition = members(members(node).get("properties"))
            made = (members(one).get("type") for one in definition.values())
            inner = any(is_template(text_of(one)) for one in made)
            return f"{address}[*].*" if inner else f"{address}[*]"
        return f"{address}.*" if is_template(type_) else address

    def labelled(self, wishes: Iterable[Wish], manner: Manner) -> Proposal:
        """The labels of resources, each among its properties."""
        keys = manner.keys(self._survey(), self._lexicon)
        changes = Changes(HAND, self._lexicon, keys, manner.decision)
        edits: list[Edit] = []
        told: list[Told] = []
        for wish in wishes:
            try:
                made, said = self._written(wish, changes)
            except NotWrittenError as error:
                where = self._place(wish.address)
                said = told_of(wish, "refused", error.args[0], place=where)
            else:
                edits += made
            told.append(said)
        after = applied(self._text, edits).encode()
        file = Rewritten(name=self._name, before=self._content, after=after)
        return Proposal(files=(file,) if edits else (), told=tuple(told))

    def _written(
        self, wish: Wish, changes: Changes[Property]
    ) -> tuple[list[Edit], Told]:
        """The edits for one resource, and what became of its wish.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        found = self._found(wish)
        where = self._place(wish.address)
        if found is None:
            message = say("nothing says that {} carries tags", wish.address)
            return [], told_of(wish, "untagged", message, place=where)
        change = changes.of(found)
        self._proved(change.edits)
        said = change.said or [say("it is labelled already")]
        return change.edits, told_of(wish, change.outcome, *said, place=where)

    def _place(self, address: str) -> tuple[str, int] | None:
        node = self._resources.get(address)
        return (self._name, node.start_mark.line) if node else None

    def _survey(self) -> Iterator[str]:
        """The keys of all tags in the template."""
        for node in self._resources.values():
            for spot in self._spots(node):
                yield from (one.key for one in entries(spot))

    def _found(self, wish: Wish) -> Found[Property] | None:
        """A resource with the spot for its label; None where it carries no tags.

        Raises:
            NotWrittenError: It is not there, or its tags are not written out.
        """
        node = self._resources.get(wish.address)
        if node is None:
            raise NotWrittenError(say("it is not among the resources of this template"))
        type_ = text_of(members(node).get("type"))
        spots = self._spots(node)
        keys = self._lexicon.class_keys
        labelled = [o for o in spots if any(says(e.key, keys) for e in entries(o))]
        used = [one for one in spots if one.node is not None]
        sure = [one for one in spots if fits(one.writing.types, type_)]
        spot = next(iter([*labelled, *used, *sure]), None)
        if spot is None:
            return None
        touched = (self._section, node, spot.properties, spot.node)
        if any(id(one) in self._shared for one in touched) or self._computed(spot):
            raise NotWrittenError(say("its tags are an alias, a merge or a function"))
        existing = self._existing(wish.address, type_)
        return Found(wish=wish, spot=spot, existing=existing)

    def _computed(self, spot: Property) -> bool:
        """Whether the properties, or the tags, are a function of Heat."""
        names = [set(members(one)) for one in (spot.properties, spot.node)]
        return any(len(one) == 1 and one & self._functions.keys() for one in names)

    def _spots(self, node: yaml.Node) -> list[Property]:
        """Where labels may stand in a resource."""
        stated = members(node)
        properties = stated.get("properties")
        return [
            Property(
                shape=shape,
                writing=shape.write,
                text=self._text,
                resource=node,
                properties=properties,
                node=members(properties).get(shape.path),
            )
            for shape in shapes_for(self._profile, text_of(stated.get("type")))
            if shape.write is not None
        ]

    def _existing(self, name: str, type_: str) -> Existing:
        """What the tags of a resource say already.

        Raises:
            NotWrittenError: Its name is no text to YAML, or its properties no mapping.
        """
        stated = self._document["resources"].get(name)
        properties = stated.get("properties") or {} if stated else None
        if not isinstance(properties, dict):
            raise NotWrittenError(say(_UNUSUAL))
        shapes = shapes_for(self._profile, type_)
        values = {one.path: properties.get(one.path) for one in shapes}
        part = Attributes.of(values, unknown=self._mask(values)).pick(tuple(values))
        tags = read_tags(part, shapes)
        return Existing(sensitivity=declared(tags, [], self._lexicon), tags=tags)

    def _mask(self, value: Any) -> Any:
        """What is unknown in a value: the functions of Heat."""
        if isinstance(value, dict):
            if len(value) == 1 and value.keys() & self._functions.keys():
                return True
            return {key: self._mask(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._mask(one) for one in value]
        return False

    def _proved(self, edits: Sequence[Edit]) -> None:
        """Nothing, where `edits` change labels and nothing else.

        Raises:
            NotWrittenError: They do not.
        """
        try:
            made = document(applied(self._text, edits).encode())
        except InputError:
            made = None
        if self._bare(made) != self._bare(self._document):
            raise NotWrittenError(say(_UNUSUAL))

    def _bare(self, value: Any) -> Any:
        """A value without labels, and without what is empty then."""
        keys = self._lexicon.class_keys | self._lexicon.category_keys
        if isinstance(value, dict):
            kept = {
                k: self._bare(v) for k, v in value.items() if not says(str(k), keys)
            }
            return {key: one for key, one in kept.items() if one not in _EMPTY}
        if isinstance(value, list):
            return [one for one in map(self._bare, value) if one not in _EMPTY]
        labels = isinstance(value, str) and says(value.partition("=")[0], keys)
        return None if labels else value


_EMPTY: tuple[object, ...] = ({}, [], None)
_UNUSUAL = "its layout is unusual: write the label by hand"


def _composed(content: bytes, name: str) -> tuple[str, yaml.Node | None]:
    """The text of a document, and its root with the place of every node.

    Raises:
        InputError: The parser that tells places cannot read what another one could.
    """
    try:
        text = content.decode()
        return text, yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeError) as error:
        message = "it is laid out in an unusual way: write the labels by hand"
        raise InputError(message, where=name) from error
