"""What data sources saw through a provider: where it really is.

A data source that takes no argument can speak of nothing but its provider; one that is
told a region or a bucket speaks of that. Known by their form alone: the attributes
`region` and `partition`, and `name` or `id` of a `<provider>_region`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guardrail.inputs.identifiers import shown
from guardrail.inputs.terraform.configuration import Configuration
from guardrail.model import Evidence, Known, Resource, Unknown, Value, say

_ATTRIBUTES = ("region", "partition", "name", "id")


def witnesses(
    observed: Iterable[Resource], configuration: Configuration
) -> dict[str, dict[str, Value[str]]]:
    """Provider key to what was seen through it.

    Raises:
        InputError: The values of a data source are malformed.
    """
    seen: dict[str, dict[str, Value[str]]] = {}
    for one in observed:
        block = configuration.blocks.get(one.configuration)
        if block is None or block.entry.expressions:
            continue
        key = one.provider_configuration
        if isinstance(key, Known):
            facts = seen.setdefault(key.value, {})
            for name, value in _told(one):
                facts[name] = _agreed(facts.get(name), value, one)
    return {key: facts for key, facts in seen.items() if facts}


def _told(one: Resource) -> Iterator[tuple[str, str]]:
    part = one.attributes.pick(_ATTRIBUTES)
    stated = {
        name: found.value
        for name in _ATTRIBUTES
        if isinstance(found := part.get(name), Known)
        and isinstance(found.value, str)
        and not found.sensitive
    }
    if one.type == f"{one.provider.rpartition('/')[2]}_region":
        stated.setdefault("region", stated.get("name") or stated.get("id", ""))
    for name in ("region", "partition"):
        if stated.get(name):
            yield name, stated[name]


def _agreed(before: Value[str] | None, value: str, one: Resource) -> Value[str]:
    match before:
        case None:
            because = say("`{}` saw it", shown(one.address))
            return Known(value, Evidence.WITNESS, because)
        case Known() if before.value == value:
            return before
        case _:
            return Unknown(say("data sources of one provider saw different places"))
