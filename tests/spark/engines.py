"""The same SQL on DuckDB and on Spark: write it in both dialects, run it, compare the rows."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.building import CHECKOUT, Run

FOLDER = CHECKOUT / "build" / "spark"
PROFILES = CHECKOUT / "tests" / "spark"
_MARK = "--8<-- "
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER")
# Doubles may differ in their last digits: engines add in another order.
_TOLERANCE = 1e-9


def rendered(templates: dict[str, str], parsed: Path | None = None) -> dict[str, str]:
    """Return templates ({name: Jinja of this project}) as SQL of DuckDB.

    ``parsed`` is where dbt parsed the project before (None = it parses now).
    """
    folder = FOLDER / "duckdb"
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{_MARK}{name}\n{template}\n" for name, template in templates.items())
    done = Run(folder=folder, parsed=parsed).dbt(
        "--quiet", "compile", "--no-introspect", "--no-populate-cache", "--inline", text
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    parts = [part.split("\n", 1) for part in done.stdout.split(_MARK)[1:]]
    return {name: sql.strip() for name, sql in parts}


@dataclass(frozen=True)
class Answers:
    """What Spark made of models and templates: folders of Parquet, or the error's first line."""

    folder: Path
    # Where the models stand in the warehouse, by name.
    relations: dict[str, str]
    seconds: dict[str, float]
    errors: dict[str, str]

    def relation(self, name: str) -> str:
        """Return the rows of a model or a template as a relation of DuckDB."""
        return f"read_parquet('{self.folder / name}/*.parquet')"


def run_on_spark(
    inputs: dict[str, Path], templates: dict[str, str], rooms: list[str], leave_out: list[str]
) -> Answers:
    """Run SQL models of rooms (none = all), and templates, on relations ({name: Parquet file})."""
    out = FOLDER / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    job = {
        "inputs": {relation: str(file) for relation, file in inputs.items()},
        "templates": templates,
        "rooms": rooms,
        "leave_out": leave_out,
        "profiles": str(PROFILES),
        "out": str(out),
    }
    (out / "job.json").write_text(json.dumps(job), encoding="utf-8")
    session = CHECKOUT / "tests" / "spark" / "session.py"
    done = subprocess.run(
        [str(FOLDER / "environment" / "bin" / "python"), str(session), str(out / "job.json")],
        cwd=CHECKOUT, env=Run(out).environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return Answers(out, **json.loads((out / "answers.json").read_text(encoding="utf-8")))


def _family(type_name: str) -> str:
    """Return the family of a DuckDB type in which both engines' types are the same."""
    if type_name in _WHOLE or (type_name.startswith("DECIMAL") and type_name.endswith(",0)")):
        return "whole number"
    if type_name.startswith("DECIMAL"):
        return "decimal"
    # Spark writes an instant, DuckDB has it without a zone; both are in UTC.
    if type_name.startswith("TIMESTAMP"):
        return "timestamp"
    if type_name.startswith("ENUM"):
        return "text"
    return type_name.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMP")


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = con.execute(f"describe select * from {relation}").fetchall()
    return {name: str(type_name) for name, type_name, *_ in described}


def difference(
    con: duckdb.DuckDBPyConnection, expected: str, got: str, last_digit: tuple[str, ...] = ()
) -> str:
    """Say how the rows of two relations differ; nothing where they are the same.

    Whole numbers, decimals, text, dates and timestamps are the same when they are equal, doubles
    to 1e-9 of their size, and decimals of the columns ``last_digit`` to 0.0001. Rows have no order.
    """
    types, got_types = _columns(con, expected), _columns(con, got)
    if types.keys() != got_types.keys():
        return f"columns {sorted(types.keys() ^ got_types.keys())}"
    other = {
        name: f"{name} is {got_types[name]}, not {types[name]}"
        for name in types
        if _family(types[name]) != _family(got_types[name])
    }
    if other:
        return "; ".join(other.values())
    # How far apart values of a column may be; equal where it is not named.
    apart = {
        name: f"{_TOLERANCE} * greatest(abs(e.{name}), abs(g.{name}))"
        for name in types
        if types[name] == "DOUBLE"
    } | dict.fromkeys(last_digit, "0.0001")
    order = ", ".join(f'"{name}"' for name in sorted(types, key=lambda name: name in apart))
    unequal = [
        f"(e.{name} is distinct from g.{name} and not coalesce("
        f"abs(e.{name} - g.{name}) <= {apart[name]}, false))"
        if name in apart
        else f"e.{name} is distinct from g.{name}"
        for name in types
    ]
    # Equal rows stand at equal places of the same order.
    rows = con.execute(
        f"""
        with e as (select *, row_number() over (order by {order}) as place_ from {expected}),
        g as (select *, row_number() over (order by {order}) as place_ from {got}),
        unlike as (
            select coalesce(e.place_, g.place_) as place_, e, g
            from e full join g on e.place_ = g.place_
            where e.place_ is null or g.place_ is null or {" or ".join(unequal)}
        )
        select (select count(*) from unlike), e, g from unlike order by place_ limit 1
        """
    ).fetchall()
    if not rows:
        return ""
    count, first, second = rows[0]
    if first is None or second is None:
        return f"{count} rows, one is {'missing' if second is None else 'too many'}"
    unlike = {k: (first[k], second[k]) for k in types if first[k] != second[k]}
    return f"{count} rows, the first {list(first.values())[:3]}: {unlike}"
