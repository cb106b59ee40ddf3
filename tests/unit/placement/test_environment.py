"""What is attested: variables and files, in the order in which providers read them."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.model import ABSENT, Evidence, Known, Setting, Unknown
from guardrail.placement import AttestedFile, Entry, Environment, attested, telling
from guardrail.placement.providers import (
    EnvironmentVariable,
    FileSetting,
    Match,
    SettingsFile,
)
from tests.unit.placement.made import constant, hint, profile, signals

VARIABLES = (
    EnvironmentVariable(
        setting="endpoint",
        names=("CLOUD_URL_{SERVICE}", "CLOUD_URL"),
        unless="CLOUD_OFF",
    ),
    EnvironmentVariable(setting="region", names=("CLOUD_REGION",)),
)
HOW: dict[str, Any] = {
    "endpoints": ("endpoints.{service}", "url"),
    "endpoint_services": (Match(to="s3", types=("cloud_bucket",)),),
    "environment": VARIABLES,
}


def file(*, beats: tuple[str, ...] = (), default: str = "") -> SettingsFile:
    """A file with entries, as a profile describes it."""
    return SettingsFile(
        format="clouds-yaml",
        entry="cloud",
        names=("CLOUD",),
        variable="CLOUD_FILE",
        default=default,
        elsewhere=("own_files",),
        settings=(
            FileSetting(
                setting="endpoint",
                names=("{service}.url", "url"),
                beats=beats,
                unless="CLOUD_OFF",
            ),
            FileSetting(setting="region", names=("region",)),
        ),
    )


BENEATH = profile(**HOW, files=(file(default="usual"),))
"""The block beats the environment, which beats the file."""
ABOVE = profile(**HOW, files=(file(beats=("url",)),))
"""An entry that is named beats all but the endpoints of services."""


def entry(region: str = "r1", **settings: str) -> Entry:
    return Entry(region=region, regions={region: {"region": region, **settings}})


GIVEN = AttestedFile(
    format="clouds-yaml",
    name="clouds.yaml",
    entries={
        "one": entry(url="https://file.example"),
        "usual": entry(url="https://usual.example"),
        "s3": entry(url="https://file.example", **{"s3.url": "https://s3.example"}),
        "placeless": Entry(regions={"": {}}),
        "shut": Unknown("cannot be read offline"),
        "many": Entry(
            regions={
                "r1": {"region": "r1", "url": "https://r1.example"},
                "r2": {"region": "r2", "url": "https://r2.example"},
                "r3": {"region": "r3"},
            }
        ),
    },
)


def found(
    how: Any,
    block: dict[str, Any],
    *,
    given: bool = True,
    complete: bool = True,
    type_: str = "cloud_bucket",
    **values: str,
) -> Any:
    environment = Environment(
        values=values, complete=complete, files=(GIVEN,) if given else ()
    )
    return signals(how, block, environment=environment, type_=type_)


def said(setting: Setting[str]) -> tuple[str, str]:
    """The value and the code of its evidence."""
    assert isinstance(setting, Known), setting
    return setting.value, setting.evidence.code


def reason(setting: Setting[str]) -> str:
    assert isinstance(setting, Unknown), setting
    return setting.reason


# What is selected


def test_a_block_names_the_entry() -> None:
    seen = found(ABOVE, {"cloud": constant("one")})

    assert said(seen.endpoint) == ("file.example", "E5")
    assert said(seen.region) == ("r1", "E5")
    assert "`url` of `one` in clouds.yaml" in seen.endpoint.because


def test_the_environment_names_the_entry_where_the_block_does_not() -> None:
    assert said(found(ABOVE, {}, CLOUD="one").endpoint) == ("file.example", "E5")
    seen = found(ABOVE, {"cloud": constant("one")}, CLOUD="many")
    assert said(seen.endpoint) == ("file.example", "E5")


def test_a_hint_at_the_entry_gives_no_more_than_a_hint() -> None:
    assert said(found(ABOVE, {"cloud": hint("one")}).endpoint) == ("file.example", "E6")


def test_the_default_entry_is_in_force_where_nobody_names_one() -> None:
    assert said(found(BENEATH, {}).endpoint) == ("usual.example", "E5")


def test_the_default_entry_is_a_hint_where_another_may_be_named() -> None:
    seen = found(
        BENEATH, {}, complete=False, CLOUD_URL="", CLOUD_URL_S3="", CLOUD_REGION=""
    )
    assert said(seen.endpoint) == ("usual.example", "E6")
    seen = found(BENEATH, {}, complete=False, CLOUD_URL="", CLOUD_URL_S3="", CLOUD="")
    assert said(seen.endpoint) == ("usual.example", "E5")


def test_a_default_entry_that_is_not_there_says_nothing() -> None:
    how = profile(**HOW, files=(file(default="nobodys"),))

    assert found(how, {}).endpoint is ABSENT


def test_without_a_name_no_entry_is_taken() -> None:
    seen = found(ABOVE, {})

    assert "nothing says which entry of clouds.yaml is used" in reason(seen.endpoint)
    seen = found(ABOVE, {"url": constant("https://block.example")})
    assert said(seen.endpoint) == ("block.example", "E3")


@pytest.mark.parametrize(
    ("name", "why"),
    [("none", "has no entry `none`"), ("shut", "cannot be read offline")],
)
def test_an_entry_that_cannot_be_read_is_unknown(name: str, why: str) -> None:
    block = {"cloud": constant(name), "url": constant("https://block.example")}

    assert why in reason(found(ABOVE, block).endpoint)


def test_an_entry_that_is_not_known_is_unknown() -> None:
    block = {"cloud": Unknown("later"), "url": constant("https://block.example")}

    assert reason(found(ABOVE, block).endpoint) == "later"
    assert "not given" in reason(found(ABOVE, block, given=False).endpoint)


def test_an_entry_under_a_sensitive_mask_is_not_named() -> None:
    block = {"cloud": Known("one", Evidence.CONSTANT, "", True)}
    seen = found(ABOVE, block)

    assert said(seen.endpoint) == ("file.example", "E5")
    assert "`one`" not in seen.endpoint.because
    missing = {"cloud": Known("hush", Evidence.CONSTANT, "", True)}
    assert "hush" not in reason(found(ABOVE, missing).endpoint)


# What wins


def test_an_entry_beats_the_block_and_the_environment_where_the_profile_says_so() -> (
    None
):
    block = {"cloud": constant("one"), "url": constant("https://block.example")}
    seen = found(ABOVE, block, CLOUD_URL="https://variable.example")

    assert said(seen.endpoint) == ("file.example", "E5")


def test_an_endpoint_of_the_service_stays_before_the_entry() -> None:
    block = {
        "cloud": constant("one"),
        "endpoints": [{"s3": constant("https://override.example")}],
    }

    assert said(found(ABOVE, block).endpoint) == ("override.example", "E3")


def test_an_entry_of_a_file_that_is_not_given_is_asked_for() -> None:
    block = {"cloud": constant("one"), "url": constant("https://block.example")}
    seen = found(ABOVE, block, given=False)

    assert "names an entry of a file that is not given" in reason(seen.endpoint)
    assert isinstance(seen.endpoint, Unknown)
    assert seen.endpoint.remedy == "give it with --clouds-yaml"
    assert found(BENEATH, {"cloud": constant("one")}, given=False).endpoint is ABSENT


def test_an_entry_without_an_address_leaves_the_block() -> None:
    block = {"cloud": constant("placeless"), "url": constant("https://block.example")}

    assert said(found(ABOVE, block).endpoint) == ("block.example", "E3")
    assert found(ABOVE, {"cloud": constant("placeless")}).endpoint is ABSENT


def test_the_block_and_then_the_environment_beat_a_file_otherwise() -> None:
    block = {"url": constant("https://block.example")}

    assert said(found(BENEATH, block).endpoint) == ("block.example", "E3")
    seen = found(BENEATH, {}, CLOUD_URL="https://variable.example")
    assert said(seen.endpoint) == ("variable.example", "E5")
    assert said(found(BENEATH, {"region": constant("r9")}).region) == ("r9", "E3")
    assert said(found(BENEATH, {}, CLOUD_REGION="r8").region) == ("r8", "E5")


def test_a_variable_that_is_not_attested_makes_a_file_a_hint() -> None:
    seen = found(BENEATH, {"cloud": constant("one")}, complete=False)

    assert said(seen.endpoint) == ("file.example", "E6")
    assert "--env-complete" in seen.endpoint.because
    assert said(seen.region) == ("r1", "E6")
    seen = found(ABOVE, {"cloud": constant("one")}, complete=False)
    assert said(seen.endpoint) == ("file.example", "E5")


def test_a_block_with_files_of_its_own_does_not_read_the_one_given() -> None:
    block = {"cloud": constant("one"), "own_files": constant(["./evil"])}

    assert "read other files" in reason(found(BENEATH, block).endpoint)
    assert "read other files" in reason(found(ABOVE, block).endpoint)


def test_a_variable_may_switch_the_endpoints_off() -> None:
    block = {"cloud": constant("one")}
    variable = "https://variable.example"
    seen = found(BENEATH, block, CLOUD_OFF="TRUE", CLOUD_URL=variable)

    assert seen.endpoint is ABSENT
    seen = found(BENEATH, block, CLOUD_OFF="false", CLOUD_URL=variable)
    assert said(seen.endpoint) == ("variable.example", "E5")


# Services and regions


def test_an_entry_may_have_an_endpoint_for_a_service() -> None:
    block = {"cloud": constant("s3")}

    assert said(found(BENEATH, block).endpoint) == ("s3.example", "E5")


def test_the_endpoint_of_a_type_of_unknown_service_is_unknown() -> None:
    how = profile(
        **{**HOW, "endpoints": ("url",)},
        files=(
            SettingsFile(
                format="clouds-yaml",
                entry="cloud",
                names=("CLOUD",),
                variable="CLOUD_FILE",
                settings=(
                    FileSetting(
                        setting="endpoint", names=("services.{service}.url", "url")
                    ),
                ),
            ),
        ),
    )
    given = AttestedFile(
        format="clouds-yaml",
        name="f",
        entries={
            "s3": entry(**{"services.s3.url": "https://s3.example"}),
            "all": entry(url="https://all.example"),
        },
    )
    environment = Environment(files=(given,), complete=True)

    def of(name: str) -> Setting[str]:
        return signals(
            how,
            {"cloud": constant(name)},
            environment=environment,
            type_="cloud_other",
        ).endpoint

    assert "service that this type" in reason(of("s3"))
    assert said(of("all")) == ("all.example", "E5")


def test_an_entry_is_read_in_the_region_that_is_stated() -> None:
    block = {"cloud": constant("many"), "region": constant("r2")}

    assert said(found(ABOVE, block).endpoint) == ("r2.example", "E5")
    hinted = {"cloud": constant("many"), "region": hint("r2")}
    assert said(found(ABOVE, hinted).endpoint) == ("r2.example", "E6")
    seen = found(ABOVE, {"cloud": constant("many")}, CLOUD_REGION="r1")
    assert said(seen.endpoint) == ("r1.example", "E5")
    without = {"cloud": constant("many"), "region": constant("r3")}
    assert found(ABOVE, without).endpoint is ABSENT


@pytest.mark.parametrize("block", [{}, {"region": constant("elsewhere")}])
def test_regions_that_differ_leave_the_address_unknown(block: dict[str, Any]) -> None:
    seen = found(ABOVE, {"cloud": constant("many"), **block})

    assert "differs between the regions of the entry: r1, r2, r3" in reason(
        seen.endpoint
    )


# Blocks that a plan may hide


@pytest.mark.parametrize(
    ("hidden", "block", "evidence"),
    [
        (True, {}, "E6"),
        (False, {}, "E5"),
        (True, {"endpoints": [{"ec2": constant("https://e.example")}]}, "E6"),
    ],
)
def test_a_dynamic_block_may_beat_what_is_attested(
    hidden: bool, block: dict[str, Any], evidence: str
) -> None:
    how = profile(**HOW, blocks=("endpoints",))
    environment = Environment(values={"CLOUD_URL_S3": "https://a.example"})
    seen = signals(how, block, environment=environment, hidden=hidden)

    assert said(seen.endpoint) == ("a.example", evidence)


# What is listed


def test_what_is_attested_is_listed_without_secrets() -> None:
    environment = Environment(
        values={
            "CLOUD_URL_S3": "https://key:hush@s3.example/hush?t=hush",
            "CLOUD_URL": "unix:hush",
            "CLOUD_REGION": "r1",
            "CLOUD": "hush/hush",
            "CLOUD_PASSWORD": "hush",
            "CLOUD_TOKEN": "",
            "CLOUD_OFF": "",
        },
        sources={"CLOUD_REGION": "prod.env, line 1"},
        files=(GIVEN,),
    )
    listed = attested(environment, [ABOVE])

    assert "hush" not in str(listed)
    assert [(one.name, one.source, one.value) for one in listed] == [
        ("CLOUD", "the attested environment", None),
        ("CLOUD_OFF", "the attested environment", None),
        ("CLOUD_PASSWORD", "the attested environment", None),
        ("CLOUD_REGION", "prod.env, line 1", "r1"),
        ("CLOUD_TOKEN", "the attested environment", None),
        ("CLOUD_URL", "the attested environment", None),
        ("CLOUD_URL_S3", "the attested environment", "s3.example"),
        ("clouds-yaml", "clouds.yaml", None),
    ]


def test_a_word_that_looks_like_an_address_shows_its_host_alone() -> None:
    environment = Environment(
        values={"CLOUD_REGION": "https://u:hush@r.example/x", "CLOUD_URL": ""}
    )

    assert [one.value for one in attested(environment, [ABOVE])] == ["r.example", ""]


def test_every_variable_that_says_where_to_go_is_told_apart() -> None:
    given = dict.fromkeys(("CLOUD", "CLOUD_FILE", "CLOUD_OFF", "CLOUD_URL_S3", "CLOUD_REGION", "CLOUD_PASSWORD", "PATH", "XCLOUD", ""), "x")  # fmt: skip

    assert sorted(telling([ABOVE], given)) == [
        "CLOUD", "CLOUD_FILE", "CLOUD_OFF", "CLOUD_REGION", "CLOUD_URL_S3",
    ]  # fmt: skip


def test_the_source_of_a_variable_is_told() -> None:
    environment = Environment(values={"A": "b"}, sources={"A": "prod.env, line 2"})
    setting = environment.find(["A"])

    assert isinstance(setting, Known)
    assert setting.because == "`A` of the attested environment (prod.env, line 2)"
