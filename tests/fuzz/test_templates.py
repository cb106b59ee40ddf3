"""Templates, environments, playbooks and exports that came to harm: read or refused."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.inputs import GivenTemplate, read
from guardrail.model import Stack
from tests.fuzz.mutation import damaged_bytes, damaged_structure

HEAT = Path(__file__).parents[2] / "fixtures" / "heat"
FILES = {
    path.relative_to(HEAT / "case-files").as_posix(): path.read_bytes()
    for path in sorted((HEAT / "case-files").rglob("*"))
    if path.is_file()
}
PLAYBOOK = b"""
- hosts: localhost
  module_defaults: {group/openstack.cloud.openstack: {cloud: prod}}
  roles: [common]
  tasks:
    - openstack.cloud.volume: {name: data, metadata: {data_class: sensitive}}
    - os_server: {name: "{{ n }}", auth: {auth_url: https://k.example}, meta: {a: b}}
      loop: [1, 2]
    - block: [{openstack.cloud.object_container: {name: c, state: absent}}]
"""
EXPORT = json.dumps(
    [
        {
            "ID": "1",
            "Name": "w",
            "Status": "s",
            "Networks": {},
            "Flavor": "f",
            "Properties": {},
        }
    ]
).encode()
TEMPLATES = {
    "app": FILES["app.yaml"],
    "server": FILES["lib/server.yaml"],
    "other-places": (HEAT / "other-places" / "app.yaml").read_bytes(),
    "other-family": (HEAT / "other-family" / "template.json").read_bytes(),
    "playbook": PLAYBOOK,
    "export": EXPORT,
}
TREES = {
    name: tree
    for name, document in TEMPLATES.items()
    if isinstance(tree := yaml.load(document, Loader=yaml.BaseLoader), dict)
}


def outcome(
    document: bytes, *environments: bytes, files: bool = True
) -> Stack | InputError:
    """What reading a document and taking every value of it comes to.

    Anything that is raised from here is a bug.
    """
    given = GivenTemplate(
        files=FILES if files else {"lib/server.yaml": document},
        environments=tuple((f"e{n}.yaml", one) for n, one in enumerate(environments)),
        parameters={"servers": "3"},
    )
    try:
        stack = read(document, path="app.yaml", code=given)
        for resource in stack.resources:
            part = resource.attributes.pick(("metadata", "tags", "name", ""))
            for name in part.names:
                part.get(name)
    except InputError as error:
        text = str(error)
        assert text.isprintable(), text
        assert len(text) < 2000
        assert "CANARY" not in text
        return error
    return stack


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_whole_documents_are_read(name: str) -> None:
    assert isinstance(outcome(TEMPLATES[name]), Stack)


@given(st.sampled_from(sorted(TEMPLATES)), st.integers(0, 2**32))
def test_a_document_with_damaged_bytes_is_read_or_refused(name: str, seed: int) -> None:
    damaged = damaged_bytes(TEMPLATES[name], Random(seed))  # no secret

    assert isinstance(outcome(damaged), Stack | InputError)


@given(st.sampled_from(sorted(TREES)), st.integers(0, 2**32), st.booleans())
def test_a_template_with_a_damaged_structure_is_read_or_refused(
    name: str, seed: int, files: bool
) -> None:
    damaged = damaged_structure(TREES[name], Random(seed))  # no secret

    assert isinstance(outcome(damaged, files=files), Stack | InputError)


@given(st.integers(0, 2**32), st.sampled_from(["public.yaml", "replaced.yaml"]))
def test_a_damaged_environment_is_read_or_refused(seed: int, name: str) -> None:
    whole = FILES[name]
    tree = yaml.load(whole, Loader=yaml.BaseLoader)
    broken = damaged_structure(tree, Random(seed))  # no secret

    for environments in (
        (broken,),
        (whole, broken),
        (damaged_bytes(whole, Random(seed)),),
    ):
        assert isinstance(outcome(TEMPLATES["app"], *environments), Stack | InputError)


@given(st.text("heat_rsouc:{}[]\"'-&*!|>%#\n \t", max_size=80))
def test_anything_like_a_template_is_read_or_refused(text: str) -> None:
    for head in (
        "heat_template_version: rocky\nresources:\n",
        "- hosts: all\n  tasks:\n",
        "",
    ):
        assert isinstance(outcome((head + text).encode()), Stack | InputError)
