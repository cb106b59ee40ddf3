"""The filter: how it answers, observes, is set up, and takes up changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from guardrail.errors import ConfigurationError, GuardrailError, LibraryError
from guardrail.openstack import clock, regime
from guardrail.openstack.admission import SURFACES, Admission, filter_factory
from guardrail.openstack.answers import SHAPES
from guardrail.openstack.regime import Regimes
from guardrail.openstack.settings import Settings, read_settings
from tests.unit.openstack.made import (
    ADMISSION,
    DAY,
    ORGANISATION,
    Answer,
    Service,
    call,
    environ,
    folder,
    guarded,
    regimes,
)
from tests.waiting import until

Ask = Callable[..., Answer]
BAD = {"server": {"availability_zone": "standard"}}
GOOD = {"server": {"availability_zone": "qualified"}}
TEMPLATE = {
    "heat_template_version": "2021-04-16",
    "resources": {
        "s": {
            "type": "OS::Nova::Server",
            "properties": {"availability_zone": "standard"},
        }
    },
}


def test_a_refusal_says_why_and_what_to_do(ask: Ask) -> None:
    message = ask("nova", "POST /servers", BAD).document["forbidden"]["message"]

    assert message.startswith(
        "guardrail: refused. Sensitive data would land on an offer"
    )
    assert "[baseline-sensitive]" in message
    assert "Data: sensitive; place: our-cloud, zone standard." in message
    assert "Qualified in this cloud: store vault, zone qualified." in message
    assert "Could go to: " in message
    assert "our-cloud," not in message.partition("Could go to")[2]


def test_an_undecided_request_is_told_which_fact_is_missing(ask: Ask) -> None:
    message = ask("nova", "POST /servers", {"server": {}}).document["forbidden"][
        "message"
    ]

    assert "refused until it can be decided" in message
    assert (
        "The zone is not stated: the cloud chooses; covered: zone qualified." in message
    )


def test_an_unlabelled_request_is_told_to_label(ask: Ask) -> None:
    message = ask("nova", "POST /servers", BAD, "other").document["forbidden"][
        "message"
    ]

    assert "between public and particular" in message
    assert "ask for a label on the project" in message


def test_an_unreadable_part_of_a_stack_is_told(ask: Ask) -> None:
    template = {
        "heat_template_version": "2021-04-16",
        "resources": {"s": {"type": "nested.yaml"}},
    }
    answer = ask("heat", "POST /p/stacks", {"template": template}, "public")

    assert answer.status in {400, 403}
    assert "nested.yaml" in answer.content.decode()


@pytest.mark.parametrize(
    ("service", "line", "body", "path"),
    [
        ("nova", "POST /servers", BAD, ("forbidden", "message")),
        (
            "cinder",
            "POST /p/volumes",
            {"volume": {"availability_zone": "standard"}},
            ("forbidden", "message"),
        ),
        ("heat", "POST /p/stacks", {"template": TEMPLATE}, ("error", "message")),
        (
            "neutron",
            "POST /v2.0/networks",
            {"network": {"tags": ["data_class=sensitive"]}},
            ("NeutronError", "message"),
        ),
    ],
)
def test_each_service_refuses_in_its_own_shape(
    ask: Ask, service: str, line: str, body: object, path: tuple[str, str]
) -> None:
    answer = ask(service, line, body)
    found: Any = answer.document
    for name in path:
        found = found[name]

    assert answer.status == 403
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert found.startswith("guardrail: ")


def test_heat_is_told_in_the_words_of_its_client(ask: Ask) -> None:
    document = ask("heat", "POST /p/stacks", {"template": TEMPLATE}).document

    assert document["code"] == 403
    assert document["title"] == "Forbidden"
    assert document["explanation"] == document["error"]["message"]


def test_glance_is_told_as_a_page(ask: Ask) -> None:
    answer = ask("glance", "POST /v2/images", {"name": "i"})

    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<h1>403 Forbidden</h1>guardrail: refused" in answer.content


def test_every_service_has_routes_and_a_shape() -> None:
    assert SURFACES.keys() == SHAPES.keys()


def test_in_french(tmp_path: Path) -> None:
    spoken = regimes(tmp_path, ADMISSION + "language: fr\n")
    application = filter_factory(
        {}, config=str(tmp_path / "admission.yaml"), service="nova"
    )(Service())
    message = call(application, environ("POST", "/servers", BAD)).document["forbidden"][
        "message"
    ]

    assert spoken.current().french
    assert message.startswith("guardrail: refusé. Des données sensibles")
    assert "Qualifié dans ce cloud" in message


def test_an_observer_lets_through_and_is_seen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    behind = Service()
    observer = guarded(tmp_path, "nova", behind, "observe")
    answer = call(observer, environ("POST", "/servers", BAD))
    line = json.loads(caplog.records[-1].getMessage())

    assert answer.status == 202
    assert answer.verdict == "deny; mode=observe"
    assert json.loads(behind.taken[0][2]) == BAD
    assert caplog.records[-1].levelname == "WARNING"
    assert line["verdict"] == "deny"
    assert line["mode"] == "observe"
    assert line["refused"] is False


def test_the_log_names_rules_classes_and_places(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    ask("nova", "POST /servers", BAD, **{"openstack.request_id": "req-1"})
    line = json.loads(caplog.records[-1].getMessage())

    assert line["event"] == "guardrail.admission"
    assert line["request"] == "req-1"
    assert line["project"] == "sensitive"
    assert line["route"] == "POST servers"
    assert line["rules"] == ["baseline-sensitive"]
    assert line["resources"] == [
        {
            "type": "openstack_compute_instance_v2",
            "class": ["sensitive", "sensitive"],
            "offer": "our-cloud",
            "verdict": "deny",
        }
    ]


def test_a_cloud_that_no_offer_recognises_is_unknown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    regimes(tmp_path)
    other = ADMISSION.replace("keystone.cloud.example", "keystone.other.example")
    (tmp_path / "admission.yaml").write_text(other)
    application = filter_factory(
        {}, config=str(tmp_path / "admission.yaml"), service="nova"
    )(Service())

    answer = call(application, environ("POST", "/servers", GOOD))

    assert answer.verdict == "review; mode=enforce"
    assert "place: ?" in answer.document["forbidden"]["message"]
    assert json.loads(caplog.records[-1].getMessage())["resources"][0]["offer"] is None


@pytest.mark.parametrize(
    "local",
    [
        {"service": "swift"},
        {"service": "nova", "mode": "off"},
        {"service": "nova", "modes": "observe"},
        {},
    ],
)
def test_a_section_of_paste_that_is_not_understood_stops_the_service(
    tmp_path: Path, local: dict[str, str]
) -> None:
    config = str(folder(tmp_path))
    with pytest.raises(ConfigurationError, match="the filter takes"):
        filter_factory({}, config=config, **local)


def test_a_service_does_not_start_without_settings() -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        filter_factory({}, service="nova", config="/nowhere/admission.yaml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("class: sensitive", "class: secretive"),
        ("categories: [health]", "categories: [wealth]"),
        ("organisation: guardrail.yaml", "organisation: nowhere.yaml"),
        ("cloud: {", "clouds: {"),
        ("region: RegionOne", "region: [1]"),
    ],
)
def test_settings_that_are_not_understood_stop_the_service(
    tmp_path: Path, old: str, new: str
) -> None:
    with pytest.raises(GuardrailError):
        regimes(tmp_path, ADMISSION.replace(old, new, 1))


def test_no_project_is_below_the_floor_of_the_organisation(tmp_path: Path) -> None:
    folder(tmp_path)
    floor = "floor: [{addresses: ['*'], class: sensitive}]\n"
    (tmp_path / "guardrail.yaml").write_text(ORGANISATION + floor)
    guard = filter_factory({}, config=str(tmp_path / "admission.yaml"), service="nova")(
        Service()
    )

    for project in ("public", "other", "sensitive"):
        bad = environ("POST", "/servers", BAD, project)
        assert call(guard, bad).verdict.startswith("deny")
        good = environ("POST", "/servers", GOOD, project)
        assert call(guard, good).status == 202


def test_a_key_of_the_organisations_own_is_a_label(tmp_path: Path) -> None:
    in_force = folder(tmp_path)
    metadata = {"Confidentialité": "sensible"}
    body = {"server": {"availability_zone": "standard", "metadata": metadata}}

    def status() -> int:
        guard = Admission(Service(), "nova", Regimes(in_force, lambda: DAY))
        return call(guard, environ("POST", "/servers", body, project="public")).status

    assert status() == 202
    own = ORGANISATION + "tag_keys: {class: [confidentialite]}\n"
    (tmp_path / "guardrail.yaml").write_text(own)
    assert status() == 403


def test_a_derogation_counts_here_too(tmp_path: Path) -> None:
    (tmp_path / "derogations").mkdir()
    folder(tmp_path)
    (tmp_path / "guardrail.yaml").write_text(
        ORGANISATION + "derogations: derogations\nrules: baseline\n"
    )
    (tmp_path / "derogations" / "d.yaml").write_text(
        """
