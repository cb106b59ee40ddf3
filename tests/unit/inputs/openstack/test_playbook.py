from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.model import Change, Known, Resource, Stack, Unknown


def playbook(tasks: str, head: str = "") -> Stack:
    body = dedent(tasks).strip().replace("\n", "\n    ")
    return read(
        f"---\n- hosts: localhost\n{head}  tasks:\n    {body}\n".encode(),
        path="play.yml",
    )


def first(tasks: str, head: str = "") -> Resource:
    return playbook(tasks, head).resources[0]


def got(resource: Resource, name: str) -> Any:
    return resource.attributes.pick((name,)).get(name)


def blocking(found: Stack) -> str:
    return " ".join(gap.message for gap in found.gaps if gap.blocks)


def test_a_task_makes_a_resource_with_its_labels_and_its_line() -> None:
    found = first(
        "- name: x\n  openstack.cloud.volume: {display_name: d, metadata: {a: b}}"
    )

    assert (found.address, found.type) == (
        "volume.d",
        "openstack_blockstorage_volume_v3",
    )
    assert found.location == ("play.yml", 5)
    assert got(found, "metadata").value == {"a": "b"}


@pytest.mark.parametrize(
    ("module", "type_"),
    [
        ("openstack.cloud.server", "openstack_compute_instance_v2"),
        ("os_server", "openstack_compute_instance_v2"),
        ("openstack.cloud.object_container", "openstack_objectstorage_container_v1"),
        ("os_keystone_domain", "openstack_identity_domain_v3"),
        ("openstack.cloud.brand_new", "openstack.cloud.brand_new"),
    ],
)
def test_modules_are_known_by_any_of_their_names(module: str, type_: str) -> None:
    assert first(f"- {module}: {{name: n, state: present}}").type == type_


def test_words_of_the_module_are_those_of_the_provider() -> None:
    found = first("- os_server: {name: n, meta: {a: b}, region_name: r}")

    assert got(found, "metadata").value == {"a": "b"}
    assert got(found, "region").value == "r"


def test_a_jinja_expression_is_unknown() -> None:
    found = first(
        '- os_server: {name: "{{ n }}", metadata: {a: "x{{ b }}", c: !vault d}, tags: ["{% c %}"]}'
    )

    assert found.address == "server"
    assert isinstance(got(found, "name"), Unknown)
    assert "playbook runs" in str(got(found, "metadata").value["a"].reason)
    assert isinstance(got(found, "metadata").value["c"], Unknown)
    assert isinstance(got(found, "tags").value[0], Unknown)


@pytest.mark.parametrize(
    "task",
    [
        '- os_server: "{{ args }}"',
        "- os_server: name=n cloud=c",
        "- action: os_server name=n",
        "- os_server: !vault x",
    ],
)
def test_arguments_that_are_not_known_leave_everything_unknown(task: str) -> None:
    found = first(task)

    assert isinstance(got(found, "metadata"), Unknown)
    assert isinstance(found.provider_configuration, Unknown)


def test_arguments_may_stand_in_other_places() -> None:
    for task in (
        "- action: {module: os_server, name: n}",
        "- local_action: {module: os_server, name: n}",
        "- os_server:\n  args: {name: n}",
        "- os_server: {name: n}\n  args: {cloud: c}",
    ):
        assert first(task).address == "server.n"


def test_a_loop_makes_one_that_stands_for_all_and_names_may_repeat() -> None:
    found = playbook("""
        - os_volume: {name: a}
          loop: [1, 2]
        - os_volume: {name: a}
          with_items: [1, 2]
        - os_volume: {name: b}
        - os_volume: {name: b}
    """)

    assert [one.address for one in found.resources] == [
        "volume.a[*]", "volume.a[*]#1", "volume.b", "volume.b#1",
    ]  # fmt: skip


def test_what_is_taken_away_is_deleted_and_what_is_asked_is_nothing() -> None:
    found = playbook("""
        - os_volume: {name: a, state: absent}
        - openstack.cloud.volume_info: {name: a}
        - openstack.cloud.auth:
    """)

    assert [one.change for one in found.resources] == [Change.DELETE]


def test_blocks_are_read_inside_of_blocks() -> None:
    found = playbook("""
        - block:
            - block: [{os_volume: {name: a}}]
          rescue: [{os_volume: {name: b}}]
          always: [{os_volume: {name: c}}]
    """)

    assert [one.address for one in found.resources] == [
        "volume.a",
        "volume.b",
        "volume.c",
    ]


def test_a_list_of_tasks_is_read_too() -> None:
    assert read(b"- os_volume: {name: a}\n", path="main.yml").resources


def test_a_task_says_which_cloud_it_goes_to() -> None:
    found = playbook("""
        - os_volume: {name: a}
        - os_volume: {name: b, cloud: prod}
        - os_volume: {name: c, auth: {auth_url: "https://k.example/v3", password: x}}
        - os_volume: {name: d, cloud: {auth: {auth_url: "https://k.example/v3"}}}
        - os_volume: {name: e, cloud: "{{ c }}"}
        - os_volume: {name: f, auth: "{{ a }}"}
        - os_volume: {name: g, cloud: prod}
    """)
    keys = [one.provider_configuration for one in found.resources]
    assert all(isinstance(key, Known) for key in keys)
    settings = [
        dict(found.providers[key.value].settings)
        for key in keys
        if isinstance(key, Known)
    ]

    assert settings[0] == {}
    assert settings[1]["cloud"].value == "prod"
    assert settings[2]["auth_url"].value == "https://k.example/v3"
    assert settings[3]["auth_url"].value == "https://k.example/v3"
    assert isinstance(settings[4]["cloud"], Unknown)
    assert isinstance(settings[5]["auth_url"], Unknown)
    assert keys[1] == keys[6]
    assert not any("k.example" in key for key in found.providers)


