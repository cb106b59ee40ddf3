"""The document of an explanation, where two days are alike."""

from __future__ import annotations

from datetime import date

from guardrail.assessment import Circumstances, assess
from guardrail.assessment.account import account, selected
from guardrail.inputs import read
from guardrail.library import Library
from guardrail.model import Known
from guardrail.reports import Rendering
from guardrail.reports.explain import Books, Told, Turn, explanation
from tests.conftest import BOTH, ROOT

DAY = date(2026, 11, 22)
DEMO = ROOT / "terraform-examples" / "demo" / "plan.json"


def test_a_change_names_only_the_rules_that_did_not_stand_against_it_before(
    library: Library,
) -> None:
    knowledge = library.knowledge(DAY, BOTH)
    circumstances = Circumstances(as_of=DAY, body=Known("state"))
    stack = read(DEMO.read_bytes(), path="plan.json")
    decision = assess(stack, knowledge, circumstances)
    (denied,) = selected(decision, "aws_s3_bucket.hearings")
    (undecided,) = selected(decision, "aws_db_instance.register")
    now = account(undecided, knowledge, circumstances)
    then = account(denied, knowledge, circumstances)
    books = Books(
        registry=library.registry,
        vocabulary=library.vocabulary,
        rendering=Rendering(version="0", library_sha256="0", catalogue_date=DAY),
    )

    def rules(turn: Turn) -> list[str]:
        told = Told(account=now, turn=turn, looked_until=DAY)
        (one,) = explanation(decision, [told], books).resources
        assert one.changes.by_itself is not None
        return one.changes.by_itself.rules

    assert rules(Turn(on=DAY, account=now)) == []
    # What asked for a review and still does is not new; what denies now is.
    assert rules(Turn(on=DAY, account=then)) == [
        "baseline-sensitive",
        "fr-2023-r9-sp",
        "fr-sren-31",
    ]
