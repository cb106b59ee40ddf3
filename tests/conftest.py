from __future__ import annotations

import gc
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.decision import Decision
from guardrail.inputs import read
from guardrail.library import Library, load_library, shipped, write_compiled
from guardrail.model import Known
from tests.clock import sitecustomize

# A slow machine is not a broken law.
settings.register_profile(
    "guardrail",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("guardrail")

ROOT = Path(__file__).parent.parent
CLOCK = str(Path(sitecustomize.__file__).parent)
os.environ["PYTHONPATH"] = os.pathsep.join(
    [CLOCK, *filter(None, [os.environ.get("PYTHONPATH")])]
)
BOTH = frozenset({"law", "baseline"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden", action="store_true", help="rewrite the golden reports"
    )


def pytest_sessionstart() -> None:
    """Compile the library: the tests start the command line hundreds of times."""
    write_compiled(shipped())
    gc.disable()  # of what is collected now nothing is let go


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(shipped())


@pytest.fixture(scope="session")
def knowledge(library: Library) -> Knowledge:
    return library.knowledge(date(2026, 11, 22), BOTH)


@pytest.fixture(scope="session")
def leak(library: Library) -> Decision:
    """The example whose backup leaves a qualified cloud, judged."""
    name, day = (
        "terraform-examples/two-clouds-backup-leak/plan.json",
        date(2026, 11, 22),
    )
    return assess(
        read((ROOT / name).read_bytes(), path=name),
        library.knowledge(day, BOTH),
        Circumstances(as_of=day, body=Known("state")),
    )
