from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail.configuration import clouds_yaml
from guardrail.configuration.clouds_yaml import read_clouds
from guardrail.errors import ConfigurationError
from guardrail.model import Unknown
from guardrail.placement import Entry

HUSH = "hush-77c0"


def read(tmp_path: Path, cloud: str, secure: str = "") -> Entry | Unknown:
    """The entry `one`, of which `cloud` is the text."""
    path = tmp_path / "clouds.yaml"
    path.write_text(f"clouds:\n  one: {cloud}\n", encoding="utf-8")
    if secure:
        text = f"clouds:\n  one: {secure}\n"
        (tmp_path / "secure.yaml").write_text(text, encoding="utf-8")
    return read_clouds(path, None).entries["one"]


def regions(entry: Entry | Unknown) -> dict[str, str]:
    """Region to the host that is asked for a token there."""
    assert isinstance(entry, Entry), entry
    return {name: known["auth.auth_url"] for name, known in entry.regions.items()}


def test_an_entry_says_where_its_keystone_is(tmp_path: Path) -> None:
    entry = read(
        tmp_path,
        f"{{auth: {{auth_url: 'https://a.example/v3', password: {HUSH}}}, region_name: r1}}",
    )

    assert entry == Entry(
        region="r1",
        regions={"r1": {"auth.auth_url": "https://a.example/v3", "region_name": "r1"}},
    )


def test_keys_may_be_spelled_with_hyphens(tmp_path: Path) -> None:
    entry = read(tmp_path, "{auth: {auth-url: 'https://a.example'}, region-name: r1}")

    assert regions(entry) == {"r1": "https://a.example"}


def test_an_entry_without_a_place_says_nothing(tmp_path: Path) -> None:
    assert regions(read(tmp_path, "{auth_type: none}")) == {"": ""}
    assert regions(read(tmp_path, "null")) == {"": ""}


def test_a_secure_file_beside_it_is_merged(tmp_path: Path) -> None:
    entry = read(
        tmp_path, "{region_name: r1}", "{auth: {auth_url: 'https://b.example'}}"
    )

    assert regions(entry) == {"r1": "https://b.example"}


def test_a_secure_file_that_is_named_is_taken_instead(tmp_path: Path) -> None:
    read(tmp_path, "{region_name: r1}", "{auth: {auth_url: 'https://b.example'}}")
    other = tmp_path / "other.yaml"
    other.write_text("clouds: {two: {auth: {auth_url: 'https://c.example'}}}")

    found = read_clouds(tmp_path / "clouds.yaml", other)

    assert regions(found.entries["one"]) == {"r1": ""}
    assert regions(found.entries["two"]) == {"": "https://c.example"}
    assert found.name.endswith("clouds.yaml + " + str(other))


def test_a_secure_file_with_no_place_in_it_is_not_named(tmp_path: Path) -> None:
    read(tmp_path, "{region_name: r1}", f"{{auth: {{password: {HUSH}}}}}")

    found = read_clouds(tmp_path / "clouds.yaml", None)

    assert found.name == str(tmp_path / "clouds.yaml")


def test_regions_may_have_their_own_keystone(tmp_path: Path) -> None:
    entry = read(
        tmp_path,
        "{auth: {auth_url: 'https://a.example'}, regions: [r1, {name: r2, "
        "values: {auth: {auth_url: 'https://b.example'}}}, {name: r3}]}",
    )

    assert regions(entry) == {
        "r1": "https://a.example",
        "r2": "https://b.example",
        "r3": "https://a.example",
    }
    assert isinstance(entry, Entry)
    assert entry.region == ""


def test_a_region_among_several_may_be_the_entry_s_own(tmp_path: Path) -> None:
    entry = read(tmp_path, "{region_name: r2, regions: [r1, r2]}")

    assert isinstance(entry, Entry)
    assert entry.region == "r2"


@pytest.mark.parametrize("stated", ["'r1,r2'", "[r1, r2]"])
def test_several_regions_may_stand_under_the_old_key(
    tmp_path: Path, stated: str
) -> None:
    entry = read(tmp_path, f"{{region_name: {stated}}}")

    assert isinstance(entry, Entry)
    assert (entry.region, list(entry.regions)) == ("", ["r1", "r2"])


def test_a_region_that_is_not_among_its_regions_is_refused(tmp_path: Path) -> None:
    entry = read(tmp_path, "{region_name: r3, regions: [r1, r2]}")

    assert isinstance(entry, Unknown)
    assert "not among its regions" in entry.reason


@pytest.mark.parametrize("key", ["profile", "cloud"])
def test_a_vendor_profile_fills_in_the_region(tmp_path: Path, key: str) -> None:
    entry = read(tmp_path, f"{{{key}: otc, region_name: eu-nl}}")

    assert regions(entry) == {"eu-nl": "https://iam.eu-nl.otc.t-systems.com/v3"}


def test_a_vendor_profile_has_regions_of_its_own(tmp_path: Path) -> None:
    entry = read(tmp_path, "{profile: otc}")

    assert list(regions(entry)) == ["eu-de", "eu-nl"]
    assert isinstance(entry, Entry)
    assert entry.region == ""


