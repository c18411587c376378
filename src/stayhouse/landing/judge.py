"""What the build would say of rows: its own staging models judge them, in a warehouse that goes.

dbt runs in a process of its own, on the landing folder of a check and on the models of one source.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import identifier
from stayhouse.landing.kinds import canonical_tables, money_at_stake, offending_value

_DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
# What dbt read of the project before, which spares it most of its time.
_PARSED = "partial_parse.msgpack"
_TARGET, _DATABASE = "target", "check.duckdb"


@dataclass
class Rejected:
    """Rows of one file that are rejected for one reason: how many, the first, and its value.

    ``money`` is what they are worth, as far as it can be read: (amount, currency or None).
    """

    reason: str
    count: int
    batch_id: int
    row: int
    value: str
    money: list[tuple[Decimal, str | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Unmatched:
    """Ids that accepted rows of one table name and those of another do not have.

    ``count`` of ``all`` ids are not there, of which one, the first by its letters, is ``example``.
    """

    column: str
    other: str
    count: int
    all: int
    example: str

    @property
    def share(self) -> float:
        """Which share of the ids is not there."""
        return self.count / self.all


# What a shop's tables say of each other: the ids of the first are looked for in the second.
_MATCHED = (
    ("orders", "order_id", "order_lines"),
    ("orders", "customer_id", "customers"),
    ("order_lines", "order_id", "orders"),
    ("refunds", "order_id", "orders"),
    ("events", "customer_id", "customers"),
)


@dataclass
class Judged:
    """The staged rows of a canonical table, those of them that are rejected, and ids that another
    table does not have, where both have accepted rows.
    """

    table: str
    row_count: int
    rejected: list[Rejected] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)

    @property
    def rejected_count(self) -> int:
        """How many rows are rejected."""
        return sum(reason.count for reason in self.rejected)


def judge(root: Path, source: str, landing: Path, work: Path, parsed: Path) -> list[Judged]:
    """Return what becomes of the rows in a landing folder, by canonical table of a source.

    Args:
        root: the project's folder.
        source: the source, whose staging models judge.
        landing: the landing folder.
        work: a folder for the warehouse and for what dbt writes.
        parsed: the folder where dbt may have left what it read of the project.

    Raises:
        StayhouseError: dbt cannot run the models.
    """
    database = stage(root, source, landing, work, parsed)
    tables = {
        table: f"staging.{identifier(f'stg_{source}__{table}')}"
        for table in canonical_tables(root)
        if (root / f"models/staging/{source}/stg_{source}__{table}.sql").exists()
    }
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        judged = [_judged(con, root, table, relation) for table, relation in tables.items()]
        for found in judged:
            found.unmatched = [
                unmatched
                for name, column, other in _MATCHED
                if name == found.table and other in tables
                if (unmatched := _unmatched(con, column, tables[name], other, tables[other]))
            ]
    asked = [
        money_at_stake(root, found.table, tables[found.table]) for found in judged if found.rejected
    ]
    if any(asked):
        _add_money(
            database,
            _dbt(
                root, source, landing, work,
                "compile", "--inline", " union all ".join(filter(None, asked)),
            ),
            judged,
        )  # fmt: skip
    return judged


def stage(root: Path, source: str, landing: Path, work: Path, parsed: Path) -> Path:
    """Make the staging models of a source, with the seeds that they read; return the warehouse.

    Args and errors are those of ``judge``; what dbt wrote stands in ``target`` of ``work``.
    """
    (work / _TARGET).mkdir()
    if (parsed / _PARSED).exists():
        shutil.copyfile(parsed / _PARSED, work / _TARGET / _PARSED)
    _dbt(
        root, source, landing, work,
        *("build", "--select", f"+path:models/staging/{source}"),
        *("--resource-type", "model", "--resource-type", "seed"),
    )  # fmt: skip
    return work / _DATABASE


def _dbt(root: Path, source: str, landing: Path, work: Path, *words: str) -> str:
    done = subprocess.run(
        [
            *(*_DBT, "--quiet", "--no-use-colors", *words),
            *("--target-path", str(work / _TARGET), "--log-path", str(work / "logs")),
        ],
        cwd=root,
        env={
            **os.environ,
            "DBT_PROFILES_DIR": str(root),
            "DBT_PROJECT_DIR": str(root),
            "STAYHOUSE_DB": str(work / _DATABASE),
            "STAYHOUSE_LANDING": str(landing),
        },
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = " ".join((done.stdout + done.stderr).split())[-600:]
        raise StayhouseError(f"dbt cannot run the staging models of {source}: {said}")
    return done.stdout


def _judged(con: duckdb.DuckDBPyConnection, root: Path, table: str, relation: str) -> Judged:
    count = con.execute(f"select count(*) from {relation}").fetchall()[0][0]
    # A batch is a file.
    rows = con.execute(
        f"select reason_code, count(*), batch_id, min(landed_row), "
        f"coalesce(arg_min(value, landed_row), '') from (select reason_code, batch_id, landed_row, "
        f"{offending_value(root)} as value from {relation} where reason_code is not null) "
        "group by reason_code, batch_id order by batch_id, 2 desc, 1"
    ).fetchall()
    return Judged(table, count, [Rejected(*row) for row in rows])


def _unmatched(
    con: duckdb.DuckDBPyConnection, column: str, relation: str, other: str, other_relation: str
) -> Unmatched | None:
    """Return the ids of a column that another table does not have; None where it has all or no row.

    A table without an accepted row is not there, which is told by itself.
    """
    count, all_ids, example, is_there = con.execute(
        f"with ids as (select distinct {column} as id from {relation} "
        f"where reason_code is null and {column} is not null), "
        f"others as (select distinct {column} as id from {other_relation} "
        "where reason_code is null and id is not null) "
        "select count(*) filter (o.id is null), count(*), min(i.id) filter (o.id is null), "
        "(select count(*) > 0 from others) from ids as i left join others as o on i.id = o.id"
    ).fetchall()[0]
    return Unmatched(column, other, count, all_ids, example) if count and is_there else None


def _add_money(database: Path, sql: str, judged: list[Judged]) -> None:
    """Say of rejected rows what they are worth, by currency, as far as it can be read."""
    found: dict[tuple[str, str, int], list[tuple[Decimal, str | None]]] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        for *key, worth, currency in con.execute(
            f"select * from ({sql}) where worth <> 0 order by worth desc, currency"
        ).fetchall():
            found.setdefault(tuple(key), []).append((worth, currency))
    for table in judged:
        for rejected in table.rejected:
            rejected.money = found.get((table.table, rejected.reason, rejected.batch_id), [])
