"""What is known and what is true of the run, beside the stack itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec

from guardrail.classification import Declaration, Hints, Inference, Lexicon
from guardrail.decision import Derogations, Elsewhere
from guardrail.model import Gap, Value, glob_fits
from guardrail.placement import Catalogue, Environment
from guardrail.policy import Obligation

PUBLIC_REGISTRIES = frozenset(
    {"registry.terraform.io", "registry.opentofu.org", "terraform.io", "openstack.org"}
)
"""The public registries, and the places of what comes with an engine itself."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The library, made ready: places, words and rules."""

    catalogue: Catalogue
    lexicon: Lexicon
    obligations: tuple[Obligation, ...]
    inference: Inference = Inference()

    @cached_property
    def hints(self) -> Hints:
        """The words of names that make one think of a class, ready to be looked for."""
        return Hints(self.inference, self.lexicon)

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """Where else data could go, worked out once for all that is judged by this."""
        return Elsewhere(self.obligations, self.catalogue)


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What `guardrail.yaml` states of some addresses."""

    addresses: tuple[str, ...]
    """Globs: `*` stands for any text, everything else for itself."""
    declaration: Declaration
    services: tuple[str, ...] = ()


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of the whole run, and not in the input."""

    as_of: date
    body: Value[str]
    environment: Environment = Environment()
    assignments: tuple[Assignment, ...] = ()
    """In the order stated; the first that fits an address holds."""
    floors: tuple[Assignment, ...] = ()
    """No class below these, by address; the organisation's."""
    projects: Mapping[str, Declaration] = {}
    """Address to what is declared of the project of a live cloud that it is in: the
    class of what states none, and a floor beside the organisation's."""
    stack: Declaration | None = None
    """Class and categories declared of the whole stack."""
    registries: frozenset[str] = PUBLIC_REGISTRIES
    """Hosts of provider registries that are vouched for."""
    declared: frozenset[str] = frozenset()
    """What the project promises: `reversibility_plan`, …"""
    enforce_existing: bool = False
    derogations: Derogations = Derogations()
    notes: tuple[Gap, ...] = ()

    def assignment(self, address: str) -> Assignment | None:
        """What is stated of `address`; None when nothing is."""
        return _first(self.assignments, address)

    def incoming(self, address: str, path: str) -> Declaration | None:
        """What is stated of the data that the argument `path` of `address` names.

        `aws_db_instance.copy.replicate_source_db` speaks of it. What speaks of the
        resource as well says what that holds, and not what flows in.
        """
        return next(
            (
                one.declaration
                for one in self.assignments
                for glob in one.addresses
                if glob_fits(glob, f"{address}.{path}") and not glob_fits(glob, address)
            ),
            None,
        )

    def floor(self, address: str, outer: str = "") -> Assignment | None:
        """The floor of `address`, a part of `outer`; None when they have none."""
        fitting = [_first(self.floors, one) for one in (address, outer) if one]
        stated = [one.declaration for one in fitting if one is not None]
        project = self.projects.get(address)
        if project is None and len(stated) < 2:
            return next((one for one in fitting if one is not None), None)
        first, *others = stated if project is None else [project, *stated]
        for other in others:
            first = first.joined(other)
        return Assignment(addresses=(address,), declaration=first)


def _first(stated: Sequence[Assignment], address: str) -> Assignment | None:
    return next(
        (
            one
            for one in stated
            if any(glob_fits(glob, address) for glob in one.addresses)
        ),
        None,
    )


def stack_levels(
    circumstances: Circumstances,
    assignment: Assignment | None,
    outer: Declaration | None,
    address: str,
) -> Sequence[Declaration]:
    """What is declared of a resource from outside it, strongest first.

    `outer` is what is declared of the one that it is a part of.
    """
    stated = (
        assignment.declaration if assignment else None,
        outer,
        circumstances.projects.get(address),
        circumstances.stack,
    )
    return [declaration for declaration in stated if declaration is not None]
