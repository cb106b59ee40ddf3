"""Labels of projects: stated, or asked of Keystone and remembered for a while."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from guardrail.assessment import Knowledge
from guardrail.errors import ConfigurationError
from guardrail.library import Library
from guardrail.openstack.admission import Admission
from guardrail.openstack.projects import (
    Remembered,
    UnavailableError,
    labels_of,
    statement_of,
)
from guardrail.openstack.regime import Regimes
from guardrail.openstack.settings import read_settings
from tests.unit.openstack.made import ADMISSION, DAY, Service, call, environ, folder

pytestmark = pytest.mark.filterwarnings(
    "ignore::PendingDeprecationWarning", "ignore::DeprecationWarning"
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def remembered(answers: Sequence[object], clock: Clock) -> Remembered:
    queue = iter(answers)

    def ask(_project: str) -> Sequence[str]:
        found = next(queue)
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, list)
        return found

    return Remembered(ask, 60, clock)


def test_tags_are_asked_for_once_in_a_while() -> None:
    clock = Clock()
    find = remembered([["data_class=sensitive"], ["data_class:public"]], clock)

    assert [tag.value for tag in find("p")] == ["sensitive"]
    clock.now = 59
    assert [tag.value for tag in find("p")] == ["sensitive"]
    clock.now = 61
    assert [tag.value for tag in find("p")] == ["public"]


def test_a_failure_is_not_remembered_and_no_old_label_stands_in() -> None:
    clock = Clock()
    find = remembered([["a=b"], UnavailableError("down"), []], clock)
    find("p")
    clock.now = 61
    with pytest.raises(UnavailableError):
        find("p")

    assert find("p") == ()


def test_what_is_remembered_is_bounded() -> None:
    find = Remembered(lambda _project: [], 60, Clock())
    for number in range(5000):
        find(str(number))

    assert len(find._known) < 4200


def statement(tags: list[str], knowledge: Knowledge) -> Any:
    find = Remembered(lambda _project: tags, 60, Clock())
    return statement_of(find("p"), knowledge.lexicon)


def test_the_label_of_a_project_is_a_floor(knowledge: Knowledge) -> None:
    stated = statement(["data_class=sensitive", "other", "=x"], knowledge)

    assert stated.stack.rank == stated.stack.highest
    assert stated.stack.rank > 0


@pytest.mark.parametrize("tags", [[], ["team=a"], ["sensitive"]])
def test_a_project_may_say_nothing(tags: list[str], knowledge: Knowledge) -> None:
    stated = statement(tags, knowledge)

    assert stated.stack is None


def test_a_category_alone_is_a_label(knowledge: Knowledge) -> None:
    stated = statement(["data_categories=health"], knowledge)

    assert stated.stack.rank is None
    assert stated.stack.categories == {"health"}


@pytest.mark.parametrize(
    "tags",
    [["data_class=unheard"], ["data_class=public", "data_class=sensitive"]],
)
def test_a_label_that_is_not_clear_leaves_the_class_open(
    tags: list[str], knowledge: Knowledge
) -> None:
    stated = statement(tags, knowledge)

    assert stated.stack.rank < stated.stack.highest


class Keystone(BaseHTTPRequestHandler):
    """As much of Keystone as is asked."""

    tags: ClassVar[Any] = ["data_class=sensitive"]
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if "/projects/" in self.path:
            self._say(200, {"project": {"id": "p", "tags": self.tags}})
        else:
            url = f"http://127.0.0.1:{self.server.server_port}/v3/"  # type: ignore[attr-defined]
            version = {
                "id": "v3.14",
                "status": "stable",
                "links": [{"rel": "self", "href": url}],
            }
            self._say(200, {"version": version})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        url = f"http://127.0.0.1:{self.server.server_port}/v3"  # type: ignore[attr-defined]
        endpoint = {"interface": "public", "region_id": "R", "url": url, "id": "e"}
        self._say(
            201,
            {
                "token": {
                    "expires_at": "2099-01-01T00:00:00.000000Z",
                    "issued_at": "2026-01-01T00:00:00.000000Z",
                    "methods": ["password"],
                    "user": {"id": "u", "name": "u", "domain": {"id": "default"}},
                    "catalog": [
                        {"type": "identity", "id": "s", "endpoints": [endpoint]}
                    ],
                }
            },
        )

    def _say(self, status: int, document: object) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("X-Subject-Token", "t")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def keystone(tmp_path: Path) -> Iterator[Path]:
    """Settings that lead to a Keystone, whose server runs."""
    with HTTPServer(("127.0.0.1", 0), Keystone) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "clouds.yaml").write_text(
            "clouds:\n  guard:\n    region_name: R\n    auth:\n"
            f"      {{auth_url: 'http://127.0.0.1:{server.server_port}/v3',\n"
            "       username: u, password: p, project_name: p,\n"
            "       user_domain_id: default, project_domain_id: default}\n"
        )
        settings = ADMISSION.partition("projects:")[0] + (
            f"keystone: {{cloud: guard, clouds_yaml: {tmp_path / 'clouds.yaml'}}}\n"
            "projects: {'*': {class: internal}, stated: {class: public}}\n"
        )
        yield folder(tmp_path, settings)
        server.shutdown()


def test_keystone_is_asked_for_what_is_not_stated(
    keystone: Path, knowledge: Knowledge
) -> None:
    find = labels_of(read_settings(keystone), knowledge.lexicon)

    assert [tag.value for tag in find("p/../x")] == ["sensitive"]
    assert any("p%2F..%2Fx" in path for path in Keystone.asked)
    assert [tag.value for tag in find("stated")] == ["public"]
    assert [tag.value for tag in find("")] == ["internal"]


def test_a_project_without_tags_is_as_every_other(
    keystone: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keystone, "tags", [])
    find = labels_of(read_settings(keystone), knowledge.lexicon)

    assert [tag.value for tag in find("p")] == ["internal"]


def test_an_answer_that_is_none_is_no_label(
    keystone: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keystone, "tags", None)
    find = labels_of(read_settings(keystone), knowledge.lexicon)

    with pytest.raises(UnavailableError, match="TypeError"):
        find("p")


def test_while_keystone_is_down_nothing_is_let_through(keystone: Path) -> None:
    clouds = keystone.with_name("clouds.yaml")
    whole = clouds.read_text()
    dead = whole.replace(whole.split("127.0.0.1:")[1].split("/")[0], "9")
    clouds.write_text(dead)
    guard = Admission(Service(), "nova", Regimes(keystone, lambda: DAY))
    body = {"server": {"availability_zone": "qualified"}}
    answer = call(guard, environ("POST", "/servers", body, "p"))

    assert answer.status == 503
    assert "cannot be read now" in answer.document["serviceUnavailable"]["message"]


def test_an_entry_that_is_not_there_is_told(
    keystone: Path, knowledge: Knowledge
) -> None:
    keystone.with_name("clouds.yaml").write_text("clouds: {other: {}}\n")
    with pytest.raises(ConfigurationError, match="no cloud guard"):
        labels_of(read_settings(keystone), knowledge.lexicon)


def test_without_openstacksdk_it_is_told_what_to_install(
    keystone: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "openstack.config", None)
    with pytest.raises(ConfigurationError, match="not installed"):
        labels_of(read_settings(keystone), knowledge.lexicon)


def test_the_file_of_clouds_is_watched(keystone: Path) -> None:
    found = Regimes(keystone, lambda: DAY)

    assert str(keystone.with_name("clouds.yaml")) in found.current().stamp


def test_the_words_of_the_registry_label_projects(library: Library) -> None:
    assert library.vocabulary.class_keys
