"""Instances that nobody knows yet, and what is stated of some of them alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guardrail.assessment.circumstances import Assignment, Circumstances
from guardrail.model import Gap, Resource, glob_fits, globs_meet, say

_ANY = "[*]"


def unsure_instances(
    resources: Iterable[Resource], circumstances: Circumstances
) -> list[Gap]:
    """What keeps the verdict open where a statement may be about unknown instances.

    `aws_s3_bucket.b[*]` stands for any: what is stated of `aws_s3_bucket.b["x"]` alone
    may hold for one of them, and is looked up for none.
    """
    stated = (*circumstances.assignments, *circumstances.floors)
    found = [one.address for one in resources if _ANY in one.address] if stated else []
    listed = [address for address in found if any(_unsure(stated, address))]
    if not listed:
        return []
    message = say(
        "guardrail.yaml speaks of single instances, and which there are is not known: "
        "{}. Give the values of the variables, or a plan.",
        ", ".join(listed[:10]),
    )
    return [Gap(id="unsure-instances", message=message, blocks=True)]


def _unsure(stated: Iterable[Assignment], address: str) -> Iterator[bool]:
    """Whether each statement may fit an instance, and does not fit all of them."""
    for one in stated:
        for glob in one.addresses:
            yield globs_meet(glob, address) and not glob_fits(glob, address)
