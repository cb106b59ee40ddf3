"""Labels in Heat templates: what is written, what is left, and what is refused."""

from __future__ import annotations

import pytest

from guardrail.classification import Lexicon
from guardrail.errors import InputError
from guardrail.inputs.heat.stack import PROVIDER
from guardrail.library import load_library, shipped
from guardrail.placement import Catalogue
from guardrail.tagging import Manner, Proposal, Template, Told, Wish

LIBRARY = load_library(shipped())
LEXICON = Lexicon(LIBRARY.vocabulary)
PROFILE = Catalogue(LIBRARY.registry).profile(PROVIDER)
SENSITIVE = LEXICON.ranks["sensitive"]
HEAD = "heat_template_version: 2021-04-16\nresources:\n"
VOLUME = "  v:\n    type: OS::Cinder::Volume\n"
NET = "  v:\n    type: OS::Neutron::Net\n"


def template(text: str) -> Template:
    assert PROFILE is not None
    return Template("t.yaml", text.encode(), PROFILE, LEXICON)


def proposed(
    text: str, *categories: str, address: str = "v", manner: Manner | None = None
) -> Proposal:
    wish = Wish(address=address, rank=SENSITIVE, categories=frozenset(categories))
    return template(HEAD + text).labelled([wish], manner or Manner())


def written(text: str, *categories: str) -> str:
    (one,) = proposed(text, *categories).files
    after = one.after.decode()
    assert proposed(after.removeprefix(HEAD), *categories).files == ()
    return after.removeprefix(HEAD)


def told(text: str, *categories: str, address: str = "v") -> Told:
    (one,) = proposed(text, *categories, address=address).told
    return one


