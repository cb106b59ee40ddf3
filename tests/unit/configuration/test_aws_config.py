from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.configuration.aws_config import read_profiles
from guardrail.errors import ConfigurationError
from guardrail.placement import Entry

HUSH = "hush-90aa"
WHOLE = f"""\
# places
[default]
region = eu-west-3
aws_secret_access_key = {HUSH}
[profile dev]
region=eu-west-1
endpoint_url = https://all.example
services = mine
[profile 'a b']
sso_session = x
[services mine]
s3 =
  endpoint_url = https://s3.example
  addressing_style = path
dynamodb =
  endpoint_url=https://dynamo.example
odd
[sso-session x]
sso_region = us-east-1
"""


def places(tmp_path: Path, text: str) -> dict[str, dict[str, str]]:
    """Profile to what it says of places."""
    path = tmp_path / "config"
    path.write_text(text, encoding="utf-8")
    found = {}
    for name, entry in read_profiles(path).entries.items():
        assert isinstance(entry, Entry)
        found[name] = {k: v for k, v in entry.regions[""].items() if v}
    return found


def test_profiles_hold_places_and_nothing_else(tmp_path: Path) -> None:
    assert places(tmp_path, WHOLE) == {
        "default": {"region": "eu-west-3"},
        "dev": {
            "region": "eu-west-1",
            "endpoint_url": "https://all.example",
            "services.s3.endpoint_url": "https://s3.example",
            "services.dynamodb.endpoint_url": "https://dynamo.example",
        },
        "a b": {},
    }


def test_the_explicit_default_wins(tmp_path: Path) -> None:
    text = "[profile default]\nregion = b\n[default]\nregion = a\n"

    assert places(tmp_path, text) == {"default": {"region": "b"}}


def test_a_profile_may_ignore_configured_endpoints(tmp_path: Path) -> None:
    text = WHOLE.replace("services = mine", "services = mine\n"
                         "ignore_configured_endpoint_urls = True")  # fmt: skip

    assert places(tmp_path, text)["dev"] == {"region": "eu-west-1"}


def test_a_value_is_not_filled_in_and_no_section_is_inherited(tmp_path: Path) -> None:
    text = "[DEFAULT]\nregion = x\n[profile a]\nregion = %(home)s\n[profile b]\n"

    assert places(tmp_path, text) == {"a": {"region": "%(home)s"}, "b": {}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"region = {HUSH}\n", 1),
        (f"[default]\n= {HUSH}\n", 2),
        (f"[default]\n[default]\nregion = {HUSH}\n", 2),
        (f"[default]\nregion = {HUSH}\nregion = {HUSH}\n", 3),
    ],
)
def test_an_error_names_the_line_and_never_what_is_in_it(
    tmp_path: Path, text: str, line: int
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        places(tmp_path, text)

    assert f"config, line {line}" in str(caught.value)
    assert HUSH not in str(caught.value)
