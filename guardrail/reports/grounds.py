"""Why an offer does not satisfy a rule, in a few words: the facts, not the rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guardrail.model import Known
from guardrail.placement import Law, Offer, Qualification, standing
from guardrail.policy import Atom, Facts
from guardrail.reports.layout import Layout

_LESSER = frozenset({"declared", "hosting_any", "located_in"})
"""What could be put right, or says little where something else is wrong."""


class Ground:
    """Puts into words what keeps the predicates of a rule from holding."""

    def __init__(
        self, offer: Offer, facts: Facts, laws: Mapping[str, Law], page: Layout
    ) -> None:
        """Speak of `offer`, on which `facts` have their landing."""
        self._offer = offer
        self._facts = facts
        self._laws = laws
        self._page = page
        self._words: Mapping[str, Callable[[Any], str]] = {
            "base_qualified": lambda _asked: page.t("what it runs on is not qualified"),
            "controlled_from": self._reached,
            "controlled_outside": self._reached,
            "declared": self._declared,
            "hosting_any": self._hosting,
            "immune": self._reached,
            "located_in": self._located,
            "never": lambda _asked: page.t("no cloud may hold it"),
            "qualified": self._qualified,
        }

    def all(self, atoms: Sequence[Atom]) -> list[str]:
        """Why `atoms` do not hold; the lesser reasons only where there is no other."""
        first = [self.of(atom) for atom in atoms if atom.predicate not in _LESSER]
        found = [text for text in first if text] or [self.of(atom) for atom in atoms]
        return list(dict.fromkeys(text for text in found if text))

    def of(self, atom: Atom) -> str:
        """Why `atom` does not hold; "" where there is nothing to add to the rule."""
        told = self._words.get(atom.predicate)
        return told(atom.argument) if told else ""

    def _qualified(self, asked: Any) -> str:
        page = self._page
        schemes = tuple(dict.fromkeys(str(term["scheme"]) for term in asked))
        found = standing(self._offer, self._facts.as_of, schemes)
        if found.state == "qualified" and found.decision is not None:
            return self._short_of(found.decision)
        told = {
            "unknown": page.t("its {} qualification is not sure", schemes[0]),
            "in-progress": page.t("its {} qualification is in progress", schemes[0]),
            "ended": page.t("its {} qualification ended on {}", schemes[0], found.on),
            "not-yet": page.t(
                "it is {} qualified from {} on only", schemes[0], found.on
            ),
        }
        return told.get(found.state, page.t("no {} qualification", schemes[0]))

    def _short_of(self, decision: Qualification) -> str:
        """What a qualification that is in force does not cover."""
        page, facts = self._page, self._facts
        service = facts.service.value if isinstance(facts.service, Known) else ""
        listed = not decision.services or service in decision.services
        if service in decision.excluded_services or not listed:
            return page.t(
                "its {} qualification does not cover {}", decision.scheme, service
            )
        region = facts.landing.region
        if decision.regions and not (
            isinstance(region, Known) and region.value in decision.regions
        ):
            return page.t(
                "its {} qualification does not cover this region", decision.scheme
            )
        version = decision.version or page.t("of unknown version")
        return page.t("its qualification is {} {} only", decision.scheme, version)

    def _reached(self, _asked: Any) -> str:
        page, exposure = self._page, self._facts.exposure
        laws = exposure.laws if exposure else ()
        if not laws:
            return page.t("no official source says who controls it")
        countries = {
            self._laws[law].country
            if law in self._laws
            else law.removeprefix("control-").upper()
            for law in laws
        }
        return page.t("reached by foreign law: {}", ", ".join(sorted(countries)))

    def _located(self, _asked: Any) -> str:
        page, countries = self._page, self._facts.landing.countries
        if not isinstance(countries, Known):
            return page.t("its country is not known")
        if not countries.evidence.firm:
            return page.t("no official source says where it is")
        return page.t("it is in {}", ", ".join(countries.value))

    def _declared(self, asked: Any) -> str:
        absent = [str(one) for one in asked if one not in self._facts.declared]
        return self._page.t("not declared in guardrail.yaml: {}", ", ".join(absent))

    def _hosting(self, _asked: Any) -> str:
        return self._page.t("its hosting is {}", self._page.t(self._offer.hosting))
