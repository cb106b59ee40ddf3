"""What is declared of projects: in `admission.yaml`, or by their tags in Keystone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

import msgspec

from guardrail.classification import Declaration, Lexicon, Tag, declared
from guardrail.errors import ConfigurationError, GuardrailError
from guardrail.model import say
from guardrail.openstack.settings import Keystone, Label, Settings

if TYPE_CHECKING:
    from keystoneauth1.adapter import Adapter

Tags: TypeAlias = tuple[Tag, ...]
Labels: TypeAlias = Callable[[str], Tags]
"""The labels of a project, by its id; raises `UnavailableError`."""
_REMEMBERED = 4096


class UnavailableError(GuardrailError):
    """The labels of a project cannot be read just now."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What the labels of a project say of everything in it."""

    stack: Declaration | None
    """For all in the project, and no resource goes below it; None when silent."""


_SILENT = Statement(stack=None)


def statement_of(tags: Tags, lexicon: Lexicon) -> Statement:
    """What `tags` say; nothing where they state neither class nor category."""
    found = declared(tags, (), lexicon)
    labelled = any(one.source != "absent" for one in found.because)
    if not labelled and not found.categories and not found.any_category:
        return _SILENT
    declaration = Declaration(
        source="project",
        detail=say("label of the project"),
        rank=found.lowest if labelled else None,
        highest=found.highest if labelled else None,
        categories=found.categories,
        any_category=found.any_category,
    )
    return Statement(stack=declaration)


def labels_of(settings: Settings, lexicon: Lexicon) -> Labels:
    """Where the labels of projects are found.

    Raises:
        ConfigurationError: `admission.yaml` names a class or category that is none, or
            Keystone cannot be asked as it says.
    """
    stated = {name: _tags(one, lexicon) for name, one in settings.projects.items()}
    asked = None if settings.keystone is None else from_keystone(settings.keystone)
    other = stated.get("*", ())

    def find(project: str) -> Tags:
        if project in stated:
            return stated[project]
        found = () if asked is None or not project else asked(project)
        return found or other

    return find


def _tags(label: Label, lexicon: Lexicon) -> Tags:
    """A label as the tags that would say it.

    Raises:
        ConfigurationError: A word is no class or category.
    """
    vocabulary = lexicon.vocabulary
    words = [(vocabulary.class_keys[0], label.class_)] if label.class_ else []
    words += [(vocabulary.category_keys[0], one) for one in label.categories]
    tags = tuple(Tag(key, word, "projects", inherited=False) for key, word in words)
    found = declared(tags, (), lexicon)
    if found.any_category or (label.class_ and not found.known):
        raise ConfigurationError(
            "it is no known class or category", where="admission.yaml/projects"
        )
    return tags


def from_keystone(stated: Keystone) -> Labels:
    """The tags of projects in Keystone, remembered for a while.

    Raises:
        ConfigurationError: The clouds.yaml has no such entry.
    """
    return Remembered(_Keystone(stated).tags, stated.ttl_s, time.monotonic)


def tags_of(texts: Iterable[str]) -> Tags:
    """Tags of one text each, `key=value` or `key:value`."""
    return tuple(
        Tag(key, value, "tags", inherited=False)
        for text in texts
        for key, mark, value in map(text.partition, "=:")
        if mark and key
    )


class Remembered:
    """Labels that are asked for once in a while; a failure is never remembered."""

    def __init__(
        self,
        ask: Callable[[str], Sequence[str]],
        ttl_s: float,
        clock: Callable[[], float],
    ) -> None:
        """Nothing is known yet."""
        self._ask, self._ttl_s, self._clock = ask, ttl_s, clock
        self._known: dict[str, tuple[float, Tags]] = {}
        self._lock = threading.Lock()

    def __call__(self, project: str) -> Tags:
        """The labels of `project`.

        Raises:
            UnavailableError: They cannot be read.
        """
        found = self._known.get(project)
        if found is not None and self._clock() - found[0] < self._ttl_s:
            return found[1]
        tags = tags_of(self._ask(project))
        with self._lock:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[project] = (self._clock(), tags)
        return tags


class _Keystone:
    """A session with Keystone, begun when it is first needed."""

    def __init__(self, stated: Keystone) -> None:
        self._adapter = _adapter(stated)

    def tags(self, project: str) -> Sequence[str]:
        """The tags of a project.

        Raises:
            UnavailableError: Keystone cannot be reached, or says nothing of it.
        """
        from keystoneauth1.exceptions import ClientException

        path = f"/projects/{quote(project, safe='')}"
        try:
            answer = self._adapter.get(path)
            tags = list(answer.json()["project"]["tags"])
        except (ClientException, ValueError, LookupError, TypeError) as error:
            reason = f"Keystone did not say the labels ({type(error).__name__})"
            raise UnavailableError(reason) from error
        return [tag for tag in tags if isinstance(tag, str)]


def _adapter(stated: Keystone) -> Adapter:
    """A client of Keystone.

    Raises:
        ConfigurationError: openstacksdk is not there, or the entry is not.
    """
    try:
        from keystoneauth1.adapter import Adapter
        from openstack.config import OpenStackConfig
        from openstack.exceptions import ConfigException
    except ImportError as error:
        raise ConfigurationError(
            "openstacksdk is not installed",
            remedy="Install guardrail[openstack], or label projects in admission.yaml.",
        ) from error
    files = [str(Path(stated.clouds_yaml))] if stated.clouds_yaml else None
    try:
        region = OpenStackConfig(config_files=files).get_one(
            cloud=stated.cloud, api_timeout=stated.timeout_s
        )
    except ConfigException as error:
        raise ConfigurationError(
            f"no cloud {stated.cloud} in the clouds.yaml", where="admission.yaml"
        ) from error
    return Adapter(
        region.get_session(),
        service_type="identity",
        interface=region.get_interface("identity"),
        region_name=region.get_region_name("identity"),
        min_version="3",
        max_version="3.latest",
    )
