from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.configuration.dotenv_file import read_variables
from guardrail.errors import ConfigurationError

HUSH = "hush-4b1f"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "prod.env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b", {"A": "b"}),
        ("\ufeffA=b\r\nC=d\r\n", {"A": "b", "C": "d"}),
        ("# note\n\n  A = b  # note\n", {"A": "b"}),
        ("export A=b", {"A": "b"}),
        ("A='b # c'", {"A": "b # c"}),
        ('A="b\\nc"', {"A": "b\nc"}),
        ("A=", {"A": ""}),
        ("A=${B}", {"A": "${B}"}),
        ("A=$(id)", {"A": "$(id)"}),
        ("A=b\nA=c", {"A": "c"}),
        ("", {}),
    ],
)
def test_variables_are_read_as_they_are_written(
    tmp_path: Path, text: str, expected: dict[str, str]
) -> None:
    assert read_variables(written(tmp_path, text))[0] == expected


def test_a_variable_says_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, '# note\n\nA=b\nC="d\ne"\nF=g\n')

    assert read_variables(path)[1] == {
        "A": f"{path}, line 3",
        "C": f"{path}, line 4",
        "F": f"{path}, line 6",
    }


@pytest.mark.parametrize(
    "text",
    [
        f"A=b\n\n{HUSH} {HUSH}",
        f'A=b\n\nB="{HUSH}',
        f"A=b\n\n{HUSH}",
        "A=b\n\nB",
        f"A=b\n\n1{HUSH}={HUSH}",
        f"A=b\n\nB='{HUSH}' {HUSH}",
        f"A=b\n\n={HUSH}",
        f"A=b\n\nB.{HUSH}={HUSH}",
    ],
)
def test_an_error_names_the_line_and_never_what_is_in_it(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_variables(written(tmp_path, text))

    assert "prod.env, line 3" in str(caught.value)
    assert HUSH not in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line 2: it is not UTF-8"):
        read_variables(written(tmp_path, b"A=b\n\xff"))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_variables(tmp_path / "none")


def test_a_file_of_no_reasonable_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="too large"):
        read_variables(written(tmp_path, "A=" + "b" * (1 << 20)))
