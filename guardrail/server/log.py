"""The decision log: append-only rows, each sealed with the digest of the one before.

It is written before anybody is answered. Whoever changes or removes a row, but for the
oldest ones that retention lets go, breaks the chain, and `verify` says where.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from guardrail.errors import ConfigurationError, GuardrailError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

START = "0" * 64
"""The seal before the first row."""
_META = sa.MetaData()
ENTRIES = sa.Table(
    "guardrail_decision",
    _META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("written", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
)
"""One row a decision; `content` is the JSON of an `Entry`."""
CHAIN = sa.Table(
    "guardrail_chain",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
)
"""Two rows: where the chain begins (id 0), and its end (id 1)."""
_FIRST, _LAST = 0, 1
_TURN = {
    "postgresql": "SELECT pg_advisory_xact_lock(7185271)",
    "sqlite": "SELECT 1",  # `_immediate` has seen to it
}
"""What has servers that start at once take turns."""


class LogError(GuardrailError):
    """The log cannot be written or read, so nothing may be answered."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of one decision: no value of a plan, no credential."""

    kind: str
    """`run-task`, `decision`, `policy`."""
    verdict: str
    """`allow`, `review`, `deny`, or `unjudged` where nothing could be read."""
    sha256: str
    """Of what was judged; "" where there was nothing to read."""
    library_sha256: str
    as_of: str
    reason: str = ""
    """Why it was not judged."""
    about: dict[str, str] = {}
    """What it was for: `run`, `workspace`, `task`, …"""
    summary: dict[str, int] = {}
    findings: tuple[str, ...] = ()
    """Rule, outcome and address of each finding that blocks."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log."""

    number: int
    written: str
    content: str
    seal: str

    def sealed(self, before: str) -> str:
        """The seal that it must have after the row with the seal `before`."""
        parts = (before, str(self.number), self.written, self.content)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What reading the whole chain found."""

    rows: int
    first: int
    """Number of the first row that is kept."""
    seal: str
    """The seal of the last one: noted elsewhere, it proves what was there."""
    broken: int | None = None
    """Number of the first row that is not as it was written."""


class DecisionLog:
    """The log in one database."""

    def __init__(self, engine: Engine) -> None:
        """The log behind `engine`, which `open_log` has brought up to date."""
        self._engine = engine

    def append(self, entry: Entry, now: datetime) -> int:
        """The number of the row under which `entry` is kept for good.

        Raises:
            LogError: It could not be written.
        """
        content = msgspec.json.encode(entry, order="sorted").decode()
        with self._writing() as connection:
            end = _place(connection, _LAST)
            row = Row(
                number=end.number + 1,
                written=now.astimezone(UTC).isoformat(timespec="microseconds"),
                content=content,
                seal="",
            )
            seal = row.sealed(end.seal)
            values = {**msgspec.structs.asdict(row), "seal": seal}
            connection.execute(ENTRIES.insert().values(**values))
            _move(connection, _LAST, row.number, seal)
        return row.number

    def rows(self, after: int = 0) -> Iterator[Row]:
        """The rows with a higher number than `after`, in order.

        Raises:
            LogError: It could not be read.
        """
        with self._reading() as connection, closing(_rows(connection, after)) as rows:
            yield from rows

    def verify(self) -> Verified:
        """Whether every row is as it was written, in its place, and none is gone.

        Raises:
            LogError: It could not be read.
        """
        with self._reading() as connection:
            begin, end = _place(connection, _FIRST), _place(connection, _LAST)
            number, seal = begin.number, begin.seal
            broken: int | None = None
            with closing(_rows(connection, 0)) as rows:
                for row in rows:
                    number += 1
                    if row.number != number or row.seal != row.sealed(seal):
                        broken = number
                        break
                    seal = row.seal
        if broken is None and (number, seal) != (end.number, end.seal):
            broken = number + 1
        return Verified(
            rows=number - begin.number,
            first=begin.number + 1,
            seal=seal,
            broken=broken,
        )

    def forget(self, before: datetime) -> int:
        """How many rows, written before then, were let go; the chain begins after them.

        Raises:
            LogError: It could not be written.
        """
        limit = before.astimezone(UTC).isoformat(timespec="microseconds")
        with self._writing() as connection:
            begin = _place(connection, _FIRST)
            kept = connection.execute(
                sa.select(sa.func.min(ENTRIES.c.number)).where(
                    ENTRIES.c.written >= limit
                )
            ).scalar()
            end = _place(connection, _LAST)
            last = (end.number + 1 if kept is None else int(kept)) - 1
            if last <= begin.number:
                return 0
            seal = connection.execute(
                sa.select(ENTRIES.c.seal).where(ENTRIES.c.number == last)
            ).scalar_one()
            _move(connection, _FIRST, last, seal)
            connection.execute(ENTRIES.delete().where(ENTRIES.c.number <= last))
        return last - begin.number

    def ready(self) -> None:
        """Nothing, if the log can be reached.

        Raises:
            LogError: It cannot.
        """
        with self._reading() as connection:
            _place(connection, _LAST)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """The log as it is at one moment, which hinders no writer."""
        with _reported(), self._engine.connect() as connection:
            level = {"isolation_level": "REPEATABLE READ"}
            server = connection.dialect.name == "postgresql"
            yield connection.execution_options(
                reading=True, yield_per=1000, **(level if server else {})
            )

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that no other writer is in."""
        with _reported(), self._engine.begin() as connection:
            # SQLite is locked from the beginning (`_immediate`); elsewhere the end is.
            asked = sa.select(CHAIN.c.id).where(CHAIN.c.id == _LAST)
            connection.execute(asked.with_for_update())
            yield connection