@pytest.mark.parametrize(
    "head",
    [
        "  module_defaults: {openstack.cloud.volume: {cloud: prod}}\n",
        "  module_defaults: {os_volume: {cloud: prod}}\n",
        "  module_defaults: {group/openstack.cloud.openstack: {cloud: prod}}\n",
    ],
)
def test_defaults_of_modules_count(head: str) -> None:
    found = playbook("- os_volume: {name: a}", head)

    assert [one.settings["cloud"].value for one in found.providers.values()] == ["prod"]


@pytest.mark.parametrize(
    ("tasks", "head", "names"),
    [
        ("- other.cloud.bucket: {name: x}", "", "other.cloud.bucket"),
        ("- include_tasks: more.yml", "", "include_tasks"),
        ("- shell: openstack volume create x", "", "shell"),
        ("- ansible.builtin.command: terraform apply", "", "command"),
        ("- ansible.legacy.script: deploy.sh", "", "script"),
        ("- raw: nova boot", "", "raw"),
        ("- uri: {url: 'https://keystone.example/v3', method: POST}", "", "uri"),
        ("- expect: {command: sh}", "", "expect"),
        ("- ansible.controller.job_launch: {name: x}", "", "ansible.controller.job_la"),
        ("- ansible.builtin.import_role: {name: x}", "", "import_role"),
        ("- s3_bucket: {name: x}", "", "s3_bucket"),
        (
            "- os_volume: {name: a}",
            "  roles: [db, {role: web}, {name: x}]\n",
            "roles: web",
        ),
        ("- os_volume: {name: a}", '  roles: "{{ r }}"\n', "roles: {{ r }}"),
        ("- os_volume: {name: a}", "  roles: 1.5\n", "roles: 1.5"),
        ("\n".join(f"- a{n}: {{x: y}}" for n in range(9)), "", "…"),
    ],
)
def test_what_may_create_more_blocks(tasks: str, head: str, names: str) -> None:
    assert names in blocking(playbook(tasks, head))


def test_modules_that_configure_hosts_are_left_alone() -> None:
    found = playbook("""
        - os_volume: {name: a}
        - debug: {msg: x}
        - ansible.builtin.copy: {src: a, dest: b}
          when: x
          register: y
        - ansible.posix.mount: {path: x}
    """)

    assert len(found.resources) == 1
    assert not blocking(found)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"- hosts: all\n  tasks: [{debug: {msg: x}}]\n", "creates nothing"),
        (b"- hosts: all\n  tasks: x\n", "tasks are a list"),
        (b"- hosts: all\n  tasks: [x]\n", "is a mapping"),
        (b'- hosts: all\n  tasks: [{os_volume: {name: "\\e"}}]\n', "control"),
    ],
)
def test_what_is_no_playbook_that_can_be_read_is_refused(
    document: bytes, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read(document, path="play.yml")


def test_a_playbook_is_a_list() -> None:
    from guardrail.inputs.openstack.playbook import read as read_playbook
    from guardrail.inputs.source import Source

    source = Source(path="p", sha256="", members={}, content=b"a: b")
    with pytest.raises(InputError, match="list of plays"):
        read_playbook(source)


def test_passwords_are_masked() -> None:
    found = first(
        "- os_server: {name: n, auth: {password: CANARY}, config: {db_secret: CANARY}}"
    )

    for name in ("auth", "config"):
        value = got(found, name)
        assert isinstance(value, Known)
        assert value.sensitive


@pytest.mark.parametrize(
    ("head", "task", "wanted"),
    [
        ("{OS_CLOUD: prod}", "{name: a}", {"cloud": "prod"}),
        (
            "{OS_AUTH_URL: 'https://k.example', OS_REGION_NAME: r}",
            "{name: a}",
            {"auth_url": "https://k.example", "region": "r"},
        ),
        (
            "{OS_AUTH_URL: 'https://k.example'}",
            "{name: a, cloud: own}",
            {"cloud": "own"},
        ),
        ("[{OS_CLOUD: a}, {OS_CLOUD: b}]", "{name: a}", {"cloud": "b"}),
        ("{OS_AUTH_URL: '{{ url }}'}", "{name: a}", {"auth_url": None}),
        ("'{{ all }}'", "{name: a}", {"auth_url": None}),
        ("['{{ all }}', {OS_CLOUD: b}]", "{name: a}", {"auth_url": None}),
        ("'{{ all }}'", "{name: a, cloud: own}", {"cloud": "own"}),
        ("{HTTP_PROXY: x}", "{name: a}", {}),
    ],
)
def test_the_environment_of_tasks_is_stronger_than_what_is_attested(
    head: str, task: str, wanted: dict[str, str | None]
) -> None:
    found = playbook(f"- os_volume: {task}", f"  environment: {head}\n")
    [configured] = found.providers.values()
    settings = {
        name: one.value if isinstance(one, Known) else None
        for name, one in configured.settings.items()
    }

    assert settings == wanted


def test_the_environment_of_a_task_adds_to_that_of_its_play() -> None:
    found = playbook(
        "- os_volume: {name: a}\n  environment: {OS_REGION_NAME: r}",
        "  environment: {OS_CLOUD: prod}\n",
    )
    [configured] = found.providers.values()

    assert {name: one.value for name, one in configured.settings.items()} == {
        "cloud": "prod",
        "region": "r",
    }
