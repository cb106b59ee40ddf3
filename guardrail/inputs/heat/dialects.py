"""The versions of templates: what their parts are called and the functions they know.

A mapping of one key is a function only where the version knows it; else it is data.

Source: OpenStack, heat, heat/engine/hot/template.py, heat/engine/cfn/template.py and
setup.cfg, 27.0.1, https://opendev.org/openstack/heat
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from guardrail.errors import InputError, UnsupportedFormatError
from guardrail.inputs.identifiers import shown


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of a template are called."""

    parameters: str
    resources: str
    outputs: str
    conditions: str
    mappings: str
    type: str
    properties: str
    metadata: str
    depends_on: str
    condition: str
    default: str
    hidden: str
    value: str


HOT = Words(
    parameters="parameters", resources="resources", outputs="outputs",
    conditions="conditions", mappings="", type="type", properties="properties",
    metadata="metadata", depends_on="depends_on", condition="condition",
    default="default", hidden="hidden", value="value",
)  # fmt: skip
CFN = Words(
    parameters="Parameters", resources="Resources", outputs="Outputs",
    conditions="Conditions", mappings="Mappings", type="Type",
    properties="Properties", metadata="Metadata", depends_on="DependsOn",
    condition="Condition", default="Default", hidden="NoEcho", value="Value",
)  # fmt: skip


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """One version of templates."""

    words: Words
    functions: Mapping[str, str]
    """Function as a template writes it to what does its work here."""
    condition_functions: Mapping[str, str] = {}


_OLDER = {
    "Fn::GetAZs": "zones", "Ref": "ref", "Fn::Select": "select", "Fn::Join": "join",
    "Fn::Base64": "same_text",
}  # fmt: skip
_OLDER_TOO = {
    "Fn::Split": "split", "Fn::Replace": "replace_pair",
    "Fn::MemberListToMap": "members", "Fn::ResourceFacade": "facade",
}  # fmt: skip
_HOT = {
    "get_attr": "attribute", "get_file": "file", "get_param": "parameter",
    "get_resource": "resource", "list_join": "join", "resource_facade": "facade",
    "str_replace": "replace",
}  # fmt: skip
_CONDITIONS = {
    "get_param": "parameter", "equals": "equals", "not": "negation",
    "and": "conjunction", "or": "disjunction",
}  # fmt: skip
_RICHER = {
    "list_join": "join_all", "str_replace": "replace_json", "str_split": "split_at",
}  # fmt: skip

_2013 = {**_OLDER, **_OLDER_TOO, **_HOT}
_2014 = {
    **dict.fromkeys([*_OLDER, *_OLDER_TOO], "removed"),
    **_HOT,
    "Fn::Select": "select",
}
_2015_04 = {**_2014, "repeat": "repeat_lists", "digest": "digest"}
_2015_10 = {**_2015_04, **_RICHER, "Fn::Select": "removed"}
_2016_04 = {**_2015_10, "map_merge": "map_merge"}
_2016_10 = {
    **_2016_04, "yaql": "yaql", "map_replace": "map_replace", "if": "choice",
    "repeat": "repeat_all",
}  # fmt: skip
_2017_02 = {**_2016_10, "filter": "filter", "str_replace_strict": "replace_strict"}
_2017_09 = {
    **_2017_02, "make_url": "make_url", "list_concat": "list_concat",
    "str_replace_vstrict": "replace_very_strict", "contains": "contains",
    "list_concat_unique": "list_concat_unique", "repeat": "repeat",
}  # fmt: skip
_2021 = {**_2017_09, "if": "choice_nullable"}
_LATER_CONDITIONS = {**_CONDITIONS, "yaql": "yaql", "contains": "contains"}


def _hot(
    functions: Mapping[str, str], conditions: Mapping[str, str] = {}
) -> Dialect:  # never changed
    return Dialect(words=HOT, functions=functions, condition_functions=conditions or {})


_HOT_VERSIONS = {
    "2013-05-23": _hot(_2013),
    "2014-10-16": _hot(_2014),
    "2015-04-30": _hot(_2015_04),
    "2015-10-15": _hot(_2015_10),
    "2016-04-08": _hot(_2016_04),
    "2016-10-14": _hot(_2016_10, _CONDITIONS),
    "2017-02-24": _hot(_2017_02, _CONDITIONS),
    "2017-09-01": _hot(_2017_09, _LATER_CONDITIONS),
    "2018-03-02": _hot(_2017_09, _LATER_CONDITIONS),
    "2018-08-31": _hot(_2017_09, _LATER_CONDITIONS),
    "2021-04-16": _hot(_2021, _LATER_CONDITIONS),
}
_NAMES = {
    "newton": "2016-10-14", "ocata": "2017-02-24", "pike": "2017-09-01",
    "queens": "2018-03-02", "rocky": "2018-08-31", "wallaby": "2021-04-16",
}  # fmt: skip
_CFN_COMMON = {**_OLDER, "Fn::FindInMap": "find_in_map", "Fn::GetAtt": "attribute"}
_CFN_VERSIONS = {
    ("HeatTemplateFormatVersion", "2012-12-12"): Dialect(
        words=CFN, functions={**_CFN_COMMON, **_OLDER_TOO}
    ),
    ("AWSTemplateFormatVersion", "2010-09-09"): Dialect(
        words=CFN,
        functions={**_CFN_COMMON, **_OLDER_TOO, "Fn::If": "choice"},
        condition_functions={
            "Fn::Equals": "equals", "Ref": "parameter", "Fn::FindInMap": "find_in_map",
            "Fn::Not": "negation_of_list", "Fn::And": "conjunction",
            "Fn::Or": "disjunction",
        },
    ),
}  # fmt: skip
HOT_KEY = "heat_template_version"
VERSION_KEYS = (HOT_KEY, *dict.fromkeys(key for key, _version in _CFN_VERSIONS))


def dialect_of(document: Mapping[str, object]) -> tuple[str, Dialect]:
    """The version that a template states, and what it means.

    Raises:
        InputError: It states none, or several.
        UnsupportedFormatError: It is not known.
    """
    stated = [key for key in VERSION_KEYS if key in document]
    if len(stated) != 1:
        raise InputError(f"a template states exactly one of {', '.join(VERSION_KEYS)}")
    key, version = stated[0], document[stated[0]]
    if not isinstance(version, str):
        raise InputError("the version of a template is a day or a name", where=key)
    if key == HOT_KEY:
        found = _HOT_VERSIONS.get(_NAMES.get(version, version))
    else:
        found = _CFN_VERSIONS.get((key, version))
    if found is None:
        raise UnsupportedFormatError(
            f"the version `{shown(version)}` of Heat templates is unknown",
            where=key,
            remedy="Update guardrail, or state one of "
            + ", ".join([*_HOT_VERSIONS, *_NAMES]),
        )
    return version, found