@pytest.mark.parametrize(
    ("vendor", "shown"),
    [
        (f"https://u:{HUSH}@vendor.example/{HUSH}", "vendor.example"),
        ("http://[", "?"),
        ("ovh", "ovh"),
    ],
)
def test_a_profile_on_the_network_is_not_fetched(
    tmp_path: Path, vendor: str, shown: str
) -> None:
    entry = read(tmp_path, f"{{profile: '{vendor}', region_name: r1}}")

    assert isinstance(entry, Unknown)
    assert f"the vendor profile {shown} is on the network" in entry.reason
    assert "auth_url" in entry.remedy
    assert HUSH not in entry.reason


def test_a_profile_that_the_sdk_does_not_have_is_unknown(tmp_path: Path) -> None:
    entry = read(tmp_path, "{profile: nobodys, auth: {auth_url: 'https://a.example'}}")

    assert isinstance(entry, Unknown)
    assert "no vendor profile nobodys" in entry.reason


@pytest.mark.parametrize(
    "cloud",
    [
        "{auth: {auth_url: 'https://{region_name:>99999999}.example'}}",
        "{auth: {auth_url: 'https://{nothing}.example'}}",
        "{region_name: '{auth}'}",
        "{regions: [{name: r1, values: {auth: {auth_url: '{0}'}}}]}",
    ],
)
def test_a_template_is_not_filled_in(tmp_path: Path, cloud: str) -> None:
    entry = read(tmp_path, cloud)

    assert isinstance(entry, Unknown)
    assert "holds a template" in entry.reason


def test_a_cloud_that_is_no_more_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openstack.config import vendors

    known = {"gone": {"status": "shutdown"}}
    monkeypatch.setattr(vendors, "_VENDOR_DEFAULTS", known)
    entry = read(tmp_path, "{profile: gone, region_name: r1}")

    assert isinstance(entry, Unknown)
    assert "openstacksdk does not accept" in entry.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "other: {}",
        "clouds: []",
        "clouds: {a: *b}",
        f"clouds: {{a: {{password: {HUSH}, password: {HUSH}}}}}",
        f"clouds: {{a: '{HUSH}\n",
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clouds.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_clouds(path, None)

    assert "clouds.yaml" in str(caught.value)
    assert HUSH not in str(caught.value)


def test_the_sdk_is_asked_for_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openstack.config", None)
    with pytest.raises(ConfigurationError, match=r"guardrail\[openstack\]"):
        read_clouds(tmp_path / "clouds.yaml", None)


_WATCHED = """
import sys
from pathlib import Path
import openstack.config, openstack.exceptions, requests, guardrail.shapes, platformdirs
from openstack.config import vendors
vendors.profiles()
from guardrail.configuration import clouds_yaml
from openstack.config.loader import OpenStackConfig
clouds_yaml.read_clouds(Path(sys.argv[1]), None)  # loads what is loaded on first use
seen = []
def hook(event, arguments):
    if event.startswith("socket.") or event == "open":
        seen.append(f"{event} {arguments[0]}")
sys.addaudithook(hook)
found = clouds_yaml.read_clouds(Path(sys.argv[1]), None)
for name, entry in found.entries.items():
    print("ENTRY", name, entry)
for one in seen:
    print("SEEN", one)
"""


def test_no_other_file_no_variable_and_no_network_is_used(tmp_path: Path) -> None:
    home = tmp_path / "home"
    elsewhere = home / ".config" / "openstack"
    elsewhere.mkdir(parents=True)
    planted = "clouds: {evil: {auth: {auth_url: 'https://evil.example'}}}\n"
    (elsewhere / "clouds.yaml").write_text(planted)
    (elsewhere / "secure.yaml").write_text(planted)
    (home / "clouds.yaml").write_text(planted)
    public = "public-clouds: {otc: {auth: {auth_url: 'https://evil.example'}}}\n"
    (home / "clouds-public.yaml").write_text(public)
    given = tmp_path / "given" / "clouds.yaml"
    given.parent.mkdir()
    given.write_text(
        f"clouds:\n  one: {{profile: otc, region_name: eu-de}}\n"
        f"  two: {{profile: ovh, auth: {{password: {HUSH}}}}}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, str(given)],
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "OS_CLOUD": "evil",
            "OS_AUTH_URL": "https://evil.example",
            "OS_REGION_NAME": "evil",
            "OS_CLIENT_CONFIG_FILE": str(home / "clouds.yaml"),
            "OS_CLIENT_SECURE_FILE": str(elsewhere / "secure.yaml"),
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert "evil" not in done.stdout
    assert HUSH not in done.stdout
    assert "iam.eu-de.otc" in done.stdout
    opened = [line for line in done.stdout.splitlines() if line.startswith("SEEN")]
    assert not [line for line in opened if "socket" in line]
    ours = [line for line in opened if str(given) in line or "/guardrail-" in line]
    assert opened == ours
    assert len(ours) > 2
    assert clouds_yaml.FORMAT == "clouds-yaml"