class _Place(msgspec.Struct, frozen=True):
    """A place in the chain."""

    number: int
    seal: str


def _rows(connection: Connection, after: int) -> Generator[Row]:
    asked = sa.select(ENTRIES).where(ENTRIES.c.number > after)
    with closing(connection.execute(asked.order_by(ENTRIES.c.number))) as found:
        for row in found.mappings():
            yield Row(**row)


def _place(connection: Connection, which: int) -> _Place:
    asked = sa.select(CHAIN.c.number, CHAIN.c.seal).where(CHAIN.c.id == which)
    return _Place(*connection.execute(asked).one())


def _move(connection: Connection, which: int, number: int, seal: str) -> None:
    chosen = CHAIN.update().where(CHAIN.c.id == which)
    connection.execute(chosen.values(number=number, seal=seal))


def open_log(url: str) -> DecisionLog:
    """The log at a database URL, made or brought up to date first.

    Raises:
        ConfigurationError: The URL is none, or names a database that is not supported.
        LogError: The database cannot be reached, or is newer than this program.
    """
    engine = _engine(url)
    with _reported():
        _upgrade(engine)
    return DecisionLog(engine)


def _engine(url: str) -> Engine:
    try:
        named = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigurationError("the log is no database URL") from error
    kind = named.get_backend_name()
    if kind == "postgresql":
        named = named.set(drivername="postgresql+psycopg")
        return sa.create_engine(
            named, pool_pre_ping=True, isolation_level="READ COMMITTED"
        )
    if kind != "sqlite":
        raise ConfigurationError(f"the log is kept in SQLite or PostgreSQL, not {kind}")
    engine = sa.create_engine(named, connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _durable)
    sa.event.listen(engine, "begin", _immediate)
    return engine


def _durable(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    """Every commit of SQLite is on the disk before it returns."""
    connection.isolation_level = None  # the driver begins no transactions by itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _immediate(connection: Connection) -> None:
    """A transaction of SQLite takes its turn when it begins, not when it writes."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _upgrade(engine: Engine) -> None:
    """Bring the tables up to date; several servers may start at once.

    Raises:
        LogError: The database is newer than this program.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    place = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(place).replace("%", "%%"))
    with engine.begin() as connection:
        connection.execute(sa.text(_TURN[connection.dialect.name]))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise LogError(
                "the log was made by a later version of guardrail"
            ) from error


@contextmanager
def _reported() -> Iterator[None]:
    """What the database says, without what it was given: that may hold a password.

    Raises:
        LogError: It says that something failed.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise LogError(
            f"the decision log cannot be used ({type(error).__name__})",
            remedy="See that its database is there and can be written",
        ) from error
