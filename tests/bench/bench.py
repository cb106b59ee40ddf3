"""Figures: how long `guardrail check` takes beside the JSON decoder, and its start-up.

Run it with `make bench`. The plan is made of the resources of a real one, repeated
under other keys. Times are CPU seconds of whole processes, the best of a few runs.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
REAL = ROOT / "fixtures" / "plans" / "canaries" / "plan.json"
RUNS = 5
RESOURCES = 10_000
DECODE = """
import gc, sys, msgspec
gc.disable()
msgspec.json.decode(open(sys.argv[1], "rb").read())
"""
NOTHING = "import msgspec"
PLACES, FLOWS = 100_000, 200_000
SPREAD = """
import gc, random, sys, time
gc.disable()
from guardrail.classification import Because, DataFlow, Edge, Sensitivity, spread

places, flows = int(sys.argv[1]), int(sys.argv[2])
chance = random.Random(4)
absent = Sensitivity(
    lowest=0, highest=4, labelled=False, because=(Because("absent", "no label"),)
)
labels = [
    Sensitivity(
        lowest=rank, highest=rank, own=True, because=(Because("tag", "label"),),
        categories=frozenset({"health"} if rank == 3 else ()),
    )
    for rank in range(5)
]
starts = [
    chance.choice(labels) if chance.random() < 0.3 else absent for _ in range(places)
]
edges = []
for number in range(flows):
    source = chance.randrange(places)  # most flows stay near, some cross the stack
    near = (source + chance.randrange(-20, 21)) % places
    target = near if chance.random() < 0.9 else chance.randrange(places)
    flow = DataFlow(
        source=f"a.b{source}", target=f"a.b{target}", kind="copies",
        certain=chance.random() < 0.8, because="",
    )
    edges.append(Edge(source, target, flow))
best = float("inf")
for _ in range(3):
    started = time.process_time()
    raised = spread(starts, edges)
    best = min(best, time.process_time() - started)
print(f"{best * 1000:.0f} ms of CPU, {len(raised)} raised")
"""


def large_plan(resources: int) -> bytes:
    """A plan of `resources` instances, made of the resources of a real plan."""
    plan: dict[str, Any] = json.loads(REAL.read_bytes())
    changes = [one for one in plan["resource_changes"] if one["mode"] == "managed"]
    values = {
        one["address"]: one
        for one in plan["planned_values"]["root_module"]["resources"]
    }
    plan["resource_changes"], listed = [], []
    for number in range(resources):
        model = changes[number % len(changes)]
        key = number // len(changes)
        address = f"{model['address']}[{key}]"
        plan["resource_changes"].append({**model, "address": address, "index": key})
        listed.append({**values[model["address"]], "address": address, "index": key})
    plan["planned_values"]["root_module"]["resources"] = listed
    return json.dumps(plan, separators=(",", ":")).encode()


def cpu_seconds(command: Sequence[str]) -> float:
    """The least CPU time that `command` took, user and system."""
    times = []
    for _run in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(
            after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        )
    return min(times)


def main() -> None:
    python = sys.executable
    check = [
        python,
        "-m",
        "guardrail",
        "check",
        "--body",
        "state",
        "--as-of",
        "2026-11-22",
    ]
    idle = cpu_seconds([python, "-c", NOTHING])
    small = cpu_seconds([*check, str(REAL)])
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        plan.write_bytes(large_plan(RESOURCES))
        megabytes = plan.stat().st_size / 1e6
        decode = cpu_seconds([python, "-c", DECODE, str(plan)]) - idle
        text = cpu_seconds([*check, str(plan)]) - small
        as_json = cpu_seconds([*check, "--format", "json", str(plan)]) - small
    spreading = subprocess.run(
        [python, "-c", SPREAD, str(PLACES), str(FLOWS)],
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"spread of {PLACES} resources, {FLOWS} flows: {spreading.stdout.strip()}")
    print(f"start-up on a small plan: {small * 1000:.0f} ms of CPU")
    print(f"{megabytes:.0f} MB, {RESOURCES} resources, beyond start-up:")
    print(f"  msgspec decode, nothing else: {decode * 1000:.0f} ms")
    for name, seconds in (("text", text), ("JSON", as_json)):
        print(
            f"  check, {name} report: {seconds * 1000:.0f} ms, x{seconds / decode:.2f}"
        )


if __name__ == "__main__":
    main()
