"""What builds cost: kept beside the warehouse, told by room and step, beside the build before."""

import json
from pathlib import Path

import duckdb
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.reports import costs
from stayhouse.reports.costs import Build, Step


def node(kind: str, schema: str, name: str, **more: object) -> dict[str, object]:
    return {"resource_type": kind, "schema": schema, "alias": name, **more}


NODES = {
    "model.s.orders": node("model", "core", "orders"),
    "model.s.view": node("model", "staging", "view"),
    "seed.s.rates": node("seed", "seeds", "rates"),
    "test.s.grain": node("test", "tests", "grain", attached_node="model.s.orders"),
    "test.s.unique": node("test", "tests", "unique", attached_node="model.s.orders"),
    "test.s.law": node("test", "tests", "law", attached_node=None),
}
SECONDS = {
    "model.s.orders": 4.0, "model.s.view": 0.5, "seed.s.rates": 0.25, "test.s.grain": 0.5,
    "test.s.unique": 0.25, "test.s.law": 2.0, "operation.s.hook": 9.0,
}  # fmt: skip


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, Path]:
    """The folder of dbt's files and the warehouse file of a build that has ended."""
    database = tmp_path / "shop.duckdb"
    with duckdb.connect(str(database)) as con:
        con.execute(
            "create schema core; create schema staging; create schema seeds; "
            "create table core.orders as select unnest(range(100000)) as n, n * 7919 % 104729 as m;"
            "create view staging.view as select 1; create table seeds.rates as select 1 as a"
        )
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": NODES}))
    ended(tmp_path, "2026-01-01T00:00:00Z")
    return tmp_path, database


def ended(target: Path, at: str) -> None:
    results = [{"unique_id": name, "execution_time": took} for name, took in SECONDS.items()]
    text = json.dumps({"metadata": {"generated_at": at}, "results": results})
    (target / "run_results.json").write_text(text)


def test_a_build_is_noted_with_seconds_rows_and_bytes(built: tuple[Path, Path]) -> None:
    steps = {(step.room, step.name): step for step in costs.note_costs(*built).steps}
    orders = steps["core", "orders"]
    assert (orders.seconds, orders.rows) == (4.0, 100_000)
    # Two columns of whole numbers: from a bit-packed part of 1.6 MB up to all of it.
    assert orders.size is not None
    assert 200_000 < orders.size < 2_000_000
    assert (steps["staging", "view"].rows, steps["staging", "view"].size) == (None, None)
    # Tests are of the room of what they are attached to, laws of none; hooks are no step.
    assert {place: step.seconds for place, step in steps.items() if step.rows is None} == {
        ("staging", "view"): 0.5, ("core", "grain"): 0.5, ("core", "unique"): 0.25,
        ("laws", "law"): 2.0,
    }  # fmt: skip
    assert len(steps) == 6


def test_the_last_builds_are_kept_the_latest_last(built: tuple[Path, Path]) -> None:
    for number in range(costs.KEPT + 2):
        ended(built[0], f"2026-01-01T00:00:{number:02}Z")
        costs.note_costs(*built)
    kept = costs.read_costs(built[1])
    assert len(kept) == costs.KEPT
    assert (kept[0].ended_at, kept[-1].ended_at) == (
        "2026-01-01T00:00:02Z",
        f"2026-01-01T00:00:{costs.KEPT + 1}Z",
    )


def test_the_dearest_steps_are_told_with_their_share(built: tuple[Path, Path]) -> None:
    line = costs.dearest_line(costs.note_costs(*built))
    # Of 7.5 seconds; the hook is no step.
    assert line.startswith("The dearest steps: core.orders 4.0 s (53 %), laws.law 2.0 s (27 %), ")
    assert line.endswith("All: stayhouse costs")
    assert costs.dearest_line(Build("", [])) == ""


def lines(was: Step, now: Step, room: str | None = None) -> list[str]:
    return costs.cost_lines([Build("2026-01-01", [was]), Build("2026-01-02", [now])], room)


@pytest.mark.parametrize(
    ("seconds", "rows", "is_told"),
    [(3.0, 100, True), (2.9, 100, False), (3.0, 101, False), (6.0, 200, True), (3.0, 50, True)],
)
def test_what_grows_more_than_its_rows_is_named(seconds: float, rows: int, is_told: bool) -> None:
    """Half more than its rows did, from 2 seconds and 100 rows on; fewer rows count as so many."""
    told = lines(Step("core", "orders", 2.0, 100, 1), Step("core", "orders", seconds, rows, 1))
    assert ("times as long" in told[-1]) == is_told


def test_of_a_room_no_step_of_another_is_told() -> None:
    was, now = Step("core", "orders", 2.0, 100, 1), Step("core", "orders", 9.0, 100, 1)
    law = Step("laws", "law", 1.0)
    builds = [Build("2026-01-01", [was, law]), Build("2026-01-02", [now, law])]
    assert "times as long" in costs.cost_lines(builds, "core")[-1]
    assert "times as long" not in costs.cost_lines(builds, "laws")[-1]


def test_short_steps_are_noise() -> None:
    told = lines(Step("core", "orders", 0.4, 100, 1), Step("core", "orders", 4.0, 100, 1))
    assert "times as long" not in told[-1]


def test_rooms_are_listed_and_the_steps_of_one() -> None:
    now = Build("2026-01-02", [Step("core", "a", 3.0, 5, 10), Step("core", "b", 1.0, 7, 10),
                               Step("churn", "c", 4.0)])  # fmt: skip
    told = [" ".join(line.split()) for line in costs.cost_lines([now], None)]
    assert "core 4.0 50 % 12 0.0" in told
    of_core = [line.split()[0] for line in costs.cost_lines([now], "core")[2:]]
    assert of_core == ["step", "core.a", "core.b"]
    with pytest.raises(StayhouseError, match="No step is of a room 'x': name one of churn, core"):
        costs.cost_lines([now], "x")


@pytest.mark.parametrize(("length", "is_cut"), [(42, False), (43, True)])
def test_a_long_name_does_not_move_the_columns(length: int, is_cut: bool) -> None:
    told = costs.cost_lines([Build("2026-01-02", [Step("core", "x" * length, 1.0)])], "core")
    assert told[2].index("seconds") == told[3].index("1.0") - len("seconds") + len("1.0")
    assert ("..." in told[3]) == is_cut


def test_a_build_without_steps_is_no_division() -> None:
    assert "0.0 s" in costs.cost_lines([Build("2026-01-02", [])], None)[0]


def test_costs_that_are_none_or_broken_are_said(built: tuple[Path, Path]) -> None:
    with pytest.raises(StayhouseError, match="run 'stayhouse build'"):
        costs.read_costs(built[1])
    for text in ("{", "[1]", '[{"ended_at": "x"}]'):
        costs.costs_path(built[1]).write_text(text)
        with pytest.raises(StayhouseError, match="is no file of costs: take it away"):
            costs.read_costs(built[1])
