"""Who else reads the pictures: Graphviz itself, and Mermaid itself, in an engine of its
own. Both find the cards, frames and flows that are drawn, and nothing that a name made.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from guardrail.decision import Decision
from guardrail.library import Library
from guardrail.reports.picture import picture
from guardrail.reports.picture.gather import gathered
from guardrail.reports.picture.scene import Scene
from tests.unit.reports.picture.scenes import NASTY, decision, flow, judged, large
from tests.unit.reports.picture.test_picture import VOCABULARY, rendering

pytestmark = pytest.mark.slow  # each of them starts an engine

HOSTILE = (
    NASTY,
    "<script>alert(1)</script>",
    '"];\nn9 [label="more"]\nsubgraph cluster_9 {',
    "a\nb\r\nc\td",
    "\\\\N\\G\\E\\",
    "été 🗄️👩‍💻 数据",
    "\u202eغنشسن\u202c קובץ",
    "end",
    "click n0 call alert()",
    "<<B>bold</B>>",
    "&lt;b&gt; &#34; #quot; #35;",
    "style n0 fill:#f00",
)


def stacks() -> dict[str, Decision]:
    odd = [
        judged(f"cloud_bucket.n{number}{name}", where, rank=number % 7)
        for number, (name, where) in enumerate(
            (name, ("near", "far")[at % 2]) for at, name in enumerate(HOSTILE)
        )
    ]
    names = [one.resource.address for one in odd]
    flows = [
        flow(one, other, certain=number % 2 == 0)
        for number, (one, other) in enumerate(pairwise(names))
    ]
    return {
        "hostile": decision(odd, flows, vocabulary=VOCABULARY, path=NASTY),
        "many": large(200, VOCABULARY),
        "nothing": decision([], vocabulary=VOCABULARY),
    }


STACKS = stacks()


@pytest.fixture(params=sorted(STACKS))
def stack(request: pytest.FixtureRequest) -> Decision:
    return STACKS[request.param]


def graphviz() -> str:
    """The program, installed where that may be done."""
    if not shutil.which("dot") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-yq", "--no-install-recommends", "graphviz"],
        ):
            subprocess.run(command, env=quiet, capture_output=True, check=True)
    found = shutil.which("dot")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Graphviz is not installed, and CI must run this")
        pytest.skip("Graphviz is not installed")
    return found


def read_by_graphviz(graph: bytes) -> dict[str, Any]:
    """The graph as Graphviz reads it; it has nothing to complain of."""
    done = subprocess.run(
        [graphviz(), "-Tdot_json"], input=graph, capture_output=True, check=True
    )
    assert done.stderr == b""
    return dict(json.loads(done.stdout))


def told(objects: Sequence[dict[str, Any]]) -> Counter[tuple[str, ...]]:
    """The lines of the labels, and how often each label is there."""
    return Counter(tuple(one["label"].split("\\n")) for one in objects)


def test_graphviz_reads_what_is_drawn(stack: Decision) -> None:
    scene = gathered(stack, "auto")
    found = read_by_graphviz(picture(stack, rendering(), format_="dot"))

    objects = found.get("objects", [])
    frames = [one for one in objects if one["name"].startswith("cluster_")]
    cards = [one for one in objects if one not in frames]
    assert len(frames) == len(scene.frames)
    assert {one["name"] for one in cards} == {f"n{n}" for n in range(len(scene.cards))}
    assert [len(one.get("nodes", ())) for one in frames] == [
        len(frame.cards) for frame in scene.frames
    ]
    edges = [
        (objects[one["tail"]]["name"], objects[one["head"]]["name"])
        for one in found.get("edges", ())
    ]
    assert Counter(edges) == Counter(
        (f"n{link.source}", f"n{link.target}") for link in scene.links
    )


def test_a_graph_that_is_drawn_shows_the_names_as_they_are() -> None:
    """Drawn by Graphviz, they are texts: no element, no escape, no line of its own."""
    drawn = subprocess.run(
        [graphviz(), "-Tsvg"],
        input=picture(STACKS["hostile"], rendering(), format_="dot"),
        capture_output=True,
        check=True,
    )
    assert drawn.stderr == b""
    tree = ElementTree.fromstring(drawn.stdout)
    texts = [one.text or "" for one in tree.iter() if one.tag.endswith("}text")]

    assert {one.tag.rpartition("}")[2] for one in tree.iter()} <= {
        "svg", "g", "title", "polygon", "text", "path", "polyline", "ellipse", "a",
    }  # fmt: skip
    for name in (
        "<script>alert(1)</script>",
        "<<B>bold</B>>",
        "&lt;b&gt; &#34; #quot;",
    ):
        assert any(name in text for text in texts), name
    assert any("été 🗄️" in text for text in texts)


def numbers(scene: Scene) -> tuple[int, int, int]:
    return len(scene.cards), len(scene.frames), len(scene.links)


def drawn_by_mermaid(flowchart: bytes) -> subprocess.CompletedProcess[bytes]:
    """What Mermaid makes of it; its engine is noisy when it ends, so it is apart."""
    program = "import sys, mermaidx; print(mermaidx.render(sys.stdin.read()).svg())"
    command = [sys.executable, "-X", "utf8", "-c", program]
    return subprocess.run(command, input=flowchart, capture_output=True, check=False)


@cache
def read_by_mermaid(
    flowchart: bytes,
) -> tuple[tuple[int, int, int], ElementTree.Element]:
    """How many cards, frames and flows Mermaid draws, and the drawing."""
    done = drawn_by_mermaid(flowchart)
    assert done.returncode == 0, done.stderr.decode()
    tree = ElementTree.fromstring(done.stdout)
    classes = [one.get("class", "").split() for one in tree.iter()]
    counts = (
        sum("node" in names for names in classes),
        sum("cluster" in names for names in classes),
        sum("flowchart-link" in names for names in classes),
    )
    return counts, tree


@pytest.mark.parametrize("name", ["hostile", "nothing"])
def test_mermaid_reads_what_is_drawn(name: str) -> None:
    stack = STACKS[name]
    counts, tree = read_by_mermaid(picture(stack, rendering(), format_="mermaid"))

    assert counts == numbers(gathered(stack, "auto"))
    assert not [one for one in tree.iter() if one.tag.endswith("script")]
    assert not [one for one in tree.iter() for key in one.attrib if key[:2] == "on"]


@pytest.mark.slow
def test_mermaid_reads_two_hundred_resources() -> None:
    stack = STACKS["many"]

    counts, _tree = read_by_mermaid(picture(stack, rendering(), format_="mermaid"))

    assert counts == numbers(gathered(stack, "auto"))


def test_mermaid_shows_the_names_as_they_are() -> None:
    _counts, tree = read_by_mermaid(
        picture(STACKS["hostile"], rendering(), format_="mermaid")
    )
    text = re.sub(r"\s+", " ", "".join(tree.itertext()))

    for name in ("<script>alert(1)</script>", "click n0 call alert()", "été 🗄️"):
        assert name in text, name


def test_mermaid_refuses_what_is_none() -> None:
    """So that the tests above are about something."""
    done = drawn_by_mermaid(b'flowchart LR\n  n0["a')

    assert done.returncode == 1
    assert b"Parse error" in done.stderr


def test_both_read_the_example(leak: Decision, library: Library) -> None:
    scene = gathered(leak, "auto")
    french = rendering("fr", library)

    found = read_by_graphviz(picture(leak, french, format_="dot"))
    counts, _tree = read_by_mermaid(picture(leak, french, format_="mermaid"))

    assert len(found["edges"]) == len(scene.links) == 4
    assert counts == numbers(scene) == (5, 2, 4)
    assert ("✔ files", "aws_s3_bucket", "sensible") in told(found["objects"])
