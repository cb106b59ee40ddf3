"""The clouds that `guardrail.yaml` declares, as offers of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from guardrail.configuration.file import (
    NAME,
    OwnOffer,
    OwnQualification,
    OwnRecogniser,
)
from guardrail.errors import LibraryError
from guardrail.placement import (
    Control,
    Offer,
    Operator,
    Qualification,
    Recogniser,
    Registry,
    Source,
    pattern_of,
)

_OWN = (Source(title=NAME, read=date.min),)
"""The file in force; it is read at every run."""


def extended(
    registry: Registry, stated: Iterable[Sequence[OwnOffer] | str]
) -> Registry:
    """`registry` with the offers stated, inline or in a folder.

    Raises:
        LibraryError: An offer is not whole, contradicts the registry, or would
            recognise every destination.
    """
    for offers in stated:
        if isinstance(offers, str):
            registry = _with_all(registry, _folder(Path(offers)))
        else:
            registry = _with_all(registry, [_offer(own, registry) for own in offers])
    return registry


def _with_all(registry: Registry, stated: Iterable[Offer]) -> Registry:
    offers = list(map(_compared, stated))
    for offer in offers:
        where = f"{NAME}/offers/{offer.id}"
        if not all(_tells(one, registry) for one in offer.recognise):
            raise LibraryError(
                "it would recognise the clouds of others too: name its host, with at "
                "least two labels at the end as they are",
                where=where,
            )
        known = registry.offers.get(offer.id)
        if known is not None and not _adds_to(offer, known):
            raise LibraryError("another offer has this id", where=where)
    return registry.with_offers(offers, [_operator(offer) for offer in offers])


def _compared(offer: Offer) -> Offer:
    """`offer` with its hosts in the form in which they are compared.

    Raises:
        LibraryError: One is none.
    """
    found = []
    for one in offer.recognise:
        host = pattern_of(one.host) if one.host else ""
        if host is None:
            raise LibraryError(
                "`host` is the name of a host, without scheme, port and path",
                where=f"{NAME}/offers/{offer.id}",
            )
        found.append(msgspec.structs.replace(one, host=host))
    return msgspec.structs.replace(offer, recognise=tuple(found))


def _tells(recogniser: Recogniser, registry: Registry) -> bool:
    """Whether a recogniser tells one cloud from others."""
    if recogniser.host:
        labels = recogniser.host.split(".")[-2:]
        return len(labels) == 2 and not any(set("*{}") & set(one) for one in labels)
    return recogniser.provider in {
        name
        for known in registry.providers.values()
        if known.protocol == "dedicated"
        for name in (known.provider, *known.also)
    }


def _adds_to(offer: Offer, known: Offer) -> bool:
    """Whether `offer` is `known` with more recognisers, and nothing else."""
    return msgspec.structs.replace(offer, recognise=known.recognise) == known


def _offer(own: OwnOffer, registry: Registry) -> Offer:
    """An own cloud as an offer; what the organisation declares of it may permit.

    Raises:
        LibraryError: It is not whole.
    """
    recognise = tuple(map(_recogniser, own.recognise))
    known = registry.offers.get(own.id)
    if known is not None and not (own.operator or own.hosting or own.country):
        return msgspec.structs.replace(known, recognise=(*known.recognise, *recognise))
    if not (own.operator and own.hosting and own.country):
        raise LibraryError(
            "an own offer states its operator, hosting and country",
            where=f"{NAME}/offers/{own.id}",
        )
    return Offer(
        id=own.id,
        name=own.name or own.id,
        operator=own.operator,
        hosting=own.hosting,
        services=own.services,
        country=own.country,
        recognise=recognise,
        qualifications=tuple(map(_qualification, own.qualifications)),
        confidence="S",
        sources=_OWN,
    )


def _recogniser(own: OwnRecogniser) -> Recogniser:
    settings = {
        area: tuple(one.lower() for one in named) for area, named in own.areas.items()
    }
    return Recogniser(
        provider=own.provider, host=own.host, region=own.region, settings=settings
    )


def _qualification(own: OwnQualification) -> Qualification:
    return Qualification(
        scheme=own.scheme,
        version=own.version,
        decision=own.decision,
        since=own.since,
        until=own.until,
        regions=own.regions,
        services=own.services,
        perimeter=own.perimeter,
        confidence="S",
        sources=_OWN,
    )


def _operator(offer: Offer) -> Operator:
    """Who runs an own cloud; the registry's own word on an operator comes first."""
    seat = Control(
        entity=offer.operator,
        country=offer.country,
        link="seat",
        confidence="S",
        sources=_OWN,
    )
    return Operator(
        id=offer.operator,
        name=offer.operator,
        country=offer.country,
        control=(seat,),
        confidence="S",
        sources=_OWN,
    )


def _folder(folder: Path) -> list[Offer]:
    """The offers in `folder`, one file each.

    Raises:
        LibraryError: There is no such folder, or a file is malformed.
    """
    from guardrail.shapes import checked, parsed  # costs start-up time

    if not folder.is_dir():
        raise LibraryError("there is no such folder", where=str(folder))
    offers = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LibraryError("it cannot be read", where=str(path)) from error
        offer: Offer = checked(parsed(content, str(path)), Offer, str(path))
        if not offer.country:
            raise LibraryError("an own offer states its country", where=str(path))
        offers.append(offer)
    return offers
