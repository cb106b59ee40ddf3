"""Ansible playbooks with tasks of `openstack.cloud`, as far as texts can be read.

A Jinja expression is known only when the playbook runs. What a playbook includes, what
it runs (`shell`, `command`, `uri`, …) and modules of other collections are not read:
they may put data anywhere.

Source: OpenStack, ansible-collections-openstack, 2.5.0 (modules, `os_*` names),
https://opendev.org/openstack/ansible-collections-openstack; Ansible 2.18, playbook
keywords, https://docs.ansible.com/ansible/latest/reference_appendices/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat.values import Budget, Hole, Secret, attributes
from guardrail.inputs.identifiers import bounded, shown
from guardrail.inputs.openstack.keywords import HOST_COLLECTIONS, KEYWORDS, PLAIN
from guardrail.inputs.openstack.words import KEY, PROVIDER, TYPES
from guardrail.inputs.source import Source
from guardrail.inputs.yaml_document import Section, Tagged, document
from guardrail.model import (
    Change,
    Evidence,
    Gap,
    Known,
    Origin,
    ProviderConfiguration,
    Resource,
    Stack,
    Unknown,
    say,
)

KIND = "ansible-playbook"

_OURS = "openstack.cloud."
_ENVIRONMENT = "environment of the tasks"
_LEGACY = {
    "os_ironic": "baremetal_node", "os_keystone_domain": "identity_domain",
    "os_keystone_role": "identity_role", "os_group": "identity_group",
    "os_nova_flavor": "compute_flavor", "os_nova_host_aggregate": "host_aggregate",
    "os_user": "identity_user", "os_zone": "dns_zone", "os_listener": "lb_listener",
    "os_pool": "lb_pool", "os_member": "lb_member",
}  # fmt: skip
"""Old names of modules of which more than the beginning changed."""
_OLD = re.compile(r"os_[a-z_]+")
_JINJA = re.compile(r"\{\{|\{%")
_BLOCKS = ("block", "rescue", "always")
_TASKS = ("pre_tasks", "tasks", "post_tasks", "handlers")
_RUNS = Unknown(
    say("a Jinja expression is known only when the playbook runs"),
    say("write it as a constant, or judge what was created with `openstack … -f json`"),
)
_NAMED = 5


class _Reading(msgspec.Struct):
    """What was found so far."""

    resources: dict[str, Resource] = {}
    providers: dict[str, ProviderConfiguration] = {}
    opaque: dict[str, None] = {}
    """What may create resources that nobody sees here."""


def read(source: Source) -> Stack:
    """The stack of what the tasks of a playbook create.

    Raises:
        InputError: It cannot be read, or has no task that is understood.
    """
    found = document(source.content, where=source.path, tags=True)
    if not isinstance(found, list):
        raise InputError("a playbook is a list of plays", where=source.path)
    reading = _Reading()
    reader = _Reader(source.path, reading)
    for play in found:
        reader.entry(play, {})
    if not reading.resources and not reading.opaque:
        raise InputError(
            "this is not a plan: it is an Ansible playbook that creates nothing with "
            "openstack.cloud",
            where=source.path,
            remedy="Give the playbook whose tasks create servers, volumes, containers",
        )
    return Stack(
        origin=Origin(
            kind=KIND, path=source.path, sha256=source.sha256, producer="ansible"
        ),
        resources=tuple(reading.resources.values()),
        providers=reading.providers,
        gaps=_gaps(reading.opaque),
    )


def _gaps(opaque: Mapping[str, None]) -> tuple[Gap, ...]:
    if not opaque:
        return ()
    names = [shown(name) for name in opaque]
    listed = ", ".join([*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])])
    message = say(
        "What a playbook includes, programs that it runs, and modules of other "
        "collections can create resources that were not judged: {}.",
        listed,
    )
    return (Gap(id="not-read", message=message, blocks=True),)


class _Reader:
    """Reads plays, blocks and tasks."""

    def __init__(self, path: str, reading: _Reading) -> None:
        self._path = path
        self._reading = reading
        self._budget = Budget()
        self._clouds: dict[str, dict[str, Known[str] | Unknown]] = {}

    def entry(self, entry: Any, defaults: Mapping[str, Any]) -> None:
        """Read a play, a block or a task, with the `module_defaults` above it.

        Raises:
            InputError: It is malformed.
        """
        if not isinstance(entry, Section):
            raise InputError("a play or a task is a mapping", where=self._path)
        stated = entry.get("module_defaults")
        defaults = {**defaults, **(stated if isinstance(stated, Mapping) else {})}
        if entry.get("environment") is not None:
            below = defaults.get(_ENVIRONMENT, {})
            defaults[_ENVIRONMENT] = self._environment(entry["environment"], below)
        self._roles(entry.get("roles"))
        inner = [key for key in (*_TASKS, *_BLOCKS) if key in entry]
        for key in inner:
            tasks = entry[key] or []
            if not isinstance(tasks, list):
                raise InputError("tasks are a list", where=f"{self._path}: {key}")
            for task in tasks:
                self.entry(task, defaults)
        if not inner and "hosts" not in entry:
            self._task(entry, defaults)

    def _environment(self, stated: Any, above: Any) -> Any:
        """The variables that tasks run with; a hole where they are not known."""
        layers = stated if isinstance(stated, list) else [stated]
        found = above
        for layer in layers:
            whole = isinstance(layer, Mapping) and isinstance(found, Mapping)
            found = {**found, **self._value(layer)} if whole else Hole(_RUNS)
        return found

    def _roles(self, roles: Any) -> None:
        """Note roles: what they do stands in other files."""
        for role in roles if isinstance(roles, list) else [roles]:
            named = isinstance(role, Mapping)
            name = role.get("role", role.get("name")) if named else role
            if name is not None:
                self._reading.opaque[f"roles: {name}"] = None

    def _task(self, task: Section, defaults: Mapping[str, Any]) -> None:
        """Read one task.

        Raises:
            InputError: Its name cannot be an address.
        """
        for module, args in _modules(task):
            ours = _of_collection(module)
            if ours is None:
                self._other(module)
            elif not ours.endswith("_info") and ours not in {"auth", "config"}:
                usual = defaults.get(f"{_OURS}{ours}", defaults.get(module))
                whole = defaults.get("group/openstack.cloud")
                groups = defaults.get(f"group/{_OURS}openstack", whole)
                self._made(
                    task, ours, [defaults.get(_ENVIRONMENT), groups, usual, args]
                )

    def _other(self, module: str) -> None:
        """Note a module that is not of the collection, where it may create anything."""
        name = module.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.")
        if name not in PLAIN and not name.startswith(HOST_COLLECTIONS):
            self._reading.opaque[name] = None

    def _made(self, task: Section, module: str, stated: list[Any]) -> None:
        """Add the resource that a task creates, changes or takes away.

        Raises:
            InputError: Its name cannot be an address.
        """
        environment, *layers = stated
        values: dict[str, Any] = {}
        whole = True
        for layer in layers:
            if isinstance(layer, Mapping):
                values |= {key: self._value(inner) for key, inner in layer.items()}
            else:
                whole = whole and layer is None
        address = self._address(task, module, values)
        line = task.lines.get(next(key for key, _args in _modules(task)), task.line)
        change = Change.DELETE if values.get("state") == "absent" else Change.CREATE
        key = self._provider(values, environment) if whole else _RUNS
        self._reading.resources[address] = Resource(
            address=address,
            configuration=address,
            type=TYPES.get(module, f"{_OURS}{module}"),
            provider=PROVIDER,
            provider_configuration=key,
            change=change,
            actions=(change.value,),
            attributes=attributes(
                _worded(values) if whole else Hole(_RUNS), self._budget
            ),
            location=(self._path, line),
        )

    def _address(self, task: Section, module: str, values: Mapping[str, Any]) -> str:
        """An address of its own: the module and the name that the resource has.

        Raises:
            InputError: The name is too long, or is not for printing.
        """
        name = values.get("name", values.get("display_name"))
        plain = module
        if isinstance(name, str):
            plain += f".{bounded(name, where=self._path)}"
        repeated = any(key == "loop" or key.startswith("with_") for key in task)
        address = f"{plain}[*]" if repeated else plain
        number = 0
        found = address
        while found in self._reading.resources:
            number += 1
            found = f"{address}#{number}"
        return found

    def _provider(
        self, values: Mapping[str, Any], environment: Any
    ) -> Known[str] | Unknown:
        """The key of the configuration of the cloud that a task goes to."""
        cloud: Any = values.get("cloud")
        auth: Any = values.get("auth")
        if isinstance(cloud, Mapping):
            cloud, auth = None, cloud.get("auth", auth)
        url = auth.get("auth_url") if isinstance(auth, Mapping) else auth
        stated = {"cloud": cloud, "auth_url": url}
        if isinstance(environment, Hole) and cloud is None and url is None:
            stated["auth_url"] = environment
        elif isinstance(environment, Mapping):
            if cloud is None and url is None:
                stated["cloud"] = environment.get("OS_CLOUD")
                stated["auth_url"] = environment.get("OS_AUTH_URL")
            stated["region"] = environment.get("OS_REGION_NAME")
        settings = {
            name: found
            for name, value in stated.items()
            if (found := _setting(name, value)) is not None
        }
        known = [one for one, its in self._clouds.items() if its == settings]
        number = len(self._clouds)
        key = known[0] if known else f"{KEY}#{number}" if number else KEY
        self._clouds[key] = settings
        self._reading.providers[key] = ProviderConfiguration(
            key=key, provider=PROVIDER, settings=settings, hidden=False
        )
        return Known(key, Evidence.CONSTANT, say("the cloud that the task names"))

    def _value(self, value: Any) -> Any:
        """A value of a task; a hole for what is known only when it runs."""
        if isinstance(value, Tagged):
            return Hole(_RUNS)
        if isinstance(value, str) and _JINJA.search(value):
            return Hole(_RUNS)
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, Mapping):
            return {
                key: Secret(inner) if _secret(key) else self._value(inner)
                for key, inner in value.items()
            }
        return value


def _secret(key: str) -> bool:
    return "password" in key or "secret" in key


def _setting(name: str, value: Any) -> Known[str] | Unknown | None:
    """A setting of the configuration; None where it is not stated."""
    if value is None:
        return None
    if isinstance(value, str):
        return Known(value, Evidence.CONSTANT, say("`{}` of the task", name))
    return _RUNS


def _worded(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the words of the provider profile."""
    found = dict(values)
    for old, new in (("meta", "metadata"), ("region_name", "region")):
        if old in found:
            found.setdefault(new, found.pop(old))
    return found


def _modules(task: Section) -> Iterator[tuple[str, Any]]:
    """The module that a task calls, with its arguments."""
    for key, value in task.items():
        if key in {"action", "local_action"}:
            whole = isinstance(value, Mapping)
            named = value.get("module") if whole else str(value).partition(" ")[0]
            yield str(named), value if whole else "free form"
        elif key not in KEYWORDS and not key.startswith("with_"):
            args = task.get("args")
            both = isinstance(args, Mapping) and isinstance(value, Mapping | None)
            yield key, {**args, **(value or {})} if both and args else value


def _of_collection(module: str) -> str | None:
    """The module of the collection by its newest name; None for any other module."""
    if module.startswith(_OURS):
        return module.removeprefix(_OURS)
    if _OLD.fullmatch(module):
        return _LEGACY.get(module, module.removeprefix("os_"))
    return None
