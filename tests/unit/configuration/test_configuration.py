from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guardrail.assessment import Circumstances, assess
from guardrail.classification import Lexicon
from guardrail.configuration import (
    NAME,
    Configuration,
    Data,
    configuration_for,
)
from guardrail.decision import Verdict
from guardrail.errors import ConfigurationError, LibraryError
from guardrail.library import Library
from guardrail.model import Known, Unknown
from guardrail.placement import Offer
from tests.conftest import BOTH
from tests.properties.strategies import resource, stack

DAY = date(2026, 11, 22)
OWN = """
offers:
  - {id: our-cloud, operator: our-ministry, hosting: internal, country: FR,
     recognise: [{provider: terraform-provider-openstack/openstack,
                  host: auth.cloud.ovh.net}]}
"""


@pytest.fixture
def lexicon(library: Library) -> Lexicon:
    return Lexicon(library.vocabulary)


class Files:
    """An organisation's and a project's file, in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan = folder / "project" / "deep" / "plan.json"
        self.plan.parent.mkdir(parents=True)
        self.organisation: Path | None = None

    def trusted(self, text: str) -> Files:
        self.organisation = self.folder / "organisation.yaml"
        self.organisation.write_text(text, encoding="utf-8")
        return self

    def project(self, text: str) -> Files:
        (self.folder / "project" / NAME).write_text(text, encoding="utf-8")
        return self

    def read(self) -> Configuration:
        return configuration_for(self.plan, self.organisation)

    def run(self, lexicon: Lexicon, **stated: Any) -> Circumstances:
        given: dict[str, Any] = {"as_of": DAY, "body": None, "data": Data(), **stated}
        return self.read().circumstances(lexicon, **given)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def notes(around: Circumstances) -> list[str]:
    return [note.id for note in around.notes]


# Finding and reading


def test_without_files_nothing_is_stated(files: Files, lexicon: Lexicon) -> None:
    around = files.run(lexicon)

    assert (files.read().organisation, files.read().project) == (None, None)
    assert isinstance(around.body, Unknown)
    assert (around.stack, around.notes) == (None, ())


def test_the_projects_file_is_found_upwards(files: Files) -> None:
    assert files.project("body: state").read().body == "state"


def test_of_several_the_nearest_counts(files: Files) -> None:
    files.project("body: state")
    (files.plan.parent / NAME).write_text("body: private")

    assert files.read().body == "private"


def test_the_input_may_be_a_folder(files: Files) -> None:
    files.project("body: state")

    assert configuration_for(files.plan.parent, None).body == "state"


def test_standard_input_lies_beside_no_file(files: Files) -> None:
    files.project("body: state")

    assert configuration_for(None, None).project is None


def test_an_empty_file_states_nothing(files: Files) -> None:
    assert files.project("# nothing yet").read().body is None


@pytest.mark.parametrize(
    "text",
    ["[]", "false", "body: nobody", "boddy: state", "body: state\nbody: private"],
)
def test_a_malformed_file_stops_the_run(text: str, files: Files) -> None:
    with pytest.raises(LibraryError):
        files.project(text).read()


def test_what_has_the_name_and_is_no_file_stops_the_run(files: Files) -> None:
    (files.plan.parent / NAME).mkdir()

    with pytest.raises(LibraryError, match="not a file that can be read"):
        files.read()


def test_a_file_that_cannot_be_read_stops_the_run(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.project("body: state")

    def refused(_path: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        files.read()


def test_an_organisations_file_that_is_not_there_stops_the_run(files: Files) -> None:
    files.organisation = files.folder / "none.yaml"

    with pytest.raises(ConfigurationError, match="no such file"):
        files.read()


# Class and categories


@pytest.mark.parametrize(
    ("option", "trusted", "project", "class_"),
    [
        ("public", "classified", "sensitive", "public"),
        ("", "classified", "sensitive", "classified"),
        ("", "", "sensitive", "sensitive"),
    ],
)
def test_the_class_of_the_stack_is_that_of_the_strongest_voice(
    option: str,
    trusted: str,
    project: str,
    class_: str,
    files: Files,
    lexicon: Lexicon,
) -> None:
    if trusted:
        files.trusted(f"data: {{class: {trusted}}}")
    files.project(f"data: {{class: {project}}}")
    declaration = files.run(lexicon, data=Data(class_=option)).stack

    assert declaration is not None
    assert declaration.rank == lexicon.ranks[class_]


def test_categories_of_all_voices_add_up(files: Files, lexicon: Lexicon) -> None:
    files.trusted("data: {categories: [health]}")
    files.project("data: {categories: [legal-secret]}")
    declaration = files.run(lexicon, data=Data(categories=("public-order",))).stack

    assert declaration is not None
    assert declaration.rank is None
    assert declaration.categories == {"health", "legal-secret", "public-order"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (Data(class_="hush"), "no class is called 'hush'; there are: public, "),
        (Data(categories=("hush",)), "no category is called 'hush'; there are: "),
    ],
)
def test_an_unknown_word_is_refused_and_the_known_are_named(
    data: Data, message: str, files: Files, lexicon: Lexicon
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        files.run(lexicon, data=data)


def test_words_are_read_in_french_too(files: Files, lexicon: Lexicon) -> None:
    declaration = files.run(lexicon, data=Data(class_="Sensibilité particulière")).stack

    assert declaration is not None
    assert declaration.rank == lexicon.ranks["particular"]


def test_mappings_hold_in_the_order_stated(files: Files, lexicon: Lexicon) -> None:
    files.trusted('mappings: [{addresses: ["a.*"], class: public}]')
    files.project(
        'mappings: [{addresses: ["a.b", "c.*"], class: sensitive, services: [mail]}]'
    )
    around = files.run(lexicon)
    first, other = around.assignment("a.b"), around.assignment("c.d")

    assert first is not None
    assert other is not None
    assert first.declaration.rank == lexicon.ranks["public"]
    assert other.services == ("mail",)
    assert around.assignment("e.f") is None


@pytest.mark.parametrize(
    ("workspace", "wanted", "told"),
    [
        ("prod-1", ["a", "b"], []),
        ("test", ["a", "c"], []),
        ("other", ["a"], []),
        ("", ["a"], ["workspace"]),
        (None, ["a"], []),
    ],
)
def test_a_mapping_may_hold_in_some_workspaces(
    workspace: str | None,
    wanted: list[str],
    told: list[str],
    files: Files,
    lexicon: Lexicon,
) -> None:
    """Where nobody says which one it is, the run is for review."""
    files.trusted(
        "mappings:\n"
        "  - {addresses: [a], class: public}\n"
        "  - {addresses: [b], class: sensitive, workspaces: ['prod*', '']}\n"
        "  - {addresses: [c], class: public, workspaces: [test]}\n"
    )
    around = files.run(lexicon, workspace=workspace)

    assert [one.addresses[0] for one in around.assignments] == wanted
    assert notes(around) == told
    assert all(note.blocks for note in around.notes)


def test_a_floor_holds_in_every_workspace(files: Files) -> None:
    files.trusted("floor: [{addresses: [a], class: internal, workspaces: [prod]}]")

    with pytest.raises(LibraryError):
        files.read()


def test_a_mapping_names_the_decision_that_it_rests_on(
    files: Files, lexicon: Lexicon
) -> None:
    files.trusted('mappings: [{addresses: ["a.*"], class: public, decision: "DEC-7"}]')
    stated = files.run(lexicon).assignment("a.b")

    assert stated is not None
    assert stated.declaration.detail == (
        "stated of a.* in guardrail.yaml, by the decision DEC-7"
    )


def test_only_the_organisation_has_a_floor(files: Files, lexicon: Lexicon) -> None:
    files.trusted('floor: [{addresses: ["*"], class: sensitive}]')
    files.project('floor: [{addresses: ["*"], class: classified}]')
    around = files.run(lexicon)
    floor = around.floor("a.b")

    assert floor is not None
    assert floor.declaration.rank == lexicon.ranks["sensitive"]
    assert notes(around) == ["not-delegated"]


def test_a_floor_of_a_project_alone_counts_for_nothing(
    files: Files, lexicon: Lexicon
) -> None:
    files.project('floor: [{addresses: ["*"], class: classified}]')

    assert files.run(lexicon).floor("a.b") is None


def test_what_is_declared_adds_up(files: Files, lexicon: Lexicon) -> None:
    files.trusted("declared: {reversibility_plan: a}")
    files.project("declared: {contract_list: b}")

    assert files.run(lexicon).declared == {"reversibility_plan", "contract_list"}


# Who may say what

STATED = {
    "body": "body: private",
    "environment": "environment: {OS_AUTH_URL: 'https://mine.example'}",
    "offers": OWN,
    "rules": "rules: law",
}


@pytest.mark.parametrize("name", sorted(STATED))
def test_a_project_alone_has_full_power_and_every_report_says_so(
    name: str, files: Files, lexicon: Lexicon
) -> None:
    files.project(STATED[name])

    assert files.read().ignored == ()
    assert notes(files.run(lexicon)) == ["self-declared"]


@pytest.mark.parametrize("name", sorted(STATED))
def test_under_an_organisation_what_is_not_delegated_is_ignored_and_told(
    name: str, files: Files, lexicon: Lexicon
) -> None:
    files.trusted("body: state").project(STATED[name])
    configuration, around = files.read(), files.run(lexicon)

    assert configuration.ignored == (name,)
    assert around.body == Known("state")
    assert around.environment.values == {}
    assert configuration.rules == ""
    assert notes(around) == ["not-delegated"]
    assert name in around.notes[0].message


@pytest.mark.parametrize("name", sorted(STATED))
def test_what_is_delegated_counts(name: str, files: Files, lexicon: Lexicon) -> None:
    files.trusted(f"delegate: [{name}]").project(STATED[name])

    assert files.read().ignored == ()
    assert files.run(lexicon).notes == ()


def test_a_project_cannot_delegate_to_itself(files: Files) -> None:
    files.trusted("body: state").project("delegate: [body]\nbody: private")

    assert files.read().ignored == ("body", "delegate")
    assert files.read().body == "state"


def test_a_project_may_declare_its_data_under_any_organisation(
    files: Files, lexicon: Lexicon
) -> None:
    files.trusted("body: state").project("data: {class: sensitive}")
    declaration = files.run(lexicon).stack

    assert declaration is not None
    assert files.read().ignored == ()


def test_keys_of_tags_are_added_to_those_of_the_library(
    files: Files, library: Library
) -> None:
    files.trusted("tag_keys: {class: [Confidentialité, c]}")
    files.project("tag_keys: {class: [mine], categories: [finalités]}")
    known = library.vocabulary
    words = files.read().words(known)

    assert files.read().ignored == ()
    assert words.class_keys == (*known.class_keys, "Confidentialité", "c", "mine")
    assert words.category_keys == (*known.category_keys, "finalités")
    assert Lexicon(words).reads("confidentialite")


@pytest.mark.parametrize("keys", ["[5]", "['']", "[' ']", "text", "{a: b}"])
def test_a_key_of_a_tag_is_a_word(keys: str, files: Files) -> None:
    with pytest.raises(LibraryError):
        files.project(f"tag_keys: {{class: {keys}}}").read()


def test_the_command_line_names_the_body_before_any_file(
    files: Files, lexicon: Lexicon
) -> None:
    files.trusted("body: state")

    assert files.run(lexicon, body="private").body == Known("private")


def test_the_organisation_attests_before_the_project(
    files: Files, lexicon: Lexicon
) -> None:
    files.trusted("delegate: [environment]\nenvironment: {A: ours}")
    files.project("environment: {A: theirs, B: theirs}")

    environment = files.run(lexicon).environment
    assert environment.values == {"A": "ours", "B": "theirs"}
    assert environment.sources == {
        "A": "guardrail.yaml of the organisation",
        "B": "guardrail.yaml of the project",
    }
    assert not environment.complete


@pytest.mark.parametrize(
    ("organisation", "complete"),
    [("body: state", False), ("delegate: [environment]", True)],
)
def test_who_may_attest_variables_may_attest_that_there_are_no_others(
    files: Files, lexicon: Lexicon, organisation: str, complete: bool
) -> None:
    files.trusted(organisation).project("environment_complete: true")

    assert files.run(lexicon).environment.complete is complete
    assert files.read().ignored == (() if complete else ("environment_complete",))


def test_the_organisations_rules_count_before_the_projects(files: Files) -> None:
    files.trusted("delegate: [rules]\nrules: both").project("rules: baseline")

    assert files.read().rules == "both"


# Own offers


def judged(files: Files, library: Library, lexicon: Lexicon) -> Verdict:
    registry = files.read().extend(library.registry)
    knowledge = library.knowledge(DAY, BOTH, registry=registry)
    one = resource("a", "ovh", {"data_class": "sensitive"})
    around = files.run(lexicon, body="state")
    return assess(stack([one]), knowledge, around).verdict


def test_an_own_cloud_is_an_offer_like_any_other(
    files: Files, library: Library, lexicon: Lexicon
) -> None:
    offer = files.project(OWN).read().extend(library.registry).offers["our-cloud"]

    assert isinstance(offer, Offer)
    assert (offer.name, offer.hosting, offer.official) == (
        "our-cloud",
        "internal",
        True,
    )


def test_an_own_cloud_on_the_host_of_another_is_an_ambiguity(
    files: Files, library: Library, lexicon: Lexicon
) -> None:
    before = judged(files, library, lexicon)
    files.project(OWN)

    assert before is Verdict.DENY
    assert judged(files, library, lexicon) is Verdict.REVIEW


def test_an_own_operator_is_controlled_from_its_country(
    files: Files, library: Library
) -> None:
    text = OWN.replace("country: FR", "country: US")
    operator = files.project(text).read().extend(library.registry)

    assert operator.operators["our-ministry"].control[0].country == "US"


def test_an_own_offer_of_a_known_operator_does_not_change_it(
    files: Files, library: Library
) -> None:
    text = OWN.replace("our-ministry", "amazon-web-services")
    known = files.project(text).read().extend(library.registry).operators

    assert known == library.registry.operators


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: our-cloud", "id: aws"),
        ("country: FR", "country: France"),
        ("hosting: internal", "hosting: trusted"),
    ],
)
def test_an_own_offer_that_cannot_be_is_refused(
    old: str, new: str, files: Files, library: Library
) -> None:
    with pytest.raises(LibraryError):
        files.project(OWN.replace(old, new)).read().extend(library.registry)


def test_two_files_may_not_declare_one_offer(files: Files, library: Library) -> None:
    other = OWN.replace("internal", "commercial")
    files.trusted(f"delegate: [offers]\n{OWN}").project(other)

    with pytest.raises(LibraryError, match="another offer has this id"):
        files.read().extend(library.registry)


OWN_HOST = """
offers:
  - {{id: our-cloud, operator: us, hosting: internal, country: FR,
     recognise: [{{provider: a/b, host: "{}"}}]}}
