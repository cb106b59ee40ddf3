"""Which requests place data, what of them is judged, and where it may go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.openstack.made import Answer, Service

Ask = Callable[..., Answer]
ID = "11111111-2222-3333-4444-555555555555"
GOOD, BAD = "qualified", "standard"
TEMPLATE = {
    "heat_template_version": "2021-04-16",
    "parameters": {"zone": {"type": "string", "default": GOOD}},
    "resources": {
        "machine": {
            "type": "OS::Nova::Server",
            "properties": {
                "flavor": "small",
                "availability_zone": {"get_param": "zone"},
            },
        }
    },
}


def server(zone: str | None = GOOD, **more: Any) -> dict[str, Any]:
    stated = {} if zone is None else {"availability_zone": zone}
    return {"server": {"name": "s", "flavorRef": "1", **stated, **more}}


def seen(zone: str = GOOD, metadata: object = None, **more: Any) -> Service:
    """Nova, with one server in it."""
    found: dict[str, Any] = {
        "OS-EXT-AZ:availability_zone": zone,
        "pinned_availability_zone": zone,
        "metadata": metadata or {},
        "tags": [],
        **more,
    }
    return Service({f"/servers/{ID}": {"server": found}})


def disk(zone: str = GOOD, metadata: object = None, **more: Any) -> dict[str, Any]:
    return {"availability_zone": zone, "metadata": metadata or {}, **more}


def cinder(**more: Any) -> Service:
    return Service(
        {
            "/p/volumes/good": {"volume": disk()},
            "/p/volumes/bad": {"volume": disk(BAD)},
            "/p/volumes/label": {
                "volume": disk(GOOD, {"data_class": "sensitive"}, volume_type="t")
            },
            "/p/volumes/spoilt": {"volume": disk(BAD, {"data_class": "sensitive"})},
            "/p/snapshots/label": {
                "snapshot": {"metadata": {"data_class": "sensitive"}}
            },
            "/p/backups/plain": {"backup": {"metadata": {}}},
            **more,
        }
    )


ATTACHED = {"volumeAttachment": {"volumeId": "plain"}}
IMAGED = {"imageRef": "plain"}
SENSITIVE = {"data_class": "sensitive"}
ELSEWHERE: dict[str, object] = {
    "/v2/images/plain": {"id": "plain", "visibility": "public", "owner": "ops"},
    "/v2/images/label": {"id": "label", "visibility": "public", **SENSITIVE},
    "/v2/images/tagged": {"id": "t", "tags": ["data_class=sensitive"]},
    "/v2/images/shared": {"id": "s", "visibility": "shared", "owner": "sensitive"},
    "/v3/p/volumes/plain": {"volume": {"metadata": {}, "availability_zone": BAD}},
    "/v3/p/volumes/good": {"volume": {"metadata": {}, "availability_zone": GOOD}},
    "/v3/p/volumes/label": {"volume": {"metadata": SENSITIVE}},
    "/v3/p/volumes/imaged": {
        "volume": {"metadata": {}, "volume_image_metadata": SENSITIVE}
    },
    "/v3/p/volumes/mute": {"volume": {}},
    "/v3/p/snapshots/label": {"snapshot": {"metadata": SENSITIVE}},
}
"""What the other services show."""
LOOSE = seen(pinned_availability_zone=None)
"""A server that lies well, and in no zone that Nova would keep it in."""
NOVA: list[tuple[str, object, Service | None, str]] = [
    ("POST /servers", server(), None, "allow"),
    ("POST /servers", server(BAD), None, "deny"),
    # A host that is named beside a zone may be in any other: Nova takes the host.
    ("POST /servers", server(f"{GOOD}:host:node"), None, "review"),
    ("POST /servers", server(f"{GOOD}:host"), None, "review"),
    ("POST /servers", server(f"{GOOD}::node"), None, "review"),
    ("POST /servers", server(f"{GOOD}:"), None, "allow"),
    ("POST /servers", server(f"{BAD}:{GOOD}"), None, "review"),
    ("POST /servers", server(None), None, "review"),
    ("POST /servers", {"server": {"availability_zone": None}}, None, "review"),
    ("POST /servers", server(GOOD.upper()), None, "deny"),
    ("POST /os-volumes_boot", server(BAD), None, "deny"),
    (
        "POST /servers",
        server(block_device_mapping_v2=[{"source_type": "image", "uuid": "plain"}]),
        None,
        "review",  # the volume that Nova makes goes nobody knows where
    ),
    (
        "POST /servers",
        server(
            block_device_mapping_v2=[
                {"source_type": "volume", "uuid": "plain"},
                {"source_type": "image", "destination_type": "local"},
                "odd",
            ],
            block_device_mapping=[{"volume_id": "plain"}],
        ),
        None,
        "allow",
    ),
    ("POST /servers", {"server": []}, None, "unjudged"),
    ("POST /servers", [], None, "unjudged"),
    ("POST /servers", None, None, "unjudged"),
    (f"POST /servers/{ID}/action", {"os-start": None}, seen(BAD), "allow"),
    (f"POST /servers/{ID}/action", {"resize": {"flavorRef": "2"}}, seen(), "allow"),
    (f"POST /servers/{ID}/action", {"resize": {"flavorRef": "2"}}, seen(BAD), "deny"),
    (f"POST /servers/{ID}/action", {"RESIZE": {}}, seen(BAD), "deny"),
    *(
        (f"POST /servers/{ID}/action", {action: {}}, LOOSE, "review")
        for action in ("resize", "migrate", "os-migrateLive", "evacuate", "unshelve")
    ),
    (f"POST /servers/{ID}/action", {"rebuild": {}}, LOOSE, "allow"),
    (
        f"POST /servers/{ID}/action",
        {"os-start": None, "resize": {}},
        seen(BAD),
        "deny",
    ),
    (f"POST /servers/{ID}/action", {}, seen(BAD), "deny"),
    (f"POST /servers/{ID}/action", None, seen(BAD), "deny"),
    (f"POST /servers/{ID}/action", {"unheard-of": {}}, seen(BAD), "deny"),
    (f"POST /servers/{ID}/action", {"migrate": {"host": "h"}}, seen(), "review"),
    (f"POST /servers/{ID}/action", {"migrate": None}, seen(), "allow"),
    (
        f"POST /servers/{ID}/action",
        {"unshelve": {"availability_zone": BAD}},
        seen(),
        "deny",
    ),
    (f"POST /servers/{ID}/action", {"unshelve": None}, seen(), "allow"),
    (f"POST /servers/{ID}/action", {"createImage": {"name": "i"}}, seen(), "review"),
    (f"POST /servers/{ID}/action", {"createBackup": {}}, seen(), "review"),
    (f"POST /servers/{ID}/action", {"resize": {}}, Service(), "unjudged"),
    (f"POST /servers/{ID}/metadata", {"metadata": {"a": "b"}}, seen(BAD), "deny"),
    (f"PUT /servers/{ID}/metadata/a", {"meta": {"a": "b"}}, seen(), "allow"),
    (f"PUT /servers/{ID}/tags", {"tags": ["a"]}, seen(), "allow"),
    (f"PUT /servers/{ID}/tags/a", None, seen(BAD), "deny"),
    (f"POST /servers/{ID}/os-volume_attachments", ATTACHED, seen(BAD), "deny"),
    (f"POST /servers/{ID}/os-volume_attachments", ATTACHED, seen(), "allow"),
    (f"POST /servers/{ID}/os-volume_attachments", {}, seen(), "unjudged"),
    (f"PUT /servers/{ID}/os-volume_attachments/plain", ATTACHED, seen(), "allow"),
    (f"PUT /servers/{ID}/os-volume_attachments/label", ATTACHED, seen(), "deny"),
    (f"POST /servers/{ID}/shares", {"share": {}}, seen(BAD), "deny"),
    (f"POST /servers/{ID}/action", {"shelve": None}, seen(), "review"),
    (f"POST /servers/{ID}/action", {"rebuild": IMAGED}, seen(), "allow"),
    (f"POST /servers/{ID}/action", {"rebuild": IMAGED}, seen(BAD), "deny"),
    ("POST /servers", server(imageRef="http://glance/images/plain"), None, "allow"),
    ("POST /servers", server(imageRef="gone"), None, "unjudged"),
    (
        "POST /servers",
        server(block_device_mapping_v2=[{"source_type": "tape", "uuid": "x"}]),
        None,
        "unjudged",
    ),
    ("POST /os-unheard-of", {"unheard": {}}, None, "deny"),
    ("BREW /servers", server(), None, "deny"),
    ("POST /os-volumes", {"volume": {"availability_zone": BAD}}, None, "deny"),
    ("POST /os-snapshots", {"snapshot": {"volume_id": "v"}}, None, "review"),
]
CINDER: list[tuple[str, object, Service | None, str]] = [
    ("POST /p/volumes", {"volume": disk()}, None, "allow"),
    ("POST /p/volumes", {"volume": disk(BAD)}, None, "deny"),
    ("POST /p/volumes", {"volume": {"size": 1}}, None, "review"),
    ("POST /p/volumes/good/action", {"os-extend": {}}, cinder(), "allow"),
    ("POST /p/volumes/bad/action", {"os-extend": {}}, cinder(), "deny"),
    ("POST /p/volumes/bad/action", {"os-attach": {}}, cinder(), "allow"),
    (
        "POST /p/volumes/bad/action",
        {"os-attach": {}, "os-extend": {}},
        cinder(),
        "deny",
    ),
    ("POST /p/volumes/bad/action", None, cinder(), "deny"),
    ("POST /p/volumes/good/action", {"os-migrate_volume": {}}, cinder(), "review"),
    (
        "POST /p/volumes/good/action",
        {"os-retype": {"new_type": "x"}},
        cinder(),
        "allow",
    ),
    ("POST /p/volumes/good/action", {"os-volume_upload_image": {}}, cinder(), "review"),
    ("POST /p/volumes/bad/metadata", {"metadata": {"a": "b"}}, cinder(), "deny"),
    ("PUT /p/volumes/good/metadata/a", {"meta": {"a": "b"}}, cinder(), "allow"),
    ("POST /p/snapshots", {"snapshot": {"volume_id": "good"}}, cinder(), "allow"),
    ("POST /p/snapshots", {"snapshot": {"volume_id": "bad"}}, cinder(), "deny"),
    ("POST /p/snapshots", {"snapshot": {"volume_id": "gone"}}, cinder(), "unjudged"),
    ("POST /p/backups", {"backup": {"volume_id": "good"}}, cinder(), "review"),
    ("POST /p/backups/plain/restore", {"restore": {}}, cinder(), "review"),
    (
        "POST /p/backups/plain/restore",
        {"restore": {"volume_id": "good"}},
        cinder(),
        "allow",
    ),
    (
        "POST /p/backups/plain/restore",
        {"restore": {"volume_id": "bad"}},
        cinder(),
        "deny",
    ),
    ("POST /p/volume-transfers/t/accept", {"accept": {}}, None, "review"),
    ("POST /p/os-volume-transfer/t/accept", {"accept": {}}, None, "review"),
    ("POST /p/manageable_volumes", {"volume": disk()}, None, "review"),
    ("POST /p/os-volume-manage", {"volume": disk()}, None, "review"),
    ("POST /p/groups/action", {"create-from-src": {}}, None, "review"),
    ("POST /p/group_snapshots", {"group_snapshot": {}}, None, "review"),
    ("POST /p/groups/g/action", {"delete": {}}, None, "allow"),
    ("POST /p/groups/g/action", {"failover_replication": {}}, None, "review"),
    ("POST /p/groups/g/action", None, None, "review"),
    ("POST /p/consistencygroups/create_from_src", {}, None, "review"),
    ("POST /p/cgsnapshots", {}, None, "review"),
    ("POST /p/manageable_snapshots", {}, None, "review"),
    ("POST /p/os-snapshot-manage", {}, None, "review"),
    ("POST /p/unheard-of", {}, None, "deny"),
    ("PUT /p/volumes/bad", {"volume": {"name": "n"}}, cinder(), "allow"),
    ("PUT /p/volumes/bad", {"volume": {"metadata": {}}}, cinder(), "deny"),
    (
        "POST /p/volumes/good/action",
        {"os-reimage": {"image_id": "plain"}},
        cinder(),
        "allow",
    ),
    (
        "POST /p/volumes/bad/action",
        {"os-reimage": {"image_id": "plain"}},
        cinder(),
        "deny",
    ),
]
IMAGE = Service({f"/v2/images/{ID}": {"id": ID, "name": "i", "tags": []}})
GLANCE: list[tuple[str, object, Service | None, str]] = [
    ("POST /v2/images", {"name": "i"}, None, "review"),
    (f"PUT /v2/images/{ID}/file", b"\0data", IMAGE, "review"),
    (f"PUT /v2/images/{ID}/stage", b"\0data", IMAGE, "review"),
    (f"POST /v2/images/{ID}/import", {"stores": ["vault"]}, IMAGE, "allow"),
    (f"POST /v2/images/{ID}/import", {"stores": ["vault", "x"]}, IMAGE, "deny"),
    (
        f"POST /v2/images/{ID}/import",
        {"stores": ["vault"], "all_stores": True},
        IMAGE,
        "review",
    ),
    (f"POST /v2/images/{ID}/import", {}, IMAGE, "review"),
    (f"POST /v2/images/{ID}/locations", {"url": "x"}, IMAGE, "review"),
    (
        f"PATCH /v2/images/{ID}",
        [{"op": "add", "path": "/a", "value": "b"}],
        IMAGE,
        "review",
    ),
    (f"PUT /v2/images/{ID}/tags/a", None, IMAGE, "review"),
    ("POST /v2/tasks", {"type": "import"}, None, "review"),
    (
        f"POST /v2/images/{ID}/import",
        {"stores": ["vault"], "method": {"name": "glance-download"}},
        IMAGE,
        "review",
    ),
    ("POST /v2/unheard-of", {}, None, "deny"),
]
NEUTRON: list[tuple[str, object, Service | None, str]] = [
    ("POST /v2.0/networks", {"network": {"name": "n"}}, None, "allow"),
    (
        "POST /v2.0/networks",
        {"networks": [{"tags": ["data_class=sensitive"]}]},
        None,
        "deny",
    ),
    (
        "POST /v2.0/networks.json",
        {
            "network": {
                "tags": ["data_class=sensitive"],
                "availability_zone_hints": [BAD],
            }
        },
        None,
        "deny",  # no qualification covers a network
    ),
    (
        "POST /v2.0/networks",
        {"network": {}, "networks": [{"tags": ["data_class=sensitive"]}]},
        None,
        "deny",  # Neutron takes the list where there are both
    ),
    (
        "POST /v2.0/networks",
        {"networks": [{"network": {"tags": ["data_class=sensitive"]}}]},
        None,
        "deny",
    ),
    ("POST /v2.0/routers", {"router": {}}, None, "allow"),
    ("POST /v2.0/routers", None, None, "allow"),
    (
        "POST /v2.0/vpn/ipsec-site-connections",
        {"ipsec_site_connection": {}},
        None,
        "deny",
    ),
    (
        "POST /v2.0/vpn/ipsec_site_connections",
        {"ipsec_site_connections": [{}]},
        None,
        "deny",
    ),
    (
        f"PUT /v2.0/vpn/ipsec-site-connections/{ID}",
        {"ipsec_site_connection": {"peer_address": "192.0.2.1"}},
        None,
        "deny",
    ),
    (
        f"PUT /v2.0/vpn/ipsec_site_connections/{ID}",
        {"ipsec_site_connection": {"admin_state_up": False}},
        None,
        "allow",
    ),
    (
        "POST /v2.0/taas/tap_mirrors",
        {"tap_mirror": {"remote_ip": "192.0.2.1"}},
        None,
        "deny",
    ),
    ("POST /v2.0/taas/tap-mirrors", {"tap_mirrors": [{}]}, None, "deny"),
]
OLD = {
    "/p/stacks/s/1/template": TEMPLATE,
    "/p/stacks/s/1/environment": {"parameters": {"zone": BAD}},
    "/p/stacks/s/1/files": {},
    "/p/stacks/s/1": {"stack": {"tags": None}},
    "/p/stacks/s/1/snapshots/n": {
        "snapshot": {
            "data": {"template": TEMPLATE, "environment": {"parameters": {"zone": BAD}}}
        }
    },
}
HEAT: list[tuple[str, object, Service | None, str]] = [
    ("POST /p/stacks", {"template": TEMPLATE}, None, "allow"),
    ("POST /p/stacks/preview", {"template": TEMPLATE}, None, "allow"),
    (
        "POST /p/stacks",
        {"template": TEMPLATE, "parameters": {"zone": BAD}},
        None,
        "deny",
    ),
    (
        "POST /p/stacks",
        {"template": TEMPLATE, "environment": {"parameters": {"zone": BAD}}},
        None,
        "deny",
    ),
    (
        "POST /p/stacks",
        {
            "template": TEMPLATE,
            "environment": {"parameters": {"zone": BAD}},
            "parameters": {"zone": GOOD},
        },
        None,
        "allow",
    ),
    (
        "POST /p/stacks",  # Heat leaves the environment aside where files are named
        {
            "template": TEMPLATE,
            "environment": {"parameters": {"zone": GOOD}},
            "parameters": {"zone": GOOD},
            "environment_files": ["e"],
            "files": {"e": f"parameters: {{zone: {BAD}}}"},
        },
        None,
        "deny",
    ),
    (
        "POST /p/stacks",
        {"template": TEMPLATE, "environment_files": ["e"]},
        None,
        "review",
    ),
    (
        "POST /p/stacks",
        {"template": TEMPLATE, "environment_files": "e"},
        None,
        "review",
    ),
    ("POST /p/stacks", {"template": TEMPLATE, "files_container": "c"}, None, "review"),
    ("POST /p/stacks", {"template_url": "https://example.org/"}, None, "review"),
    ("POST /p/stacks", {"template": "{{ zone }}"}, None, "unjudged"),
    ("POST /p/stacks", {"template": "[" * 5000}, None, "unjudged"),
    ("POST /p/stacks", {"template": {"resources": {}}}, None, "unjudged"),
    (
        "POST /p/stacks",  # nothing of that environment is left
        {
            "template": {
                **TEMPLATE,
                "parameters": {"zone": {"type": "string", "default": BAD}},
            },
            "environment": {"parameters": {"zone": GOOD}},
            "environment_files": ["e"],
            "files": {"e": "{}"},
        },
        None,
        "deny",
    ),
    (
        "POST /p/stacks",
        {
            "adopt_stack_data": {
                "template": TEMPLATE,
                "environment": OLD["/p/stacks/s/1/environment"],
            }
        },
        None,
        "deny",
    ),
    ("POST /p/stacks", {"adopt_stack_data": '{"template": null}'}, None, "review"),
    ("POST /p/stacks", {"adopt_stack_data": "{"}, None, "unjudged"),
    ("PUT /p/stacks/s/1", {"template": TEMPLATE}, None, "allow"),
    ("PUT /p/stacks/s/1", {"existing": True}, Service(OLD), "deny"),
    ("PATCH /p/stacks/s/1", {}, Service(OLD), "deny"),
    ("PATCH /p/stacks/s/1", {"parameters": {"zone": GOOD}}, Service(OLD), "allow"),
    ("PATCH /p/stacks/s/1", {"clear_parameters": ["zone"]}, Service(OLD), "allow"),
    ("PATCH /p/stacks/s/1", {"template": TEMPLATE}, Service(OLD), "deny"),
    ("PATCH /p/stacks/s/1/preview", {"template_url": "x"}, Service(OLD), "review"),
    ("PATCH /p/stacks/s/1", {}, Service(), "unjudged"),
    ("POST /p/stacks/s/1/snapshots/n/restore", {}, Service(OLD), "deny"),
    ("POST /p/unheard-of", {}, None, "deny"),
]
CASES = [
    pytest.param(service, *case, id=f"{service} {case[0]} {case[3]} {place}")
    for service, cases in (
        ("nova", NOVA),
        ("cinder", CINDER),
        ("glance", GLANCE),
        ("neutron", NEUTRON),
        ("heat", HEAT),
    )
    for place, case in enumerate(cases)
]


@pytest.mark.parametrize(("service", "line", "body", "behind", "verdict"), CASES)
def test_what_a_sensitive_project_asks(
    ask: Ask,
    service: str,
    line: str,
    body: object,
    behind: Service | None,
    verdict: str,
    shown: dict[str, object],
) -> None:
    shown |= ELSEWHERE
    behind = behind or Service()
    before = len(behind.taken)
    answer = ask(service, line, body, behind=behind)

    assert answer.verdict == f"{verdict}; mode=enforce"
    assert (answer.status == 202) == (verdict == "allow")
    assert (len(behind.taken) > before) == (verdict == "allow")


@pytest.mark.parametrize(
    ("service", "line", "body", "behind"),
    [
        ("nova", "POST /servers", server(BAD), None),
        ("cinder", "POST /p/volumes", {"volume": disk(BAD)}, None),
        ("glance", f"PUT /v2/images/{ID}/file", b"\0data", IMAGE),
        ("heat", "POST /p/stacks", {"template": TEMPLATE}, None),
        ("neutron", "POST /v2.0/networks", {"network": {}}, None),
    ],
)
def test_public_data_goes_anywhere(
    ask: Ask, service: str, line: str, body: object, behind: Service | None
) -> None:
    assert ask(service, line, body, "public", behind).status == 202


LABELS = {
    "metadata": {"metadata": {"data_class": "sensitive"}},
    "tags": {"tags": ["data_class=sensitive"]},
}


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_a_label_on_the_server_raises_the_class_of_its_project(
    ask: Ask, label: dict[str, Any]
) -> None:
    assert ask("nova", "POST /servers", server(BAD, **label), "public").status == 403
    assert ask("nova", "POST /servers", server(GOOD, **label), "public").status == 202


def test_no_label_lowers_the_class_of_its_project(ask: Ask) -> None:
    lowered = server(BAD, metadata={"data_class": "public"})

    assert ask("nova", "POST /servers", lowered).verdict == "deny; mode=enforce"


def test_a_project_without_a_label_is_of_unknown_class(ask: Ask) -> None:
    assert ask("nova", "POST /servers", server(BAD), "other").status == 403
    assert ask("nova", "POST /servers", server(GOOD), "other").status == 202
    public = server(BAD, metadata={"data_class": "public"})
    assert ask("nova", "POST /servers", public, "other").status == 202


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (f"POST /servers/{ID}/metadata", {"metadata": {"data_class": "public"}}),
        (f"PUT /servers/{ID}/metadata/data_class", {"meta": {"data_class": "public"}}),
        (
            f"POST /servers/{ID}/action",
            {"rebuild": {"metadata": {"data_class": "public"}}},
        ),
    ],
)
def test_a_label_that_is_lowered_stays_in_sight(
    ask: Ask, line: str, body: object
) -> None:
    behind = seen(BAD, {"data_class": "sensitive"})

    assert ask("nova", line, body, "public", behind).verdict == "review; mode=enforce"


def test_labels_that_nova_does_not_show_may_say_anything(ask: Ask) -> None:
    behind = Service(
        {
            f"/servers/{ID}": {
                "server": {
                    "OS-EXT-AZ:availability_zone": BAD,
                    "pinned_availability_zone": BAD,
                }
            }
        }
    )
    answer = ask("nova", f"POST /servers/{ID}/action", {"resize": {}}, "public", behind)

    assert answer.verdict == "review; mode=enforce"


def test_an_image_keeps_the_label_that_a_patch_lowers(ask: Ask) -> None:
    behind = Service({f"/v2/images/{ID}": {"data_class": "sensitive", "tags": []}})
    line = f"PATCH /v2/images/{ID}"
    for change in (
        {"op": "replace", "path": "/data_class", "value": "public"},
        {"replace": "/data_class", "value": "public"},
    ):
        assert ask("glance", line, [change], "public", behind).status == 403
    tag = ask("glance", f"PUT /v2/images/{ID}/tags/x", None, "public", behind)
    assert tag.status == 403


def test_an_image_is_raised_by_a_tag(ask: Ask) -> None:
    line = f"PUT /v2/images/{ID}/tags/data_class=sensitive"

    assert ask("glance", line, None, "public", IMAGE).status == 403


def test_an_upload_goes_to_the_store_that_its_header_names(ask: Ask) -> None:
    line = f"PUT /v2/images/{ID}/file"
    header = {"HTTP_X_IMAGE_META_STORE": "vault"}
    taken = Service(IMAGE.shown)

    assert ask("glance", line, b"\0data", behind=taken, **header).status == 202
    assert taken.taken[-1][2] == b"\0data"


@pytest.mark.parametrize("source", ["source_volid", "snapshot_id"])
def test_a_volume_is_as_sensitive_as_what_it_copies(ask: Ask, source: str) -> None:
    def status(zone: str, metadata: object) -> int:
        copy = {"volume": disk(zone, metadata, **{source: "label"})}
        return ask("cinder", "POST /p/volumes", copy, "public", cinder()).status

    assert status(BAD, {}) == status(BAD, SENSITIVE) == 403
    assert status(GOOD, SENSITIVE) == 202
    assert status(GOOD, {}) == 403, "a copy says what it is a copy of"


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("POST /p/snapshots", {"snapshot": {"volume_id": "spoilt"}}),
        ("POST /p/backups", {"backup": {"volume_id": "label"}}),
        (
            "POST /p/snapshots",
            {"snapshot": {"volume_id": "spoilt", "metadata": {"data_class": "public"}}},
        ),
    ],
)
def test_a_copy_of_a_volume_is_as_sensitive_as_it(
    ask: Ask, line: str, body: object
) -> None:
    assert ask("cinder", line, body, "public", cinder()).status == 403


def test_what_an_administrator_does_is_judged_for_the_project_that_owns_it(
    ask: Ask,
) -> None:
    behind = seen(BAD, tenant_id="sensitive")
    line = f"POST /servers/{ID}/action"

    assert ask("nova", line, {"migrate": None}, "public", behind).status == 403
    network = {"network": {"project_id": "sensitive", "tags": ["data_class=public"]}}
    raised = ask("neutron", "POST /v2.0/networks", network, "public")
    assert raised.status == 403


def test_the_service_is_asked_as_the_caller_in_a_version_that_shows_enough(
    ask: Ask,
) -> None:
    behind = seen()
    ask(
        "nova",
        f"POST /abc/servers/{ID}/action",
        {"resize": {}},
        behind=Service({f"/abc/servers/{ID}": behind.shown[f"/servers/{ID}"]}),
    )
    ask("nova", f"POST /servers/{ID}/action", {"resize": {}}, behind=behind)
    asked = behind.asked[0]

    assert asked["HTTP_X_PROJECT_ID"] == "sensitive"
    assert asked["HTTP_X_OPENSTACK_NOVA_API_VERSION"] == "latest"
    assert asked["CONTENT_LENGTH"] == "0"
    assert asked["wsgi.input"].read() == b""


@pytest.mark.parametrize(
    "source",
    [
        {"imageRef": "label"},
        {"imageRef": "tagged"},
        {"imageRef": "shared"},
        {"block_device_mapping_v2": [{"source_type": "image", "uuid": "label",
                                      "destination_type": "local"}]},
        {"block_device_mapping_v2": [{"source_type": "volume", "uuid": "label"}]},
        {"block_device_mapping_v2": [{"source_type": "volume", "uuid": "imaged"}]},
        {"block_device_mapping": [{"volume_id": "label"}]},
        {"block_device_mapping": [{"volume_id": "x", "snapshot_id": "label"}]},
    ],
    ids=str,
)  # fmt: skip
def test_a_server_is_as_sensitive_as_what_it_is_made_of(
    ask: Ask, shown: dict[str, object], source: dict[str, Any]
) -> None:
    shown |= {**ELSEWHERE, "/v3/p/volumes/x": {"volume": {"metadata": {}}}}

    def verdict(zone: str, **more: Any) -> str:
        return ask(
            "nova", "POST /servers", server(zone, **source, **more), "public"
        ).verdict

    labelled = {"metadata": SENSITIVE}
    assert verdict(BAD).startswith("deny")
    assert verdict(BAD, **labelled).startswith("deny")
    assert verdict(GOOD).startswith("deny"), "the next copy would know nothing"
    assert verdict(GOOD, **labelled).startswith("allow")


def test_a_source_that_shows_no_labels_may_say_anything(
    ask: Ask, shown: dict[str, object]
) -> None:
    shown |= ELSEWHERE
    disks = [{"source_type": "volume", "uuid": "mute"}]
    asked = server(BAD, block_device_mapping_v2=disks)

    assert ask("nova", "POST /servers", asked, "public").verdict.startswith("review")


def test_what_is_made_of_a_plain_image_is_what_it_says(
    ask: Ask, shown: dict[str, object]
) -> None:
    shown |= ELSEWHERE
    asked = server(BAD, imageRef="plain", metadata={"data_class": "public"})

    assert ask("nova", "POST /servers", asked, "other").status == 202


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (f"POST /servers/{ID}/action", {"rebuild": {"imageRef": "label"}}),
        (f"POST /servers/{ID}/action", {"rescue": {"rescue_image_ref": "label"}}),
        (
            f"POST /servers/{ID}/os-volume_attachments",
            {"volumeAttachment": {"volumeId": "label"}},
        ),
        (
            f"PUT /servers/{ID}/os-volume_attachments/label",
            {"volumeAttachment": {"volumeId": "good"}},
        ),
    ],
)
def test_what_is_put_on_a_server_makes_it_as_sensitive(
    ask: Ask, shown: dict[str, object], line: str, body: object
) -> None:
    shown |= ELSEWHERE

    def status(zone: str, metadata: object = None) -> int:
        return ask("nova", line, body, "public", seen(zone, metadata)).status

    assert status(BAD) == status(BAD, SENSITIVE) == status(GOOD) == 403
    if "good" not in str(body):
        assert status(GOOD, SENSITIVE) == 202


def test_the_volume_that_takes_the_data_of_another_says_what_it_is(
    ask: Ask, shown: dict[str, object]
) -> None:
    shown |= ELSEWHERE
    shown["/v3/p/volumes/new"] = {"volume": disk(GOOD, SENSITIVE)}
    shown["/v3/p/volumes/far"] = {"volume": disk(BAD, SENSITIVE)}
    line = f"PUT /servers/{ID}/os-volume_attachments/label"
    behind = seen(GOOD, SENSITIVE)

    def status(named: str) -> int:
        body = {"volumeAttachment": {"volumeId": named}}
        return ask("nova", line, body, "public", behind).status

    assert status("label") == 202, "only how it is detached changes"
    assert status("new") == 202
    assert status("far") == 403


def test_an_image_of_a_labelled_server_says_so(ask: Ask) -> None:
    """Where all of the cloud is qualified: the label would be lost on the way."""
    behind = seen(GOOD, {"data_class": "internal"})

    def status(metadata: object) -> int:
        body = {"createImage": {"name": "i", "metadata": metadata}}
        line = f"POST /servers/{ID}/action"
        return ask("nova", line, body, "public", behind).status

    assert status({}) == 403
    assert status({"data_class": "internal"}) == 202
    shelved = ask(
        "nova", f"POST /servers/{ID}/action", {"shelve": None}, "public", behind
    )
    assert shelved.status == 202, "Nova keeps the labels with the server"


@pytest.mark.parametrize(
    ("line", "body", "labelled"),
    [
        (
            "POST /p/snapshots",
            {"snapshot": {"volume_id": "label"}},
            {"snapshot": {"volume_id": "label", "metadata": SENSITIVE}},
        ),
        (
            "POST /p/backups/label/restore",
            {"restore": {"volume_id": "good"}},
            {"restore": {"volume_id": "label"}},
        ),
        (
            "POST /p/volumes/good/action",
            {"os-reimage": {"image_id": "gone"}},
            {"os-reimage": {"image_id": "label"}},
        ),
        (
            "POST /p/volumes",
            {"volume": disk(BAD, imageRef="label")},
            {"volume": disk(GOOD, imageRef="label")},
        ),
    ],
)
def test_a_copy_in_cinder_says_what_it_is_a_copy_of(
    ask: Ask, shown: dict[str, object], line: str, body: object, labelled: object
) -> None:
    """Properties of an image Cinder hands on by itself."""
    shown |= ELSEWHERE
    behind = cinder(**{"/p/backups/label": {"backup": {"metadata": SENSITIVE}}})

    assert ask("cinder", line, body, "public", behind).status in {403, 404}
    assert ask("cinder", line, labelled, "public", behind).status == 202


def test_a_backup_of_a_snapshot_has_the_labels_of_both(ask: Ask) -> None:
    volume = {"/p/volumes/mild": {"volume": disk(GOOD)}}
    behind = cinder(**volume)

    def verdict(**more: str) -> str:
        body = {"backup": {"volume_id": "mild", "availability_zone": BAD, **more}}
        return ask("cinder", "POST /p/backups", body, "public", behind).verdict

    assert verdict().startswith("allow")
    assert verdict(snapshot_id="label").startswith("deny")


def test_an_image_of_a_labelled_volume_needs_the_label_among_its_properties(
    ask: Ask,
) -> None:
    mild = {"data_class": "internal"}
    behind = cinder(
        **{
            "/p/volumes/mild": {"volume": disk(GOOD, mild)},
            "/p/volumes/both": {"volume": disk(GOOD, mild, volume_image_metadata=mild)},
        }
    )

    def status(name: str) -> int:
        line = f"POST /p/volumes/{name}/action"
        body = {"os-volume_upload_image": {"image_name": "i"}}
        return ask("cinder", line, body, "public", behind).status

    assert status("mild") == 403
    assert status("both") == 202


def test_the_tags_of_a_stack_are_labels_of_all_in_it(ask: Ask) -> None:
    bad = {"template": TEMPLATE, "parameters": {"zone": BAD}}
    tagged = {**bad, "tags": "team, data_class=sensitive"}

    assert ask("heat", "POST /p/stacks", bad, "public").status == 202
    assert ask("heat", "POST /p/stacks", tagged, "public").status == 403
    assert ask("heat", "POST /p/stacks", tagged, "other").status == 403
    kept = {**OLD, "/p/stacks/s/1": {"stack": {"tags": ["data_class=sensitive"]}}}
    for line in ("PATCH /p/stacks/s/1", "POST /p/stacks/s/1/snapshots/n/restore"):
        assert ask("heat", line, {}, "public", Service(OLD)).status == 202
        assert ask("heat", line, {}, "public", Service(kept)).status == 403
    fine = {**tagged, "parameters": {"zone": GOOD}}
    assert ask("heat", "POST /p/stacks", fine, "public").status == 202


def test_no_tag_of_a_stack_lowers_the_class_of_its_project(ask: Ask) -> None:
    body = {"template": TEMPLATE, "parameters": {"zone": BAD}}
    tagged = {**body, "tags": "data_class=public"}

    assert ask("heat", "POST /p/stacks", tagged, "sensitive").status == 403


@pytest.mark.parametrize(
    ("line", "more", "status"),
    [
        ("GET /v1/", {"QUERY_STRING": "Action=ListStacks"}, 404),
        ("GET /v1/", {}, 404),
        ("POST /v1/", {"QUERY_STRING": "Action=DescribeStacks"}, 202),
        ("PUT /v1/waitcondition/arn%3Aopenstack%2Fs%2F1", {}, 202),
        ("POST /v1/signal/arn%3Aopenstack%2Fs%2F1", {}, 202),
        ("GET /v1/", {"QUERY_STRING": "Action=CreateStack&TemplateURL=x"}, 403),
        ("GET /v1/", {"QUERY_STRING": "Acti%6fn=UpdateStack"}, 403),
        ("POST /v1/", {"QUERY_STRING": "Action=ListStacks&Action=CreateStack"}, 403),
        ("POST /v1/stacks", {}, 403),
        ("PUT /v1/stacks/s", {}, 403),
        ("POST /v1/", {"CONTENT_TYPE": "multipart/form-data; boundary=x"}, 400),
    ],
)
def test_no_stack_is_made_in_the_form_of_aws(
    ask: Ask, line: str, more: dict[str, str], status: int
) -> None:
    body = b"" if "CONTENT_TYPE" not in more else b"--x--"

    assert ask("heat-cfn", line, body, "public", **more).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"Action=CreateStack", 403),
        (b"Action=ListStacks", 202),
        (b"Action=\xff", 400),
        (b"&".join([b"a=b"] * 2000), 400),
    ],
)
def test_the_action_may_stand_in_the_body(ask: Ask, body: bytes, status: int) -> None:
    answer = ask("heat-cfn", "POST /v1/", body, "public")

    assert answer.status == status
    if status == 403:
        assert answer.content.startswith(b"<ErrorResponse><Error><Type>Sender")
        assert b"Heat's own API" in answer.content.replace(b"&#x27;", b"'")