P = "    properties:\n"
SHAPES = {
    "no properties": (
        VOLUME,
        VOLUME + P + "      metadata:\n        data_sensitivity: sensitive\n",
    ),
    "behind the other properties": (
        VOLUME + P + "      size: 1 # why\n\n# é\noutputs: {}\n",
        VOLUME
        + P
        + "      size: 1 # why\n      metadata:\n        data_sensitivity: sensitive\n\n# é\noutputs: {}\n",
    ),
    "a map": (
        VOLUME + P + '      metadata:\n          "a": b # c\n      size: 1\n',
        VOLUME
        + P
        + '      metadata:\n          "a": b # c\n          data_sensitivity: sensitive\n      size: 1\n',
    ),
    "a map in braces": (
        VOLUME + P + "      metadata: {a: b} # c\n",
        VOLUME + P + "      metadata: {a: b, data_sensitivity: sensitive} # c\n",
    ),
    "an empty map": (
        VOLUME + P + "      metadata: {}\n",
        VOLUME + P + "      metadata: {data_sensitivity: sensitive}\n",
    ),
    "properties in braces": (
        VOLUME + "    properties: {size: 1}\n",
        VOLUME + "    properties: {size: 1, metadata: {data_sensitivity: sensitive}}\n",
    ),
    "a resource in braces": (
        "  v: {type: 'OS::Neutron::Net'}\n",
        "  v: {type: 'OS::Neutron::Net', properties: {tags: [\"data_sensitivity=sensitive\"]}}\n",
    ),
    "a list": (
        NET + P + "      tags:\n      - a\n",
        NET + P + '      tags:\n      - a\n      - "data_sensitivity=sensitive"\n',
    ),
    "a list in brackets": (
        NET + P + "      tags: [a, {get_param: x}]\n",
        NET + P + '      tags: [a, {get_param: x}, "data_sensitivity=sensitive"]\n',
    ),
    "a new list": (
        NET,
        NET + P + '      tags:\n        - "data_sensitivity=sensitive"\n',
    ),
    "a lower label": (
        VOLUME + P + "      metadata: {data_class: 'public'}\n",
        VOLUME + P + "      metadata: {data_class: sensitive}\n",
    ),
    "a lower label in a list": (
        NET + P + "      tags: [data_class=public]\n",
        NET + P + '      tags: ["data_class=sensitive"]\n',
    ),
    "no line end at the end": (
        VOLUME + P + "      size: 1",
        VOLUME
        + P
        + "      size: 1\n      metadata:\n        data_sensitivity: sensitive\n",
    ),
    "a text of several lines at the end": (
        VOLUME + P + "      name: |\n        a\n  w:\n    type: x\n",
        VOLUME
        + P
        + "      name: |\n        a\n      metadata:\n        data_sensitivity: sensitive\n  w:\n    type: x\n",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_label_is_written_in_the_manner_of_the_template(name: str) -> None:
    before, after = SHAPES[name]

    assert written(before) == after


def test_lines_end_as_they_did() -> None:
    text = (HEAD + VOLUME).replace("\n", "\r\n")

    found = template(text).labelled([Wish(address="v", rank=SENSITIVE)], Manner())

    after = found.files[0].after.decode()
    assert after.count("\r\n") == after.count("\n") == text.count("\n") + 3


def test_categories_are_written_beside_the_class() -> None:
    made = written(VOLUME, "health", "siiv")

    assert made.endswith('data_categories: "health,siiv"\n')


REFUSED = {
    "its tags are an alias, a merge or a function": [
        VOLUME + P + "      metadata: {get_param: x}\n",
        VOLUME
        + P
        + "      metadata: &a {a: b}\n  w:\n    properties: {metadata: *a}\n",
        VOLUME + P + "      metadata:\n        <<: {a: b}\n",
        VOLUME + P + "      metadata: text\n",
        NET + P + "      tags: {list_concat: [[a], {get_param: x}]}\n",
    ],
    "its layout is unusual: write the label by hand": [
        VOLUME + "    properties:\n",
        VOLUME + P + "      metadata: {a: }\n",
        VOLUME + "    properties: [1]\n",
        VOLUME + "    properties: text\n",
    ],
    "its label `data_class` is no constant": [
        VOLUME + P + "      metadata: {data_class: {get_param: x}}\n"
    ],
}


@pytest.mark.parametrize(
    ("reason", "text"), [(one, text) for one in REFUSED for text in REFUSED[one]]
)
def test_where_nobody_could_be_sure_nothing_is_written(reason: str, text: str) -> None:
    found = proposed(text)

    assert found.files == ()
    assert (found.told[0].outcome, found.told[0].messages) == ("refused", (reason,))


def test_a_resource_that_is_not_there() -> None:
    found = told(VOLUME, address="inner.v")

    assert found.messages == ("it is not among the resources of this template",)
    assert found.place is None


@pytest.mark.parametrize("name", ["1", "on", "2020-01-01", "~", "1.0"])
def test_a_name_that_is_no_text_to_yaml_breaks_nothing(name: str) -> None:
    text = VOLUME.replace("v:", f"{name}:", 1)
    found = proposed(text, address=name)

    assert [one.outcome for one in found.told] in (["written"], ["refused"])
    assert bool(found.files) == (found.told[0].outcome == "written")


def test_a_type_of_which_nothing_says_that_it_carries_tags() -> None:
    assert told("  v:\n    type: OS::Heat::RandomString\n").outcome == "untagged"


def test_a_label_is_never_lowered_without_a_decision() -> None:
    text = VOLUME + P + "      metadata: {data_class: particular}\n"

    assert told(text).outcome == "kept"
    assert proposed(text, manner=Manner(decision="D")).files
    assert told(text.replace("particular", "sensitive")).outcome == "present"
    assert told(VOLUME).place == ("t.yaml", 3)


def test_kinds_and_globs_of_resources() -> None:
    found = template(HEAD + VOLUME + "  n:\n    type: OS::Neutron::Net\n")

    assert dict(found.kinds()) == {"v": True, "n": False}
    assert found.glob("v") == "v"


@pytest.mark.parametrize(
    ("resource", "glob"),
    [
        ("{type: lib/volume.yaml}", "r.*"),
        ("{type: OS::Heat::Stack}", "r.*"),
        (
            "{type: OS::Heat::ResourceGroup, properties: {resource_def: {type: a::b}}}",
            "r[*]",
        ),
        (
            "{type: OS::Heat::AutoScalingGroup, properties: {resource: {type: b.yaml}}}",
            "r[*].*",
        ),
    ],
)
def test_a_mapping_fits_what_a_resource_makes(resource: str, glob: str) -> None:
    assert template(f"{HEAD}  r: {resource}\n").glob("r") == glob


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n",
        "a: [\n",
        '{"heat_template_version": "2021-04-16", "resources": {}}\n',
        '{\n\t"heat_template_version": "2021-04-16",\n\t"resources": {}\n}\n',
        "heat_template_version:\trocky\nresources:\t{}\n",
    ],
)
def test_what_is_no_template_in_hot_is_refused(text: str) -> None:
    """One in JSON would be YAML afterwards, and no JSON any more."""
    with pytest.raises(InputError):
        template(text)


def test_a_template_that_is_no_utf_8_is_refused() -> None:
    assert PROFILE is not None
    content = f"{HEAD}  v: {{type: a::b}} # \xe9\n".encode("latin-1")

    with pytest.raises(InputError):
        Template("t.yaml", content, PROFILE, LEXICON)
