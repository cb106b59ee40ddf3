"""What is remembered is bounded, in number and in length."""

from __future__ import annotations

from guardrail.model import LONGEST, Memory, remembered


def test_what_was_worked_out_is_not_worked_out_again() -> None:
    memory: Memory[object] = Memory(2)
    found = memory.of("a", object)

    assert memory.of("a", object) is found
    assert memory.of("b", object) is not found


def test_when_it_is_full_everything_is_forgotten() -> None:
    memory: Memory[str] = Memory(3)
    for number in range(10):
        assert memory.of(number, lambda: str(number)) == str(number)  # noqa: B023  # called at once
        assert 0 < len(memory) <= 3


def test_a_long_text_is_not_remembered() -> None:
    asked: list[str] = []

    @remembered(4)
    def length(_what: str, text: str) -> int:
        asked.append(text)
        return len(text)

    for text in ("x" * LONGEST, "x" * (LONGEST + 1)):
        assert length("a", text) == length("a", text) == len(text)

    assert [len(text) for text in asked] == [LONGEST, LONGEST + 1, LONGEST + 1]
