"""A campaign against the readers: `python -m tests.fuzz.fuzz_readers SECONDS`.

With atheris installed it is guided by coverage; without, plans are damaged at random.
What escapes is written to `corpus/` and replayed by `test_readers.py`.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import time
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.fuzz.mutation import damaged_bytes, damaged_structure, outcome

HERE = Path(__file__).parent
PLANS = sorted(HERE.parents[1].glob("fixtures/plans/*/plan.json"))


def campaign(seconds: float, seed: int) -> int:
    """The number of documents that were tried."""
    random = Random(seed)  # it damages plans
    documents = [path.read_bytes() for path in PLANS]
    trees = [json.loads(document) for document in documents]
    tried, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        number = random.randrange(len(documents))
        if random.random() < 0.3:
            document = damaged_bytes(documents[number], random)
        else:
            document = damaged_structure(trees[number], random)
        tried += 1
        try:
            outcome(document)
        except BaseException:
            name = sha256(document).hexdigest()[:12]
            (HERE / "corpus" / name).write_bytes(document)
            raise
    return tried


def guided() -> None:
    atheris = importlib.import_module("atheris")
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], str(HERE / "corpus")], outcome)
    atheris.Fuzz()


if __name__ == "__main__":
    if importlib.util.find_spec("atheris"):
        guided()
    else:
        print(
            campaign(float(sys.argv[1]), seed=int(time.time())), "documents, no escape"
        )
