"""Rules of oslo.policy: in process, and as answers over HTTP."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from oslo_config import cfg
from oslo_policy import policy

from guardrail.openstack import rule_check
from guardrail.openstack.policy import (
    Allowed,
    Endpoint,
    Question,
    answer,
    ask,
    question_of,
    reply,
)
from guardrail.openstack.regime import Regimes
from tests.unit.openstack.made import ADMISSION, call, folder, regimes

CREATE = "os_compute_api:servers:create"
ME = {"project_id": "sensitive", "user_id": "u", "roles": ["member"]}


def question(
    zone: object = "qualified", rule: str = CREATE, project: object = "sensitive"
) -> Question:
    target = {"project_id": project, "availability_zone": zone}
    return Question(rule=rule, target=target, credentials=ME)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (question(), True),
        (question("qualified:host"), False),
        (question("standard"), False),
        (question(None), False),
        (question(object()), False),
        (question("standard", project="public"), True),
        (question("standard", project=None), False),
        (question("standard", project="unlabelled"), False),
        (question(rule=""), False),
        (question(rule="volume:create"), True),
        (question(rule="backup:create"), True),
        (question(rule="add_image"), False),
        (question(None, rule="stacks:create"), False),
        (question(rule="create_network"), True),
        (question(rule="something:new"), False),
    ],
)
def test_a_rule_holds_by_class_and_zone(
    in_force: Regimes, asked: Question, *, allowed: bool
) -> None:
    assert ask(asked, in_force).value is allowed


def test_the_owner_of_the_thing_comes_before_who_asks() -> None:
    admin = {"project_id": "admin"}

    assert (
        Question(rule="", target={"tenant_id": "t"}, credentials=admin).project == "t"
    )
    assert Question(rule="", target={"owner": "o"}, credentials=admin).project == "o"
    assert Question(rule="", target={}, credentials=admin).project == "admin"
    assert Question(rule="", target={}, credentials={}).project == ""


def test_what_is_decided_is_logged(
    in_force: Regimes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ask(question("standard"), in_force)
    ask(question(), in_force)
    refused, allowed = (json.loads(one.getMessage()) for one in caplog.records)

    assert refused["event"] == "guardrail.policy"
    assert refused["verdict"] == "deny"
    assert refused["rules"] == ["baseline-sensitive"]
    assert caplog.records[0].levelname == "WARNING"
    assert allowed["verdict"] == "allow"
    assert caplog.records[1].levelname == "INFO"


def test_an_observer_allows_and_says_so(
    in_force: Regimes, caplog: pytest.LogCaptureFixture
) -> None:
    assert ask(question("standard"), in_force, "observe").value is True
    assert json.loads(caplog.records[0].getMessage())["mode"] == "observe"


class Nothing:
    """Regimes that cannot be had."""

    trouble = ""

    def current(self) -> object:
        raise RuntimeError("a secret")


def test_what_cannot_be_decided_is_not_allowed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ask(question(), Nothing()).value is False  # type: ignore[arg-type]
    assert "a secret" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_only_a_boolean_becomes_the_word() -> None:
    assert answer(Allowed(value=True)) == b"True"
    assert answer(Allowed(value=False)) == b"False"
    for odd in (1, "True", None, [1]):
        assert answer(Allowed(value=odd)) == b"False"  # type: ignore[arg-type]


def test_one_place_alone_writes_the_word() -> None:
    room = Path(rule_check.__file__).parent
    found = [
        path.name
        for path in room.glob("*.py")
        for line in path.read_text().splitlines()
        if 'b"True"' in line or "b'True'" in line
    ]

    assert found == ["policy.py"]


FORM = "application/x-www-form-urlencoded"


def form(parts: Mapping[str, object]) -> bytes:
    return urlencode({name: json.dumps(part) for name, part in parts.items()}).encode()


def parts(zone: str = "qualified", rule: object = CREATE) -> dict[str, Any]:
    target = {"project_id": "sensitive", "availability_zone": zone}
    return {"rule": rule, "target": target, "credentials": ME}


@pytest.mark.parametrize(
    ("zone", "word"), [("qualified", b"True"), ("standard", b"False")]
)
def test_both_encodings_of_a_check_are_answered(
    in_force: Regimes, zone: str, word: bytes
) -> None:
    document = json.dumps(parts(zone)).encode()

    assert reply(FORM, form(parts(zone)), "", in_force) == word
    assert reply("application/json; charset=utf-8", document, "", in_force) == word


def test_a_service_that_names_no_rule_names_it_in_the_path() -> None:
    asked = question_of(FORM, form(parts(rule=None)), "/neutron/create_network/")

    assert asked.rule == "create_network"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (FORM, b""),
        (FORM, b"rule"),
        (FORM, b"target={}&target={}&credentials={}"),
        (FORM, b"\xff"),
        (FORM, b"rule=x&target={}&credentials={}"),
        (FORM, b'rule="x"&target=[]&credentials={}'),
        (FORM, b"&".join(b"a%d=1" % number for number in range(20))),
        ("application/json", b""),
        ("application/json", b"[]"),
        ("application/json", b'{"target": {}, "target": {}, "credentials": {}}'),
        ("application/json", b'{"target": {}}'),
    ],
)
def test_what_is_no_question_is_answered_false(
    in_force: Regimes, kind: str, content: bytes
) -> None:
    assert reply(kind, content, "", in_force) == b"False"


def environ(content: bytes, **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/nova",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        **more,
    }


def test_the_application_answers_over_wsgi(in_force: Regimes) -> None:
    found = call(Endpoint(in_force), environ(form(parts())))

    assert (found.status, found.content) == (200, b"True")
    huge = environ(b"", CONTENT_LENGTH="99999999")
    assert call(Endpoint(in_force), huge).content == b"False"


@pytest.fixture
def enforcer(tmp_path: Path) -> Iterator[policy.Enforcer]:
    """An enforcer of oslo.policy as a service makes it, with our check in a rule."""
    conf = cfg.ConfigOpts()
    (tmp_path / "service.conf").write_text(
        f"[guardrail]\nconfig = {folder(tmp_path)}\n"
    )
    conf(["--config-file", str(tmp_path / "service.conf")])
    found = policy.Enforcer(conf, use_conf=False)
    found.set_rules(
        policy.Rules.from_dict(
            {
                CREATE: "role:member and guardrail:nova",
                "create_network": "guardrail:neutron/create_network",
            }
        ),
        use_conf=False,
    )
    yield found
    rule_check._IN_FORCE.clear()


def test_oslo_policy_finds_the_check_by_its_entry_point(
    enforcer: policy.Enforcer,
) -> None:
    good = {"project_id": "sensitive", "availability_zone": "qualified"}
    bad = {"project_id": "sensitive", "availability_zone": "standard"}

    assert enforcer.enforce(CREATE, good, ME) is True
    assert enforcer.enforce(CREATE, bad, ME) is False
    assert enforcer.enforce(CREATE, bad, ME) is False


class Sentinel:
    """As Neutron puts them into targets: nothing can be done with one."""

    def __eq__(self, other: object) -> bool:
        raise TypeError

    __hash__ = None  # type: ignore[assignment]


def test_a_target_of_neutron_may_hold_anything(enforcer: policy.Enforcer) -> None:
    target = {
        "project_id": "public",
        "mac_address": Sentinel(),
        "fixed_ips": Sentinel(),
    }
    check = rule_check.GuardrailCheck("guardrail", "neutron/create_network")

    assert check(target, ME, enforcer, None) is True
    assert check(object(), object(), enforcer, CREATE) is False
    assert check({"project_id": Sentinel()}, ME, enforcer, CREATE) is False


def test_a_check_without_settings_refuses(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    conf = cfg.ConfigOpts()
    (tmp_path / "service.conf").write_text("[guardrail]\nconfig = /nowhere.yaml\n")
    conf(["--config-file", str(tmp_path / "service.conf")])
    check = rule_check.GuardrailCheck("guardrail", "nova")
    enforcer = policy.Enforcer(conf, use_conf=False)

    assert check({"project_id": "public"}, ME, enforcer, CREATE) is False
    assert "/nowhere.yaml" in caplog.text


def test_in_force_is_what_the_settings_say(tmp_path: Path) -> None:
    observing = regimes(tmp_path, ADMISSION + "mode: observe\n")

    assert ask(question("standard"), observing).value is True
