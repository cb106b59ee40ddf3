"""What a YAML document is, by its content, and what to do where it is not read.

Only the first line that says anything and the keys at the margin are looked at: what
stands deeper may be a script, or a document inside of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from guardrail.errors import InputError, UnsupportedFormatError

HEAT = "heat-template"
EXPORT = "openstack-export"
PLAYBOOK = "ansible-playbook"

_Refusal: TypeAlias = tuple[str, str]
"""What it is, and what to do."""

_PLAN = "Give a Terraform or OpenTofu plan, or a Heat template"
CLOUDFORMATION: _Refusal = (
    "it is a CloudFormation template, which is not read",
    "Give a Terraform plan. Where Heat is given it, let it state "
    "`HeatTemplateFormatVersion: 2012-12-12`",
)
KUBERNETES: _Refusal = (
    "it is a Kubernetes manifest, which is not read",
    "Give the plan or the Heat template that creates the cluster: it says where the "
    "data goes",
)
ARM: _Refusal = (
    "it is an ARM template (`contentVersion`), which is not read",
    _PLAN,
)
PULUMI: _Refusal = (
    "it is of Pulumi, which is not read",
    _PLAN,
)
_BICEP: _Refusal = ("it is Bicep code, which is not read", _PLAN)
_HELM: _Refusal = (
    "it is a part of a Helm chart, which is not read",
    "Give the plan or the Heat template that creates the cluster",
)
_COMPOSE: _Refusal = (
    "it is a Compose file, which is not read",
    "Give the plan or the Heat template that creates the hosts",
)
_TOSCA: _Refusal = (
    "it is a TOSCA service template, which is not read",
    "Give the Heat template that is made of it (heat-translator), or a Terraform plan",
)
_CLOUDS: _Refusal = (
    "it is a clouds.yaml, which deploys nothing",
    "Give the plan or the template, and this file with --clouds-yaml",
)
_ENVIRONMENT: _Refusal = (
    "it is an environment of Heat, which deploys nothing by itself",
    "Give the template, and this file with --heat-env",
)
_JINJA: _Refusal = (
    "it is a Heat template under Jinja that was not rendered",
    "Render it with Jinja first, and give what comes out",
)


def _keys(*names: str) -> str:
    """The names as keys at the margin."""
    return rf"(?m)^[\"']?(?:{'|'.join(names)})\b[\"']?[ \t]*:"


# Patterns are compiled where they are used: few runs need one, and start-up counts.
_BLANK = r"(?:[ \t]*(?:#[^\n]*)?\r?\n|---[^\n]*\n|%[^\n]*\n)*"
_FIRST = r"[\"']?[A-Za-z$_][\w$.:/-]*[\"']?[ \t]*:(?:[ \t\r]|\n|\Z)|- "
_HEAT_KEY = _keys("heat_template_version", "HeatTemplateFormatVersion")
_CFN_KEY = _keys("AWSTemplateFormatVersion")
_OS_TYPE = r"\bType[\"']?[ \t]*:[ \t]*[\"']?OS::"
_OTHER_TYPE = r"\bType[\"']?[ \t]*:[ \t]*[\"']?(?!OS::)\w+::\w+"
_PLAYBOOK = (
    r"(?m)^(?:- |[ \t]+(?:- )?)[\"']?(?:hosts|import_playbook|tasks|block|"
    r"include_tasks|openstack\.cloud\.\w+|os_[a-z_]+|ansible\.\w+\.\w+)[\"']?[ \t]*:"
)
_HEAD = 4096
_HEAT_WORDS = (
    b"heat_template_version", b"HeatTemplateFormatVersion", b"AWSTemplateFormatVersion"
)  # fmt: skip
_HEAT_MEMBER = rb'(?<!\\)"(?:%b)"[ \t\r\n]*:' % b"|".join(_HEAT_WORDS)
_REFUSED: tuple[tuple[tuple[str, ...], _Refusal], ...] = (
    ((_CFN_KEY,), CLOUDFORMATION),
    ((_keys("Resources"), _OTHER_TYPE), CLOUDFORMATION),
    ((_keys("tosca_definitions_version"),), _TOSCA),
    ((r"\{\{-?[ \t]*(?:include|\.(?:Values|Release|Chart))\b",), _HELM),
    ((_keys("apiVersion"), _keys("kind")), KUBERNETES),
    ((_keys("apiVersion"), _keys("name"), _keys("version")), _HELM),
    ((_keys("services"), r"(?m)^[ \t]+(?:image|build)[ \t]*:"), _COMPOSE),
    ((_keys("name"), _keys("runtime")), PULUMI),
    ((_keys("clouds"),), _CLOUDS),
    ((_keys("resource_registry", "parameter_defaults", "parameters"),), _ENVIRONMENT),
)
_BICEP_CODE = (
    r"(?m)^(?:targetScope[ \t]*=|param[ \t]+\w+[ \t]+\w+|(?:resource|module)[ \t]+"
    r"\w+[ \t]+'[^'\n]{1,400}'[ \t]*(?:existing[ \t]*)?=)"
)
_FIRST_PLAIN = r"(?:@\w+\(|targetScope|param|resource|module|var|//)[^\n]*"


def dialect(content: bytes) -> str:
    """The dialect of a YAML document that can be read; "" where it is none of these.

    Raises:
        InputError: It is of a kind that is known and not read.
    """
    start = content.lstrip()[:2]
    if start[:1] == b"[":
        return EXPORT if is_export(content) else ""
    if start[:1] == b"{" and start not in {b"{%", b"{{", b"{#"}:
        return ""
    text = content.decode(errors="replace")
    if start[:1] == b"{":
        return _refuse(_JINJA) if re.search(_HEAT_KEY, text) else ""
    return _of_text(text)


def _of_text(text: str) -> str:
    """The dialect of a text that does not begin as JSON does.

    Raises:
        InputError: It is of a kind that is known and not read.
    """
    at = re.match(_BLANK, text)
    first = at.end() if at else 0
    if not re.compile(_FIRST).match(text, first):
        plain = re.compile(_FIRST_PLAIN).match(text, first)
        return _refuse(_BICEP) if plain and re.search(_BICEP_CODE, text) else ""
    if text.startswith("- ", first):
        return PLAYBOOK if re.search(_PLAYBOOK, text) else ""
    if re.search(_HEAT_KEY, text) or (
        re.search(_CFN_KEY, text) and re.search(_OS_TYPE, text)
    ):
        return HEAT
    for signs, refusal in _REFUSED:
        if all(re.search(sign, text) for sign in signs):
            return _refuse(refusal)
    return ""


def may_be_heat(content: bytes) -> bool:
    """Whether a file looks like a template that Heat is given, nested or not.

    In JSON the words are keys: a plan may hold the text of a template.
    """
    if content.lstrip()[:1] == b"{":
        return re.search(_HEAT_MEMBER, content[:_HEAD]) is not None
    return any(key in content for key in _HEAT_WORDS)


def is_heat(members: Mapping[str, msgspec.Raw]) -> bool:
    """Whether a JSON object is a template that Heat is given."""
    if "heat_template_version" in members or "HeatTemplateFormatVersion" in members:
        return True
    stated = bytes(members.get("Resources", msgspec.Raw(b"")))
    return "AWSTemplateFormatVersion" in members and b'"OS::' in stated


def is_export(content: bytes) -> bool:
    """Whether a JSON array is what the client of OpenStack lists."""
    from guardrail.inputs.openstack import exports  # few inputs are arrays

    try:
        return bool(exports.noun_of(exports.rows_of(content)))
    except InputError:
        return False


def _refuse(refusal: _Refusal) -> str:
    """Nothing: it says what the document is.

    Raises:
        InputError: It deploys nothing as it stands.
        UnsupportedFormatError: It deploys something, and is not read.
    """
    what, remedy = refusal
    if refusal in {_CLOUDS, _ENVIRONMENT, _JINJA}:
        raise InputError(f"this is not a plan: {what}", remedy=remedy)
    raise UnsupportedFormatError(f"this is not a plan: {what}", remedy=remedy)
