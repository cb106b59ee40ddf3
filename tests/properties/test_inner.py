"""Laws of what other engines make: forgetting allows no more, more data is stricter."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guardrail.assessment import Knowledge
from guardrail.decision import Verdict
from guardrail.model import Reference
from tests.unit.assessment.flowing import reads
from tests.unit.assessment.inner.made import STACK, decision, source, stack

CLASSES = st.sampled_from(["", "public", "internal", "sensitive", "classified"])
FORGOTTEN = st.sampled_from(
    [
        {"template_opts": True},
        {"template_opts": {"Bin": True}},
        {"parameters": True},
        {"parameters": {"label": True}},
        {"parameters": {"from": True}},
        {"environment_opts": True},
        {"environment_opts": {"Bin": True}},
        {"tags": True},
        {"region": True},
    ]
)


def template(labels: list[str], *, given_label: bool, copies: bool) -> str:
    """Volumes with `labels`; one more of a label, or a source, that is given."""
    resources: dict[str, Any] = {}
    for number, label in enumerate(labels):
        metadata = {"data_class": label} if label else {}
        resources[f"disk{number}"] = {"size": 1, "metadata": metadata}
    if given_label:
        metadata_ = {"data_class": {"get_param": "label"}}
        resources["given"] = {"size": 1, "metadata": metadata_}
    if copies:
        public = {"data_class": "public"}
        resources["copy"] = {
            "size": 1, "metadata": public, "source_volid": {"get_param": "from"},
        }  # fmt: skip
    return json.dumps(
        {
            "heat_template_version": "2021-04-16",
            "parameters": {
                "label": {"type": "string", "default": "public"},
                "from": {"type": "string", "default": "nothing"},
            },
            "resources": {
                name: {"type": "OS::Cinder::Volume", "properties": properties}
                for name, properties in resources.items()
            },
        }
    )


def values(
    labels: list[str], outer: str, label: str, shape: tuple[bool, bool]
) -> dict[str, Any]:
    text = template(labels, given_label=shape[0], copies=shape[1])
    found: dict[str, Any] = {
        "template_opts": {"Bin": text},
        "parameters": {"from": "volume-of-the-stack"},
        "tags": [f"data_class={outer}"] if outer else [],
        "region": "GRA11",
    }
    if label:
        found["environment_opts"] = {
            "Bin": json.dumps({"parameters": {"label": label}})
        }
    return found


@given(
    st.lists(CLASSES, max_size=3),
    CLASSES,
    CLASSES,
    st.tuples(st.booleans(), st.booleans()),
    FORGOTTEN,
    st.booleans(),
)
def test_forgetting_allows_no_more(
    knowledge: Knowledge,
    labels: list[str],
    outer: str,
    label: str,
    shape: tuple[bool, bool],
    forgotten: dict[str, Any],
    shown: bool,  # hypothesis gives it
) -> None:
    given_ = values(labels, outer, label, shape)
    volume = source("one", "internal", id="volume-of-the-stack")
    links: list[Reference] = [reads(STACK, "parameters", volume.address)] * shown

    before = decision(knowledge, stack(**given_), volume, references=links).verdict
    after = decision(
        knowledge, stack(**given_, unknown=forgotten), volume, references=links
    ).verdict

    if after is Verdict.ALLOW:
        assert before is Verdict.ALLOW


@given(st.lists(CLASSES, max_size=3), CLASSES, CLASSES)
def test_more_inside_is_no_less_strict(
    knowledge: Knowledge, labels: list[str], outer: str, more: str
) -> None:
    order = [Verdict.ALLOW, Verdict.REVIEW, Verdict.DENY]
    shape = (False, False)
    fewer = decision(knowledge, stack(**values(labels, outer, "", shape))).verdict
    all_ = decision(
        knowledge, stack(**values([*labels, more], outer, "", shape))
    ).verdict

    assert order.index(all_) >= order.index(fewer)
