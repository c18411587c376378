"""What the build would say of rows: its own staging models judge them, in a warehouse that goes.

dbt runs in a process of its own, on the landing folder of a check and on a project of staging
alone: to read all models takes it twice as long as all the rest of a check.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.kinds import canonical_tables, money_at_stake, offending_value
from stayhouse.landing.unmatched import Unmatched, attached, unmatched_ids

_DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
_TARGET, _DATABASE = "target", "check.duckdb"
# What staging is made of, beside its models: where the project has them.
_BESIDE = (
    *("dbt_project.yml", ".dbtignore", "macros", "seeds"),
    *("packages.yml", "dependencies.yml", "package-lock.yml", "dbt_packages"),
)
# Settings of rooms that are not there are no mistake; a source without models is one.
_ERRORS = '{"error": ["NothingToDo"]}'
_MONEY = "check_money"
# Where the warehouse has every event that was taken.
_TAKEN = "int_events__landed"


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


def judge(
    root: Path, source: str, landing: Path, work: Path, warehouse: Path | None = None
) -> list[Judged]:
    """Return what becomes of the rows in a landing folder, by canonical table of a source.

    Args:
        root: the project's folder.
        source: the source, whose staging models judge.
        landing: the landing folder.
        work: a folder for the warehouse and for what dbt reads and writes.
        warehouse: what was built before, where ids are looked for too; None = in the folder alone.

    Raises:
        StayhouseError: dbt cannot run the models, or the warehouse cannot be read.
    """
    tables = {
        table: f"staging.{identifier(f'stg_{source}__{table}')}"
        for table in canonical_tables(root)
        if (root / f"models/staging/{source}/stg_{source}__{table}.sql").exists()
    }
    money = money_at_stake(
        root, {table: f"{{{{ ref('stg_{source}__{table}') }}}}" for table in tables}
    )
    database = stage(root, source, landing, work, {_MONEY: money} if money else {})
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        built = attached(con, warehouse) if warehouse else set()
        judged = [_judged(con, root, table, relation) for table, relation in tables.items()]
        ids = unmatched_ids(con, source, tables, built)
        for found in judged:
            if found.table == "events":
                found.rejected += _reused_ids(con, source, tables["events"], _TAKEN in built)
            found.unmatched = ids.get(found.table, [])
        if money and any(found.rejected for found in judged):
            _add_money(con, judged)
    return judged


def stage(
    root: Path, source: str, landing: Path, work: Path, more: Mapping[str, str] | None = None
) -> Path:
    """Make the staging models of a source, with the seeds that they read; return the warehouse.

    Args and errors are those of ``judge``; what dbt wrote stands in ``target`` of ``work``.
    ``more`` are models to be made beside them, SQL by name.
    """
    project = work / "project"
    models = project / "models"
    # dbt follows no link among models. Docs of all rooms are read: a column may be told by any.
    shutil.copytree(root / "models" / "staging", models / "staging")
    for path in (*(root / "models").rglob("*.md"), root / "models" / "groups.yml"):
        place = models / path.relative_to(root / "models")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    for name in _BESIDE:
        if (root / name).exists():
            (project / name).symlink_to(root / name)
    for name, sql in (more or {}).items():
        (models / "staging" / source / f"{name}.sql").write_text(sql, encoding="utf-8")
    done = subprocess.run(
        [
            *(*_DBT, "--quiet", "--no-use-colors", "--warn-error-options", _ERRORS, "build"),
            *("--select", f"+path:models/staging/{source}"),
            *("--resource-type", "model", "--resource-type", "seed"),
            *("--target-path", str(work / _TARGET), "--log-path", str(work / "logs")),
        ],
        cwd=project,
        env={
            **os.environ,
            "DBT_PROFILES_DIR": str(root),
            "DBT_PROJECT_DIR": str(project),
            "STAYHOUSE_DB": str(work / _DATABASE),
            "STAYHOUSE_LANDING": str(landing),
        },
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = " ".join((done.stdout + done.stderr).split())[-600:]
        raise StayhouseError(f"dbt cannot run the staging models of {source}: {said}")
    return work / _DATABASE


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


def _reused_ids(
    con: duckdb.DuckDBPyConnection, source: str, relation: str, is_built: bool
) -> list[Rejected]:
    """Return the events whose id another one has, as ``int_events__repeated`` will tell them.

    The first counts, and what was built before came first: it is asked where ``is_built``.
    """
    claims = (
        "select batch_id, landed_row, event_id, row_hash, received_at, true as is_new "
        f"from {relation} where reason_code is null"
    )
    if is_built:
        claims += (
            " union all select batch_id, landed_row, event_id, row_hash, received_at, false "
            f"from built.core.{_TAKEN} where reason_code is null "
            f"and source_name = {literal(source)} and event_id in (select event_id from {relation})"
        )
    rows = con.execute(
        "select 'conflicting_event_id', count(*), batch_id, min(landed_row), "
        "arg_min(event_id, landed_row) from (select batch_id, landed_row, event_id, row_hash, "
        "is_new, first_value(row_hash) over (partition by event_id "
        "order by is_new, batch_id, received_at nulls last, row_hash, landed_row) as first_hash "
        f"from ({claims})) where is_new and row_hash <> first_hash "
        "group by batch_id order by batch_id"
    ).fetchall()
    return [Rejected(*row) for row in rows]


def _add_money(con: duckdb.DuckDBPyConnection, judged: list[Judged]) -> None:
    """Say of rejected rows what they are worth, by currency, as far as it can be read."""
    found: dict[tuple[str, str, int], list[tuple[Decimal, str | None]]] = {}
    for *key, worth, currency in con.execute(
        f"select * from staging.{_MONEY} where worth <> 0 order by worth desc, currency"
    ).fetchall():
        found.setdefault(tuple(key), []).append((worth, currency))
    for table in judged:
        for rejected in table.rejected:
            rejected.money = found.get((table.table, rejected.reason, rejected.batch_id), [])
