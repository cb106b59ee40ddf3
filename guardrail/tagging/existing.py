"""What is known of a resource before it is labelled: its kind, and its tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.classification import Sensitivity, Tag, inherited_tags
from guardrail.model import ABSENT, Attributes, Known, Setting, Unknown
from guardrail.placement import ProviderProfile, word_for
from guardrail.tagging.labels import says


class Existing(msgspec.Struct, frozen=True, kw_only=True):
    """What the tags in the code say already."""

    sensitivity: Sensitivity
    tags: tuple[Tag, ...]

    @property
    def source(self) -> str:
        """Who says it: `tag`, `provider-tags`, or `absent`."""
        return self.sensitivity.because[0].source

    @property
    def open(self) -> bool:
        """Whether its own tags are not known as a whole, and may hold any."""
        return any(isinstance(one.key, Unknown) for one in self._own())

    def key(self, keys: frozenset[str]) -> str:
        """The key of its tags that is one of `keys`, its own first; "" where none is.

        Under the key of a default tag it takes its place; else there would be two.
        """
        tags = sorted(self.tags, key=lambda one: one.inherited)
        return next((key for key, _ in _keyed(tags, keys)), "")

    def has(self, path: str, keys: frozenset[str]) -> bool:
        """Whether its own tags at `path` have one of `keys`."""
        return any(one == path for _, one in _keyed(self._own(), keys))

    def _own(self) -> list[Tag]:
        return [one for one in self.tags if not one.inherited]


def _keyed(tags: Sequence[Tag], keys: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The keys among `keys` that tags have, with the path of each."""
    for one in tags:
        if isinstance(one.key, str) and says(one.key, keys):
            yield one.key, one.path


_HOLDING = frozenset({"data", "backup", "log", "secret", "egress", "compute", "cdn"})


def holds_data(profile: ProviderProfile, resource_type: str) -> bool:
    """Whether a type of resource is of a kind that holds data, or lets it out."""
    kind = word_for(profile.kinds, resource_type) or "data"
    return kind in _HOLDING and profile.protocol != "none"


def default_tags(
    settings: Mapping[str, Any] | Unknown, profile: ProviderProfile
) -> list[Tag]:
    """The default tags among the settings of a provider block."""
    setting: Setting[Any] = ABSENT
    if isinstance(settings, Unknown):
        setting = settings
    else:
        values, mask = _plain(settings)
        setting = (
            Attributes.of(values, unknown=mask)
            .pick((profile.default_tags.partition(".")[0],))
            .get(profile.default_tags.partition(".")[0])
        )
        for step in profile.default_tags.split(".")[1:]:
            setting = _step(setting, step)
    return inherited_tags(setting, profile.default_tags)


def _step(setting: Setting[Any], name: str) -> Setting[Any]:
    """A member of the first block of a setting."""
    if not isinstance(setting, Known):
        return setting
    value = setting.value[0] if isinstance(setting.value, list) else setting.value
    inner = value.get(name)
    if inner is None or isinstance(inner, Unknown):
        return ABSENT if inner is None else inner
    return Known(inner)


def attributes_of(settings: Mapping[str, Any]) -> Attributes:
    """Settings in the form of a resource's attributes."""
    values, mask = _plain(settings)
    return Attributes.of(values, unknown=mask)


def _plain(value: Any) -> tuple[Any, Any]:
    """A setting as a plain value, with the mask of what is unknown in it."""
    match value:
        case Unknown():
            return None, True
        case Known():
            return _plain(value.value)
        case dict():
            pairs = {key: _plain(one) for key, one in value.items()}
            masks = {key: mask for key, (_, mask) in pairs.items() if mask}
            return {key: one for key, (one, _) in pairs.items()}, masks or None
        case list():
            items = [_plain(one) for one in value]
            masks_ = [mask for _, mask in items]
            return [one for one, _ in items], masks_ if any(masks_) else None
        case _:
            return value, None