"""


def test_the_host_of_an_own_offer_is_compared_as_any_host(
    files: Files, library: Library
) -> None:
    files.project(OWN_HOST.format("Bücher.Example."))
    found = files.read().extend(library.registry).offers["our-cloud"]

    assert [one.host for one in found.recognise] == ["xn--bcher-kva.example"]


def test_the_host_of_an_own_offer_is_a_host(files: Files, library: Library) -> None:
    files.project(OWN_HOST.format("https://keystone.example"))

    with pytest.raises(LibraryError, match="the name of a host"):
        files.read().extend(library.registry)


def test_an_own_offer_must_say_how_it_is_recognised(
    files: Files, library: Library
) -> None:
    text = """
offers:
  - {id: our-cloud, operator: us, hosting: internal, country: FR, recognise: [{}]}
"""
    with pytest.raises(
        LibraryError, match="it would recognise the clouds of others too"
    ):
        files.project(text).read().extend(library.registry)


def test_a_host_of_ones_own_may_be_added_to_an_offer_of_the_registry(
    files: Files, library: Library
) -> None:
    text = "offers: [{id: nubo, recognise: [{host: keystone.nubo.example}]}]"
    nubo = files.project(text).read().extend(library.registry).offers["nubo"]

    assert nubo.recognise[-1].host == "keystone.nubo.example"
    assert nubo.qualifications == library.registry.offers["nubo"].qualifications


def test_an_offer_of_nobody_states_who_runs_it_and_where(
    files: Files, library: Library
) -> None:
    text = "offers: [{id: our-cloud, recognise: [{host: keystone.example}]}]"
    with pytest.raises(LibraryError, match="states its operator, hosting and country"):
        files.project(text).read().extend(library.registry)


OFFER = """
id: our-cloud
name: Our cloud
operator: our-ministry
hosting: internal
country: FR
services: [iaas]
recognise: [{host: keystone.example}]
confidence: S
sources: [{title: us, read: 2026-11-22}]
"""


def in_folder(files: Files, text: str) -> Files:
    folder = files.folder / "project" / "offers"
    folder.mkdir()
    (folder / "our-cloud.yaml").write_text(text, encoding="utf-8")
    return files.project("offers: offers/")


def test_own_offers_may_stand_in_a_folder(files: Files, library: Library) -> None:
    registry = in_folder(files, OFFER).read().extend(library.registry)

    assert registry.offers["our-cloud"].services == ("iaas",)
    assert registry.operators["our-ministry"].country == "FR"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("country: FR\n", ""),
        ("hosting: internal", "hosting: trusted"),
        ("id: our-cloud", "id: aws"),
        ("{host: keystone.example}", "{}"),
        ("name: Our cloud", "name: [x"),
    ],
)
def test_an_offer_in_a_folder_is_held_to_the_same(
    old: str, new: str, files: Files, library: Library
) -> None:
    with pytest.raises(LibraryError):
        in_folder(files, OFFER.replace(old, new)).read().extend(library.registry)


def test_an_offer_that_cannot_be_read_stops_the_run(
    files: Files, library: Library
) -> None:
    configuration = in_folder(files, OFFER).read()
    (files.folder / "project" / "offers" / "our-cloud.yaml").unlink()
    (files.folder / "project" / "offers" / "our-cloud.yaml").mkdir()

    with pytest.raises(LibraryError, match="cannot be read"):
        configuration.extend(library.registry)


def test_a_folder_of_offers_that_is_not_there_stops_the_run(
    files: Files, library: Library
) -> None:
    with pytest.raises(LibraryError, match="no such folder"):
        files.project("offers: none/").read().extend(library.registry)


# Derogations


def test_derogations_lie_beside_the_projects_file(files: Files) -> None:
    files.project("derogations: derogations/")
    (folder,) = files.read().derogation_folders

    assert folder.path == files.folder / "project" / "derogations"
    assert not folder.must_sign


@pytest.mark.parametrize("name", ["derogations", "offers"])
@pytest.mark.parametrize("path", ["../elsewhere", "/etc", "a/../../b"])
def test_folders_of_a_project_lie_nowhere_else(
    name: str, path: str, files: Files
) -> None:
    with pytest.raises(ConfigurationError, match=f"the {name} of a project lie beside"):
        files.project(f"{name}: {path}").read()


def test_derogations_of_an_organisation_may_lie_anywhere(files: Files) -> None:
    files.trusted("derogations: ../elsewhere")
    (folder,) = files.read().derogation_folders

    assert folder.path.name == "elsewhere"


@pytest.mark.parametrize(
    ("organisation", "must_sign"),
    [("body: state", True), ("delegate: [derogations]", False)],
)
def test_derogations_that_are_not_delegated_must_be_signed(
    organisation: str, must_sign: bool, files: Files
) -> None:
    files.trusted(organisation).project("derogations: derogations")
    (folder,) = files.read().derogation_folders

    assert folder.must_sign is must_sign


def test_a_project_does_not_name_who_may_sign(files: Files) -> None:
    files.trusted("body: state").project("allowed_signers: mine")

    assert files.read().allowed_signers is None
    assert files.read().ignored == ("allowed_signers",)


def test_the_organisation_names_who_may_sign(files: Files) -> None:
    files.trusted("allowed_signers: signers\nrequire_signatures: true")

    assert files.read().allowed_signers == files.folder / "signers"
    assert files.read().require_signatures


def test_a_file_that_is_no_file_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "guardrail.yaml").symlink_to(tmp_path / "nowhere")

    with pytest.raises(LibraryError, match="not a file that can be read"):
        configuration_for(tmp_path / "plan.json", None)
