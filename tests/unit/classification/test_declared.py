from __future__ import annotations

import pytest

from guardrail.classification import Declaration, Lexicon, Sensitivity, Tag, declared
from guardrail.library import Library
from guardrail.model import Unknown

HIDDEN = Unknown("hidden")


@pytest.fixture(scope="module")
def lexicon(library: Library) -> Lexicon:
    return Lexicon(library.vocabulary)


def tag(key: str | Unknown, value: str | Unknown, *, inherited: bool = False) -> Tag:
    return Tag(key, value, "tags_all" if inherited else "tags", inherited)


def stated(source: str, rank: int | None, *categories: str) -> Declaration:
    return Declaration(
        source=source, detail="", rank=rank, categories=frozenset(categories)
    )


def bounds(found: Sensitivity, lexicon: Lexicon) -> tuple[str, str]:
    return lexicon.name(found.lowest), lexicon.name(found.highest)


def source(found: Sensitivity) -> str:
    return found.because[-1].source


def test_a_label_of_the_resource_is_its_class(lexicon: Lexicon) -> None:
    found = declared([tag("data_class", "personal")], [], lexicon)

    assert bounds(found, lexicon) == ("personal", "personal")
    assert found.own


def test_no_label_is_anything_up_to_the_highest_unmarked(lexicon: Lexicon) -> None:
    found = declared([tag("owner", "me")], [], lexicon)

    assert bounds(found, lexicon) == ("public", "particular")
    assert (source(found), found.own) == ("absent", False)


def test_a_label_of_unknown_value_is_anything_up_to_the_top(lexicon: Lexicon) -> None:
    found = declared([tag("data_class", HIDDEN)], [], lexicon)

    assert bounds(found, lexicon) == ("public", "classified")


def test_a_tag_of_unknown_key_may_be_a_label(lexicon: Lexicon) -> None:
    found = declared([tag(HIDDEN, HIDDEN)], [], lexicon)

    assert bounds(found, lexicon) == ("public", "classified")
    assert found.any_category


def test_a_word_that_is_no_class_is_anything_and_is_not_repeated(
    lexicon: Lexicon,
) -> None:
    found = declared([tag("data_class", "hunter2")], [], lexicon)

    assert bounds(found, lexicon) == ("public", "classified")
    assert "hunter2" not in found.because[0].detail


def test_labels_that_conflict_are_between_the_two(lexicon: Lexicon) -> None:
    tags = [tag("data_class", "restricted"), tag("sensitivity", "internal")]
    found = declared(tags, [], lexicon)

    assert bounds(found, lexicon) == ("internal", "restricted")
    assert found.because[0].detail == "conflicting labels at `tags.data_class`"


def test_two_labels_that_agree_are_no_conflict(lexicon: Lexicon) -> None:
    tags = [tag("data_class", "sensible"), tag("sensibilité", "sensitive")]

    assert declared(tags, [], lexicon).known


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("own", "mapping", "inherited", "stack"), "tag"),
        (("mapping", "inherited", "stack"), "mapping"),
        (("inherited", "stack"), "provider-tags"),
        (("stack",), "stack"),
        ((), "absent"),
    ],
)
def test_the_strongest_level_that_states_a_class_gives_it(
    levels: tuple[str, ...], expected: str, lexicon: Lexicon
) -> None:
    tags = [tag("data_class", "personal")] if "own" in levels else []
    if "inherited" in levels:
        tags.append(tag("data_class", "public", inherited=True))
    ranks = {"mapping": 2, "stack": 3}
    others = [stated(name, rank) for name, rank in ranks.items() if name in levels]

    assert source(declared(tags, others, lexicon)) == expected


@pytest.mark.parametrize(
    ("tagged", "mapped", "decision", "expected", "said_by"),
    [
        ("internal", 3, "", ("sensitive", "sensitive"), "mapping"),
        ("sensitive", 1, "", ("sensitive", "sensitive"), "tag"),
        ("sensitive", 1, "DEC-2026-4", ("internal", "internal"), "mapping"),
        ("sensitive", None, "DEC-2026-4", ("sensitive", "sensitive"), "tag"),
        (HIDDEN, 1, "", ("internal", "classified"), "tag"),
        (HIDDEN, 1, "DEC-2026-4", ("internal", "internal"), "mapping"),
        (None, 1, "", ("internal", "internal"), "mapping"),
        (None, None, "", ("public", "particular"), "absent"),
    ],
)
def test_nothing_lowers_what_is_said_of_a_resource_without_a_decision(
    tagged: str | Unknown | None,
    mapped: int | None,
    decision: str,
    expected: tuple[str, str],
    said_by: str,
    lexicon: Lexicon,
) -> None:
    tags = [] if tagged is None else [tag("data_class", tagged)]
    mapping = Declaration(source="mapping", detail="", rank=mapped, decision=decision)
    found = declared(tags, [mapping], lexicon)

    assert (bounds(found, lexicon), source(found)) == (expected, said_by)


def test_a_decision_lowers_no_category(lexicon: Lexicon) -> None:
    tags = [tag("data_class", "sensitive"), tag("data_categories", "health")]
    mapping = Declaration(source="mapping", detail="", rank=0, decision="DEC-2026-4")

    assert declared(tags, [mapping], lexicon).categories == {"health"}


@pytest.mark.parametrize(
    ("tags", "labelled", "highest"),
    [([], False, 0), ([tag("data_class", HIDDEN)], True, 6)],
)
def test_silence_is_told_apart_from_a_label_of_unknown_value(
    tags: list[Tag], labelled: bool, highest: int, lexicon: Lexicon
) -> None:
    found = declared(tags, [], lexicon)

    assert (found.labelled, found.stated) == (labelled, highest)


def test_an_unknown_label_of_the_resource_is_not_settled_by_a_weaker_level(
    lexicon: Lexicon,
) -> None:
    found = declared([tag("data_class", HIDDEN)], [stated("mapping", 0)], lexicon)

    assert not found.known


def test_categories_add_up_down_to_the_level_that_gives_the_class(
    lexicon: Lexicon,
) -> None:
    tags = [tag("data_categories", "health")]
    others = [stated("mapping", 3, "legal-secret"), stated("stack", 2, "public-order")]
    found = declared(tags, others, lexicon)

    assert found.categories == {"health", "legal-secret"}


def test_a_level_with_categories_alone_states_no_class(lexicon: Lexicon) -> None:
    found = declared([], [stated("mapping", None, "health")], lexicon)

    assert source(found) == "absent"
    assert found.categories == {"health"}


@pytest.mark.parametrize(
    "value",
    [
        "health,legal-secret",
        "health;legal-secret",
        "health|legal-secret",
        "health+legal-secret",
        "health/legal-secret",
        "health__legal-secret",
        "Health Legal_Secret",
        " santé , health, legal-secret",
    ],
)
def test_a_list_of_categories_in_one_tag(value: str, lexicon: Lexicon) -> None:
    found = declared([tag("data_categories", value)], [], lexicon)

    assert {"health", "legal-secret"} <= found.categories


@pytest.mark.parametrize("value", [HIDDEN, "no-such-category", "health, nonsense"])
def test_a_category_that_is_not_known_may_be_any(
    value: str | Unknown, lexicon: Lexicon
) -> None:
    assert declared([tag("data_categories", value)], [], lexicon).any_category


def test_no_category_tag_claims_nothing(lexicon: Lexicon) -> None:
    found = declared([tag("data_class", "sensitive")], [], lexicon)

    assert (found.categories, found.any_category) == (frozenset(), False)
