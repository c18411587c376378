"""What builds cost: the seconds of each step, and what stands in the warehouse after it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stayhouse.base.artifacts import read_artifact
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import literal, reading

# So many builds are kept, the latest last.
KEPT = 30
DEAREST = 5
_LISTED = 20
# Below this a step's seconds are noise, and how they grow says nothing.
_LEAST_SECONDS = 0.5
_MEGABYTE = 1_000_000
_WIDTH = 48


@dataclass(frozen=True)
class Step:
    """A model, a seed or a test.

    ``seconds`` are those of the clock that dbt waited for it; steps run beside each other, so they
    add up to more than a build lasts. ``rows`` and ``size`` (bytes) are those of its table, None
    where it has none.
    """

    room: str
    name: str
    seconds: float
    rows: int | None = None
    size: int | None = None


@dataclass(frozen=True)
class Build:
    """The steps of a build, and when dbt ended it (ISO text, UTC)."""

    ended_at: str
    steps: list[Step]


def costs_path(database: Path) -> Path:
    """Return where the costs of a warehouse's builds are kept: beside its file."""
    return database.with_name(f"{database.name}.costs.json")


def note_costs(target: Path, database: Path) -> Build:
    """Add what the last build cost to what is kept of earlier ones; return it.

    Args:
        target: the folder that dbt wrote manifest.json and run_results.json to.
        database: the warehouse file that it built.

    Raises:
        StayhouseError: the warehouse cannot be read, or the file of costs is none.
    """
    results = read_artifact(target / "run_results.json")
    nodes = read_artifact(target / "manifest.json")["nodes"]
    build = Build(
        results["metadata"]["generated_at"], list(_steps(results["results"], nodes, database))
    )
    path = costs_path(database)
    kept = [*read_costs(database), build][-KEPT:] if path.exists() else [build]
    text = [{"ended_at": b.ended_at, "steps": [vars(step) for step in b.steps]} for b in kept]
    path.write_text(json.dumps(text) + "\n", encoding="utf-8")
    return build


def read_costs(database: Path) -> list[Build]:
    """Return the builds of which the costs are kept, the latest last.

    Raises:
        StayhouseError: there are none, or the file is broken.
    """
    path = costs_path(database)
    if not path.is_file():
        raise StayhouseError(
            f"No costs are kept beside {database}: run 'stayhouse build' (make build); dbt alone "
            "keeps none."
        )
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return [Build(b["ended_at"], [Step(**step) for step in b["steps"]]) for b in kept]
    except (ValueError, TypeError, KeyError) as error:
        raise StayhouseError(
            f"{path} is no file of costs: take it away; the next build begins a new one."
        ) from error


def _steps(
    results: Iterable[dict[str, Any]], nodes: dict[str, Any], database: Path
) -> Iterator[Step]:
    """Return the models and seeds that were built, and the tests, by the room of what they hold."""
    with reading(database) as con:
        tables = {
            (schema, name): rows
            for schema, name, rows in con.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables() "
                "where database_name = 'warehouse'"
            ).fetchall()
        }
        for result in results:
            node = nodes.get(result["unique_id"], {})
            kind, seconds = node.get("resource_type"), round(result["execution_time"], 3)
            if kind in ("test", "unit_test"):
                tested_node = nodes.get(node.get("attached_node") or "", {})
                room = tested_node.get("schema", "laws")
                yield Step(room, result["unique_id"].split(".")[2], seconds)
            elif kind in ("model", "seed"):
                place = (node["schema"], node["alias"])
                rows = tables.get(place)
                size = None if rows is None else _size(con, *place)
                yield Step(*place, seconds, rows, size)


def _size(con: Any, schema: str, name: str) -> int:
    """Return the bytes of a table's blocks; small tables share blocks, so it is a bound."""
    table = literal(f"warehouse.{schema}.{name}")
    return int(
        con.execute(
            "select count(distinct block_id) * (select block_size from pragma_database_size() "
            f"where database_name = 'warehouse') from pragma_storage_info({table}) "
            "where block_id >= 0"
        ).fetchall()[0][0]
    )


