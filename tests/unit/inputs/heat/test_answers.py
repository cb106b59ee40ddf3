"""What the real engine makes of snippets, and what we do: known only where it says so.

The answers were recorded by `fixtures/remake/heat_engine.py` with Heat itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrail.inputs.heat.environment import Environment
from guardrail.inputs.heat.frame import Frame
from guardrail.inputs.heat.made import Origin
from guardrail.inputs.heat.template import template_of
from guardrail.inputs.heat.values import Hole, opened, seen
from guardrail.inputs.heat.world import World
from guardrail.inputs.source import GivenTemplate
from guardrail.inputs.yaml_document import Section
from guardrail.model import Evidence, Known

CORPUS = Path(__file__).parent / "corpus"
SNIPPETS: dict[str, Any] = yaml.safe_load((CORPUS / "snippets.yaml").read_text("utf-8"))
ANSWERS: list[dict[str, Any]] = json.loads((CORPUS / "answers.json").read_text("utf-8"))
REFUSED = {"refused": True}
UNDECIDED = {"resource_facade", "yaql"}
"""What only the cloud knows, or is a language of its own."""
NOWHERE = {"make_url": {"scheme": "http"}}
"""What versions of Python write differently."""


def sections(value: Any) -> Any:
    """`value` as a document has it."""
    if isinstance(value, dict):
        section = Section(0)
        section.update({key: sections(inner) for key, inner in value.items()})
        return section
    return [sections(one) for one in value] if isinstance(value, list) else value


def frame(version: str, conditions: Any) -> Frame:
    """An instance of the template that the engine was given."""
    cfn = SNIPPETS["cfn"].get(version)
    document: dict[str, Any] = {cfn or "heat_template_version": version}
    document["Parameters" if cfn else "parameters"] = SNIPPETS[
        "cfn_parameters" if cfn else "parameters"
    ]
    document["Conditions" if cfn else "conditions"] = conditions or {}
    document["Mappings"] = SNIPPETS["mappings"]
    files = {name: text.encode() for name, text in SNIPPETS["files"].items()}
    world = World(GivenTemplate(files=files), Environment())
    origin = Origin(provider=Known("heat", Evidence.CONSTANT))
    template = template_of(sections(document), "t")
    return Frame(template, world, SNIPPETS["values"], origin)


def ours(case: dict[str, Any]) -> Any:
    """What we make of it: `{"value": …}`, or None where we do not know."""
    made = frame(case["version"], case.get("conditions"))
    if "condition" in case:
        found: Any = made.evaluator.condition(sections(case["condition"]))
    else:
        found = made.evaluator.value(sections(case["snippet"]))
    inside = seen(found, made.budget)
    return None if inside.holes else {"value": inside.plain}


@pytest.mark.parametrize("version", [*SNIPPETS["versions"], *SNIPPETS["cfn"]])
def test_what_we_know_is_what_the_engine_says(version: str) -> None:
    wrong = [case for case in ANSWERS if case["version"] == version and not right(case)]

    assert wrong == []


def right(case: dict[str, Any]) -> bool:
    """Whether what we make of a case is sound, and as much as can be known."""
    found = ours(case)
    if case["says"] == REFUSED:
        return found is None
    if found is None:
        asked: Any = case.get("snippet", case.get("condition"))
        return asked == NOWHERE or bool(set(asked) & UNDECIDED)
    return json.dumps(found) == json.dumps(case["says"])


def test_every_snippet_was_asked() -> None:
    asked = sum(
        len(one.get("versions", SNIPPETS["versions"])) for one in SNIPPETS["snippets"]
    )
    known = [one for one in ANSWERS if one["says"] != REFUSED]

    assert len(ANSWERS) == asked > 3000
    assert len(known) > 1500


def test_a_hidden_value_stays_hidden_whatever_is_made_of_it() -> None:
    made = frame("rocky", None)
    schema: Any = made.template.parameters["text"]
    schema["hidden"] = True
    for snippet in (
        {"get_param": "text"},
        {"list_join": ["", ["a", {"get_param": "text"}]]},
        {"str_replace": {"template": "a", "params": {"a": {"get_param": "text"}}}},
        {"digest": ["md5", {"get_param": "text"}]},
        {"str_split": [",", {"get_param": "text"}, 0]},
        {"get_param": ["text", 0]},
    ):
        found = made.evaluator.value(sections(snippet))

        assert opened(found)[1], snippet
        assert not isinstance(opened(found)[0], Hole)
