from __future__ import annotations

import time

import pytest

from guardrail.model import glob_fits, globs_meet


@pytest.mark.parametrize(
    ("glob", "text"),
    [
        ("a", "a"),
        ("*", ""),
        ("*", "module.a.aws_s3_bucket.b"),
        ("module.mail.*", "module.mail.aws_s3_bucket.b"),
        ("*.b", "module.mail.aws_s3_bucket.b"),
        ("module.*.aws_*.b", "module.x.module.y.aws_s3_bucket.b"),
        ('a.b["*"]', 'a.b["x"]'),
        ("a*a", "aa"),
        ("**", "anything"),
    ],
)
def test_a_star_stands_for_any_text(glob: str, text: str) -> None:
    assert glob_fits(glob, text)


@pytest.mark.parametrize(
    ("glob", "text"),
    [
        ("a", "ab"),
        ("a", "A"),
        ("module.mail.*", "module.mailing.b"),
        ("*.b", "a.bc"),
        ("a*a", "a"),
        ("a*b*c", "a-c"),
        ("a*x*c", "a-c"),
        ("?", "a"),
        ("[ab]", "a"),
        (".*", "abc"),
    ],
)
def test_everything_else_stands_for_itself(glob: str, text: str) -> None:
    assert not glob_fits(glob, text)


def test_many_stars_over_a_long_address_take_no_time() -> None:
    started = time.process_time()

    assert not glob_fits("a*" * 200 + "b", "a" * 100_000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ("", "", True),
        ("", "*", True),
        ("a", "", False),
        ("a", "a", True),
        ("a", "b", False),
        ("a*", "*b", True),
        ("a*b", "a*c", False),
        ('a.b["x"]', "a.b[*]", True),
        ('a.c["x"]', "a.b[*]", False),
        ("module.*", "module.m[*].a.b", True),
        ("*.b[0]", "m.a.b[*]", True),
        ("a**b", "a***b", True),
        ("x*", "y*", False),
        ("a*", "", False),
    ],
)
def test_globs_meet_where_a_text_fits_both(first: str, second: str, meet: bool) -> None:
    assert globs_meet(first, second) is meet
    assert globs_meet(second, first) is meet


def test_long_globs_meet_in_time() -> None:
    start = time.process_time()
    globs_meet("*a" * 1000 + "b", "*a" * 1000 + "c")

    assert time.process_time() - start < 5
