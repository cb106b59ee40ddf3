"""YAML documents checked against the JSON Schema of their shape.

The schemas are made from the types of the code (`make schema` writes them to
`policies/schema/` for editors); the check is jsonschema's, so that an error says where.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import jsonschema
import msgspec
import yaml

from guardrail.errors import LibraryError

T = TypeVar("T")

_LIMIT_BYTES = 4 << 20
_LIMIT_DEPTH = 50
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Loader):  # type: ignore[misc]
    """A safe loader that refuses a key stated twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002  # the signature of the peer
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        doubled = {str(key) for key in keys if keys.count(key) > 1}
        if doubled:
            raise yaml.YAMLError(f"stated twice: {', '.join(sorted(doubled))}")
        return super().construct_mapping(node, deep=deep)


_BOOL = "tag:yaml.org,2002:bool"
_Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in _Strict.yaml_implicit_resolvers.items()
}
# As in YAML 1.2: the country code NO is a text.
_Strict.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))


def parsed(content: bytes, name: str) -> Any:
    """The document in `content`.

    Raises:
        LibraryError: It is not one YAML document of a reasonable size.
    """
    if len(content) > _LIMIT_BYTES:
        raise LibraryError("the file is too large", where=name)
    try:
        _bound(content)
        return yaml.load(content, Loader=_Strict)  # noqa: S506  # a safe loader, above
    except (yaml.YAMLError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise LibraryError(f"not readable as YAML: {first}", where=name) from error


def _bound(content: bytes) -> None:
    """Nothing, if `content` holds only what a file here needs.

    Raises:
        YAMLError: There are aliases or tags, or it is too deep to be read safely.
    """
    depth = 0
    for event in yaml.parse(content, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        if getattr(event, "tag", None) is not None:
            raise yaml.YAMLError("tags are not read")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _LIMIT_DEPTH:
            raise yaml.YAMLError(f"nested deeper than {_LIMIT_DEPTH} levels")


def checked(document: Any, shape: type[T], name: str) -> T:
    """`document` as a value of `shape`.

    Raises:
        LibraryError: It does not fit the schema of `shape`.
    """
    plain = msgspec.to_builtins(document)
    problem = jsonschema.exceptions.best_match(_validator(shape).iter_errors(plain))
    if problem is not None:
        where = "/".join([name, *map(str, problem.absolute_path)])
        # The value itself may be a credential, so it is not repeated.
        told = problem.message.replace(repr(problem.instance), "it", 1)
        raise LibraryError(told[:300], where=where)
    try:
        return msgspec.convert(plain, shape, strict=False)
    except msgspec.ValidationError as error:
        raise LibraryError(str(error), where=name) from error


def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of `shape`, closed: no other key may stand there."""
    schema = msgspec.json.schema(shape)
    for definition in schema.get("$defs", {}).values():
        if definition.get("type") == "object" and "properties" in definition:
            definition["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_VALIDATORS: dict[object, jsonschema.Draft202012Validator] = {}


def _validator(shape: object) -> jsonschema.Draft202012Validator:
    """The validator of `shape`, made once."""
    if shape not in _VALIDATORS:
        _VALIDATORS[shape] = jsonschema.Draft202012Validator(
            schema_of(shape),
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )
    return _VALIDATORS[shape]
