"""How many steps from the beginning of a flow each card is; a loop is one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def steps(links: Iterable[tuple[int, int, bool]]) -> dict[int, int]:
    """The most steps that lead to each card of `links`: source, target, both ways."""
    after: dict[int, list[int]] = {}
    for source, target, both in links:
        after.setdefault(source, []).append(target)
        after.setdefault(target, []).extend([source] if both else [])
    loops = list(_loops(after))
    loop_of = {card: number for number, loop in enumerate(loops) for card in loop}
    found = [0] * len(loops)
    for number in range(len(loops) - 1, -1, -1):  # a loop comes after those it leads to
        for card in loops[number]:
            for target in after[card]:
                other = loop_of[target]
                if other != number:
                    found[other] = max(found[other], found[number] + 1)
    return {card: found[loop_of[card]] for card in sorted(loop_of)}


def _loops(after: Mapping[int, list[int]]) -> Iterator[list[int]]:
    """The strongly connected components, each after all that it leads to (Tarjan)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    closed: set[int] = set()
    for root in sorted(after):
        pending = [] if root in order else [(root, iter(after[root]))]
        while pending:
            card, rest = pending[-1]
            if card not in order:
                order[card] = low[card] = len(order)
                open_.append(card)
            target = next((one for one in rest if one not in closed), None)
            if target is None:
                pending.pop()
                if pending:
                    before = pending[-1][0]
                    low[before] = min(low[before], low[card])
                if low[card] == order[card]:
                    yield _closed(card, open_, closed)
            elif target in order:
                low[card] = min(low[card], order[target])
            else:
                pending.append((target, iter(after[target])))


def _closed(card: int, open_: list[int], closed: set[int]) -> list[int]:
    """The loop that begins with `card`, which is taken from `open_`."""
    loop = [open_.pop()]
    while loop[-1] != card:
        loop.append(open_.pop())
    closed.update(loop)
    return loop