derogation: DER-1
rules: [baseline-sensitive]
scope: {addresses: ["project.sensitive.*"], services: [iaas]}
authority: {office: security-authority, body: "Ministère"}
system: {name: "Messagerie", started_on: 2020-11-02, very_advanced_on: null}
granted_on: 2026-10-01
until: 2027-03-31
reason: "a move is under way"
evidence: []
"""
    )
    application = filter_factory(
        {}, config=str(tmp_path / "admission.yaml"), service="nova"
    )(Service())

    assert call(application, environ("POST", "/servers", BAD)).status == 202
    assert call(application, environ("POST", "/servers", BAD, "health")).status == 403


class Changing:
    """A day and a clock that tests move."""

    def __init__(self) -> None:
        self.day, self.seconds = DAY, 0.0

    def regimes(self, path: Path) -> Regimes:
        return Regimes(folder(path), lambda: self.day, lambda: self.seconds)


def test_a_change_is_taken_up_without_a_request_that_waits(tmp_path: Path) -> None:
    changing = Changing()
    found = changing.regimes(tmp_path)
    before = found.current()
    (tmp_path / "admission.yaml").write_text(ADMISSION + "mode: observe\n")
    changing.seconds = 5
    assert found.current() is before
    changing.seconds = 11
    found.current()
    until(lambda: found.current() is not before, "the change is taken up")

    assert found.current().settings.mode == "observe"
    assert found.trouble == ""


def test_a_change_that_cannot_be_read_keeps_what_was_in_force_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = regimes(tmp_path)
    before = found.current()
    (tmp_path / "admission.yaml").write_text("mode: [")
    found.refresh()
    found.refresh()

    assert found.current() is before
    assert "not readable" in found.trouble
    assert len([one for one in caplog.records if one.levelname == "ERROR"]) == 1
    (tmp_path / "admission.yaml").write_text(ADMISSION + "mode: observe\n")
    found.refresh()
    assert found.trouble == ""
    assert found.current().settings.mode == "observe"


def test_a_change_while_the_file_is_read_is_taken_up_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed_meanwhile(path: Path) -> Settings:
        found = read_settings(path)
        path.write_text(ADMISSION + "mode: observe\n")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(regime, "read_settings", changed_meanwhile)
        found = regimes(tmp_path)
    assert found.current().settings.mode == "enforce"
    found.refresh()

    assert found.current().settings.mode == "observe"


def test_nothing_is_read_again_while_nothing_changes(tmp_path: Path) -> None:
    found = regimes(tmp_path)
    before = found.current()
    found.refresh()

    assert found.current() is before


def test_a_file_that_goes_away_is_a_change(tmp_path: Path) -> None:
    found = regimes(tmp_path)
    (tmp_path / "guardrail.yaml").unlink()
    found.refresh()

    assert "no such file" in found.trouble


@pytest.mark.parametrize("name", ["d.yaml", "d.yml", "d.yaml.sig", "../signers"])
def test_every_file_that_counts_is_watched(tmp_path: Path, name: str) -> None:
    folder(tmp_path)
    (tmp_path / "derogations").mkdir()
    (tmp_path / "signers").write_text("")
    (tmp_path / "guardrail.yaml").write_text(
        ORGANISATION + "derogations: derogations\nallowed_signers: signers\n"
    )
    regime = Regimes(tmp_path / "admission.yaml", lambda: DAY).current()
    assert regime.stamp_now() == regime.stamp
    (tmp_path / "derogations" / name).write_text("new")

    assert regime.stamp_now() != regime.stamp


def test_a_new_day_is_judged_by_its_own_rules(tmp_path: Path) -> None:
    changing = Changing()
    found = changing.regimes(tmp_path)
    changing.day = DAY + timedelta(days=1)

    assert found.current().day == changing.day


def test_a_day_is_begun_once(tmp_path: Path) -> None:
    days = iter([DAY, DAY + timedelta(days=1), DAY])
    found = Regimes(folder(tmp_path), lambda: next(days))
    before = found._ground

    assert found.current() is before


def test_an_old_library_is_refused_on_the_day_that_it_is_too_old(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    changing = Changing()
    found = changing.regimes(tmp_path)
    changing.day = date(2099, 1, 1)

    with pytest.raises(LibraryError, match="days old"):
        found.current()
    guard = Admission(Service(), "nova", found)
    assert call(guard, environ("POST", "/servers", GOOD)).status == 503
    assert "days old" in caplog.text


def test_another_library_and_a_folder_of_clouds_are_watched(tmp_path: Path) -> None:
    import shutil

    from guardrail.library import shipped

    shutil.copytree(shipped(), tmp_path / "policies")
    path = folder(tmp_path, ADMISSION + "library: policies\n")
    found = Regimes(path, lambda: DAY)

    assert str(tmp_path / "policies" / "catalogue.yaml") in found.current().stamp
    assert str(tmp_path / "guardrail.yaml") in found.current().stamp


def test_decisions_are_remembered_and_forgotten(tmp_path: Path) -> None:
    from guardrail.openstack.placed import SERVER, Placed, stack_of

    regime = regimes(tmp_path).current()
    stacks = [
        stack_of(
            [Placed(type=SERVER, attributes={"availability_zone": str(number)})],
            "p",
            regime.settings.cloud,
            "nova",
        )
        for number in range(600)
    ]
    decided = [regime.decide(stack, ()) for stack in stacks]

    assert regime.decide(stacks[-1], ()) is decided[-1]
    assert 0 < len(regime._decided) < 600


def test_the_day_is_today_in_utc() -> None:
    assert clock.today() == DAY