def dearest_line(build: Build) -> str:
    """Return the steps that took longest, with their share of all, in one line."""
    total = sum(step.seconds for step in build.steps)
    dearest = sorted(build.steps, key=lambda step: -step.seconds)[:DEAREST]
    told = [
        f"{step.room}.{step.name} {step.seconds:.1f} s ({100 * step.seconds / total:.0f} %)"
        for step in dearest
        if step.seconds > 0
    ]
    return f"The dearest steps: {', '.join(told)}. All: stayhouse costs" if told else ""


def cost_lines(builds: list[Build], room: str | None) -> list[str]:
    """Return the costs of the last build beside those of the one before, as lines of a page.

    Args:
        builds: the latest last, at least one.
        room: a room whose steps are listed (default: the rooms, and the dearest steps of all).

    Raises:
        StayhouseError: no step is of that room.
    """
    now = builds[-1]
    before = builds[-2] if len(builds) > 1 else Build("", [])
    total = sum(step.seconds for step in now.steps)
    lines = [
        f"{len(builds)} build(s) are kept; the last one ended at {now.ended_at[:19]} UTC. By the "
        f"clock its steps took {total:,.1f} s in all; several run at once, so it lasted less.",
        "",
    ]
    listed = [step for step in now.steps if room in (None, step.room)]
    if not listed and room is not None:
        rooms = ", ".join(sorted({step.room for step in now.steps}))
        raise StayhouseError(f"No step is of a room '{room}': name one of {rooms}.")
    if room is None:
        lines += [*_table("room", _of_rooms(now), _of_rooms(before), total), ""]
    listed.sort(key=lambda step: -step.seconds)
    lines += [*_table("step", _of_steps(listed[:_LISTED]), _of_steps(before.steps), total)]
    if len(listed) > _LISTED:
        lines.append(
            f"and {len(listed) - _LISTED} more, each below {listed[_LISTED - 1].seconds} s"
        )
    return [*lines, *_growing(listed, before)]


def _of_rooms(build: Build) -> dict[str, Step]:
    rooms: dict[str, Step] = {}
    for step in build.steps:
        so_far = rooms.get(step.room, Step(step.room, "", 0.0, 0, 0))
        rooms[step.room] = Step(
            step.room, "", so_far.seconds + step.seconds,
            (so_far.rows or 0) + (step.rows or 0), (so_far.size or 0) + (step.size or 0),
        )  # fmt: skip
    return dict(sorted(rooms.items(), key=lambda item: -item[1].seconds))


def _of_steps(steps: Iterable[Step]) -> dict[str, Step]:
    return {f"{step.room}.{step.name}": step for step in steps}


def _table(head: str, now: dict[str, Step], before: dict[str, Step], total: float) -> Iterator[str]:
    titles = ("seconds", "share", "before", "rows", "before", "MB")
    widths = (8, 7, 8, 13, 13, 8)
    yield f"{head:{_WIDTH}}" + "".join(f"{t:>{w}}" for t, w in zip(titles, widths, strict=True))
    for name, step in now.items():
        old = before.get(name)
        share = 100 * step.seconds / total if total else 0.0
        told = (
            f"{step.seconds:.1f}", f"{share:.0f} %", "" if old is None else f"{old.seconds:.1f}",
            _count(step.rows), _count(None if old is None else old.rows),
            "" if step.size is None else f"{step.size / _MEGABYTE:.1f}",
        )  # fmt: skip
        # The names of some tests are long.
        cut = name if len(name) < _WIDTH else f"{name[: _WIDTH - 4]}..."
        yield f"{cut:{_WIDTH}}" + "".join(f"{t:>{w}}" for t, w in zip(told, widths, strict=True))


def _count(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,}"


def _growing(listed: list[Step], before: Build) -> Iterator[str]:
    """Say which steps grew more than their rows did, by half and more."""
    old = _of_steps(before.steps)
    for name, step in _of_steps(listed).items():
        was = old.get(name)
        if was and was.rows and step.rows and min(was.seconds, step.seconds) >= _LEAST_SECONDS:
            seconds, rows = step.seconds / was.seconds, step.rows / was.rows
            if seconds >= 1.5 * max(rows, 1.0):
                yield (
                    f"{name} took {seconds:.1f} times as long as before, with {rows:.2f} times the "
                    "rows."
                )
