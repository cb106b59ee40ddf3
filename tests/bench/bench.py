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
DISTINCT = 3_000
DECODE = """
import gc, sys, msgspec
gc.disable()
msgspec.json.decode(open(sys.argv[1], "rb").read())
"""
NOTHING = "import msgspec"
PLACES, REFERENCES = 100_000, 200_000
SPREAD = """
import gc, random, sys, time
gc.disable()
from datetime import date
from guardrail.assessment.flows import Site, data_flows
from guardrail.classification import Because, Sensitivity, spread
from guardrail.library import load_library, shipped
from guardrail.model import (
    Attributes, Change, Known, Origin, Reference, Resource, Stack,
)

places, references = int(sys.argv[1]), int(sys.argv[2])
knowledge = load_library(shipped()).knowledge(
    date(2026, 11, 22), frozenset({"law", "baseline"})
)
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
nothing = Attributes()
resources = [
    Resource(
        address=f"aws_db_instance.b{place}", configuration=f"aws_db_instance.b{place}",
        type="aws_db_instance", provider="registry.terraform.io/hashicorp/aws",
        provider_configuration=Known("aws"), change=Change.CREATE,
        actions=("create",), attributes=nothing,
    )
    for place in range(places)
]
sites = [
    Site(
        resource=one,
        kind="data",
        named=(),
        naming=nothing.pick(()),
        keeps=True,
        labelled=False,
    )
    for one in resources
]
links = []
for _ in range(references):
    source = chance.randrange(places)  # most flows stay near, some cross the stack
    near = (source + chance.randrange(-20, 21)) % places
    target = near if chance.random() < 0.9 else chance.randrange(places)
    links.append(
        Reference(
            source=f"aws_db_instance.b{source}", target=f"aws_db_instance.b{target}",
            path="replicate_source_db", attribute="arn",
        )
    )
stack = Stack(
    origin=Origin(kind="bench", path="", sha256="", producer=""),
    resources=tuple(resources), references=tuple(links), providers={},
)
times = []
for _ in range(3):
    started = time.process_time()
    flows = data_flows(sites, stack, knowledge.catalogue, knowledge.inference)
    found = time.process_time()
    raised = spread(starts, flows.edges)
    times.append((found - started, time.process_time() - found))
found, spreading = (min(column) * 1000 for column in zip(*times))
print(f"{found:.0f} ms of CPU to find {len(flows.edges)} flows, ", end="")
print(f"{spreading:.0f} ms to spread, {len(raised)} raised")
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


def distinct_plan(resources: int) -> bytes:
    """A plan of `resources` blocks, no two of which have the same label and tags."""
    plan: dict[str, Any] = json.loads(REAL.read_bytes())
    changes = [one for one in plan["resource_changes"] if one["mode"] == "managed"]
    root = plan["configuration"]["root_module"]
    blocks = {one["address"]: one for one in root["resources"]}
    known = plan["planned_values"]["root_module"]
    plan["resource_changes"], root["resources"], known["resources"] = [], [], []
    for number in range(resources):
        model = changes[number % len(changes)]
        name = f"{model['name']}_{number}"
        same = {"address": f"{model['type']}.{name}", "name": name}
        tags = {"data_class": "sensitive", "owner": f"team-{number}"}
        values = {**model["change"]["after"], "tags": tags, "tags_all": tags}
        change = {**model["change"], "after": values}
        plan["resource_changes"].append({**model, **same, "change": change})
        root["resources"].append({**blocks[model["address"]], **same})
        kept = {key: model[key] for key in ("mode", "type", "provider_name")}
        known["resources"].append(
            {**kept, **same, "schema_version": 0, "values": values}
        )
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
        plan.write_bytes(distinct_plan(DISTINCT))
        distinct = cpu_seconds([*check, str(plan)]) - small
    spreading = subprocess.run(
        [python, "-c", SPREAD, str(PLACES), str(REFERENCES)],
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"{PLACES} resources, {REFERENCES} references: {spreading.stdout.strip()}")
    print(f"start-up on a small plan: {small * 1000:.0f} ms of CPU")
    print(f"{megabytes:.0f} MB, {RESOURCES} resources, beyond start-up:")
    print(f"  msgspec decode, nothing else: {decode * 1000:.0f} ms")
    for name, seconds in (("text", text), ("JSON", as_json)):
        print(
            f"  check, {name} report: {seconds * 1000:.0f} ms, x{seconds / decode:.2f}"
        )
    print(f"{DISTINCT} resources of which no two are alike: {distinct * 1000:.0f} ms")


if __name__ == "__main__":
    main()
