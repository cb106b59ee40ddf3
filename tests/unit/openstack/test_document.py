"""What the operator's guide says can be typed as it stands."""

from __future__ import annotations

import configparser
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from oslo_policy import _parser

from guardrail.assessment import Knowledge
from guardrail.configuration import configuration_for
from guardrail.openstack.admission import SURFACES, filter_factory
from guardrail.openstack.projects import labels_of
from guardrail.openstack.rule_check import OPTIONS, GuardrailCheck
from guardrail.openstack.settings import read_settings
from guardrail.shapes import parsed
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "openstack.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def blocks(kind: str, name: str) -> list[str]:
    return [
        body
        for found, body in BLOCKS
        if found == kind and body.startswith("#") and name in body.partition("\n")[0]
    ]


def test_the_files_of_settings_are_understood(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    (organisation,) = blocks("yaml", "guardrail.yaml")
    (admission,) = blocks("yaml", "admission.yaml")
    (tmp_path / "guardrail.yaml").write_text(organisation, "utf-8")
    (tmp_path / "admission.yaml").write_text(
        re.sub(r"^keystone:.*?^(?=\w)", "", admission, flags=re.DOTALL | re.MULTILINE)
    )
    (tmp_path / "whole.yaml").write_text(admission, "utf-8")
    settings = read_settings(tmp_path / "admission.yaml")
    whole = read_settings(tmp_path / "whole.yaml")

    assert whole.keystone is not None
    assert labels_of(settings, knowledge.lexicon)("anything")
    assert configuration_for(None, Path(settings.organisation)).body == "state"
    config = str(tmp_path / "admission.yaml")
    assert callable(filter_factory({}, service="nova", config=config))


@pytest.mark.parametrize("service", sorted(SURFACES))
def test_the_pipelines_of_a_service_hold_the_filter(service: str) -> None:
    (text,) = blocks("ini", f"{service}: ")
    found = configparser.ConfigParser(interpolation=None)
    found.read_string(text)
    (name,) = [one for one in found.sections() if one.startswith("filter:guardrail")]
    section = dict(found[name])
    ours = name.removeprefix("filter:")
    pipelines = [
        line.split()
        for name in found.sections()
        if name.startswith("composite:")
        for key, line in found[name].items()
        if key not in {"use", "paste.composite_factory"}
    ]

    assert section.pop("use") == "egg:guardrail#admission"
    assert section == {
        "service": service,
        "config": "/etc/guardrail/admission.yaml",
    }
    for filters in pipelines:
        assert filters[filters.index(ours) - 1] in {"keystonecontext", "context"}
    assert len(pipelines) >= (2 if service == "nova" else 1)


def test_paste_and_oslo_policy_find_us_by_the_names_of_the_guide() -> None:
    (paste,) = entry_points(group="paste.filter_factory", name="admission")
    (check,) = entry_points(group="oslo.policy.rule_checks", name="guardrail")

    assert paste.load() is filter_factory
    assert check.load() is GuardrailCheck
    assert {option.name for option in OPTIONS} == {"config", "mode"}


@pytest.mark.parametrize("text", blocks("yaml", "policy.yaml"))
def test_the_rules_are_rules(text: str) -> None:
    for rule in parsed(text.encode(), "policy.yaml").values():
        parts = getattr(_parser.parse_rule(rule), "rules", [])
        kinds = {getattr(one, "kind", "") for one in parts}

        assert kinds & {"guardrail", "https"}
        assert kinds & {"rule", "role"}


def test_every_setting_is_in_the_guide() -> None:
    from guardrail.openstack.settings import Budget, Keystone, Neighbours, Settings

    for shape in (Settings, Keystone, Neighbours, Budget):
        for name in shape.__struct_fields__:
            assert name == "library" or name in TEXT
