"""`guardrail init`: the files that a repository needs, after a look at it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.cli.exits import EXIT_ALLOW
from guardrail.cli.options import LANGUAGES, environment_variable
from guardrail.cli.output import write
from guardrail.configuration import BODIES
from guardrail.errors import ConfigurationError, LibraryError
from guardrail.library import load_library, shipped
from guardrail.model import say, spoken

if TYPE_CHECKING:
    from guardrail.platforms import Platform, Written

_EXAMPLE = """examples:
  guardrail init --body state
  guardrail init --platform gitlab --platform pre-commit --write

Nothing is written without --write, and no file that is there is touched."""
_LEFT_OUT = frozenset({".git", ".terraform", "node_modules", ".venv", "modules"})
_DEEPEST = 4
_MOST = 20_000
_LARGEST = 1 << 20


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "init",
        description="Look at a repository, and propose what runs guardrail there: "
        "which files, what they do, and what they say.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR",
        help="the repository; this folder when not given",
    )  # fmt: skip
    parser.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="ID",
        help="for this platform, whatever is found; repeatable",
    )
    parser.add_argument("--body", choices=BODIES, default="state", help="who deploys")
    parser.add_argument(
        "--write", action="store_true", help="write the files that are not there"
    )
    parser.add_argument("--library", type=Path, metavar="DIR", help="other policies")
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=environment_variable("GUARDRAIL_LANG") or "en",
        help="language (GUARDRAIL_LANG)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0 when the files were proposed, or written.

    Raises:
        LibraryError: What is known of platforms cannot be read.
        ConfigurationError: There is no such folder or platform, or a file cannot be
            written.
    """
    from guardrail.platforms import platforms

    library = options.library or shipped()
    try:
        known = platforms(library)
    except OSError as error:
        raise LibraryError("the library cannot be read", where=str(library)) from error
    root: Path = options.folder
    if not root.is_dir():
        raise ConfigurationError("there is no such folder", where=str(root))
    seen = _Repository(root)
    chosen = [one for one in known if one.always or _asked(one, options, seen)]
    unknown = set(options.platform) - {one.id for one in known}
    if unknown:
        ids = ", ".join(one.id for one in known)
        raise ConfigurationError(
            f"no platform is called {min(unknown)!r}; there are: {ids}"
        )
    french = load_library(library).french if options.lang == "fr" else {}
    page = _Page(options, seen, french)
    for one in chosen:
        page.platform(one)
    page.end([one.id for one in known if one not in chosen])
    return EXIT_ALLOW


def _asked(platform: Platform, options: argparse.Namespace, seen: _Repository) -> bool:
    if options.platform:
        return platform.id in options.platform
    return seen.has(platform.detect) or seen.says(platform.detect_text)


class _Repository:
    """What lies in a repository: names, and the Terraform code of its root modules."""

    def __init__(self, root: Path) -> None:
        self.root = root
        names = list(_names(root))
        self._names = frozenset(names)
        code = [name for name in names if name.endswith((".tf", ".tofu"))]
        folders = dict.fromkeys(Path(name).parent.as_posix() for name in code)
        self.folders = tuple(sorted(folders)) or (".",)
        self._code = code

    def has(self, patterns: Sequence[str]) -> bool:
        """Whether a path fits one of `patterns`."""
        from fnmatch import fnmatchcase

        return any(
            fnmatchcase(name, pattern) for pattern in patterns for name in self._names
        )

    def says(self, texts: Sequence[str]) -> bool:
        """Whether the Terraform code has one of `texts`."""
        return bool(texts) and any(
            text in content for content in map(self._read, self._code) for text in texts
        )

    def _read(self, name: str) -> str:
        path = self.root / name
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")


def _names(root: Path) -> Iterator[str]:
    """Files and folders, relative, as far down as one would look; links are not."""
    count = 0
    for folder, inner, files in os.walk(root):
        here = os.path.relpath(folder, root)
        depth = 0 if here == "." else here.count(os.sep) + 1
        inner[:] = sorted(set(inner) - _LEFT_OUT) if depth < _DEEPEST else []
        for name in (*inner, *sorted(files)):
            yield name if here == "." else f"{here}/{name}".replace(os.sep, "/")
            count += 1
            if count > _MOST:
                return


class _Page:
    """What is said, and written where that is asked."""

    def __init__(
        self,
        options: argparse.Namespace,
        seen: _Repository,
        french: dict[str, str],
    ) -> None:
        self._options = options
        self._root = seen.root
        self._french = french
        self._values = {
            "body": options.body,
            "folder": seen.folders[0],
            "folders": json.dumps(list(seen.folders)),
        }
        self._left = 0

    def platform(self, platform: Platform) -> None:
        """Say what a platform needs and why; write it where that is asked."""
        language = self._options.lang
        print(f"# {platform.title[language]}")
        print(platform.explain[language])
        if platform.open:
            print(self._say(say("not certain: {}", platform.open)))
        for one in platform.files:
            self._file(one, platform)
        print()

    def _file(self, one: Written, platform: Platform) -> None:
        path = self._root / one.path
        content = one.filled(self._values)
        if os.path.lexists(path):
            same = path.is_file() and path.read_text(errors="replace") == content
            if same:
                print(self._say(say("{} is as it should be", one.path)))
                return
            print(self._say(say("{} is there and is not touched", one.path)))
            print(platform.by_hand[self._options.lang])
        elif self._options.write:
            _create(path, content, executable=one.executable)
            print(self._say(say("{} was written", one.path)))
            return
        else:
            print(self._say(say("{} would be written", one.path)))
            self._left += 1
        print("".join(f"    {line}\n" for line in content.splitlines()), end="")

    def end(self, others: list[str]) -> None:
        """Say what can be done next."""
        if self._left:
            print(self._say(say("--write writes what is not there")))
        if others:
            print(self._say(say("other platforms: {}", ", ".join(others))))

    def _say(self, phrase: str) -> str:
        return spoken(phrase, self._french)


def _create(path: Path, content: str, *, executable: bool) -> None:
    """Write a file that is not there yet, whole or not at all.

    Raises:
        ConfigurationError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder cannot be made: {error.strerror}"
        raise ConfigurationError(message, where=str(path.parent)) from error
    write(content.encode(), str(path))
    if executable:
        path.chmod(0o755)
