"""The cube counted once more, person by person, and what a mistaken row of its seed is told."""

import csv
from bisect import bisect_left
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.building import CHECKOUT, Run

ZONE = ZoneInfo("Europe/London")
SMALLEST = 10
KINDS = {
    "visit": "select person_id, started_at from core.sessions where not is_bot",
    "order": "select person_id, ordered_at from core.orders where is_order",
    "net_order": "select person_id, ordered_at from core.orders where is_net_at_clock",
}
LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
# A login's person needs the identity map; channel, device and category need more than a column.
CUTS = [
    row
    for row in csv.DictReader((CHECKOUT / "seeds" / "retention_cuts.csv").open())
    if {row["start_kind"], row["return_kind"]} <= set(KINDS) and row["slice"] in ("none", "country")
]
Cell = tuple[str, date, int]


def local_day(instant: datetime) -> date:
    return instant.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE).date()


def period(day: date, grain: str) -> int:
    """The number of a local period; consecutive ones have consecutive numbers."""
    if grain == "month":
        return day.year * 12 + day.month
    return day.toordinal() if grain == "day" else (day.toordinal() - 1) // 7


def first_day(day: date, grain: str) -> date:
    if grain == "month":
        return day.replace(day=1)
    return day if grain == "day" else day - timedelta(days=day.weekday())


def naive(run: Run, cut: dict[str, str]) -> dict[Cell, tuple[int, int, int]]:
    """Count a cut's cells: cohort size, eligible and retained by slice, cohort and index."""
    as_of: datetime = run.query("select as_of_at from core.clock")[0][0]  # type: ignore[assignment]
    happened: dict[str, dict[str, list[datetime]]] = {}
    for kind in {cut["start_kind"], cut["return_kind"]}:
        times: dict[str, list[datetime]] = defaultdict(list)
        for person, instant in run.query(KINDS[kind]):
            if person is not None and instant < as_of:  # type: ignore[operator]
                times[str(person)].append(instant)  # type: ignore[arg-type]
        happened[kind] = times
    countries = dict(run.query("select person_id, country from core.customers"))
    grain, bracket = cut["cohort_grain"], cut["definition"] == "bracket"
    counts: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
    sizes: dict[tuple[str, date], int] = defaultdict(int)
    for person, starts in happened[cut["start_kind"]].items():
        start = min(starts)
        if cut["clock_kind"] == "calendar":
            begun = period(local_day(start), grain)
            last = period(local_day(as_of), grain) - begun - 1
            back = [
                period(local_day(at), grain) - begun
                for at in happened[cut["return_kind"]].get(person, ())
                if at > start
            ]
        else:
            last = (as_of - start) // LENGTHS[grain] - 1
            back = [
                (at - start) // LENGTHS[grain]
                for at in happened[cut["return_kind"]].get(person, ())
                if at > start
            ]
        sliced = countries.get(person) or "unknown" if cut["slice"] == "country" else "all"
        cohort = (str(sliced), first_day(local_day(start), grain))
        sizes[cohort] += 1
        least = int(cut["min_occurrences"])
        enough = sorted({i for i in back if i <= last and back.count(i) >= least} | {0})
        if bracket:
            low, high = int(cut["bracket_from"]), int(cut["bracket_to"])
            if high <= last:
                cell = counts[(*cohort, low)]
                cell[0] += 1
                cell[1] += low == 0 or sum(low <= i <= high for i in back) >= least
            continue
        for index in range(last + 1):
            cell = counts[(*cohort, index)]
            cell[0] += 1
            if cut["definition"] == "on":
                cell[1] += index in enough
            else:
                cell[1] += bisect_left(enough, index) < len(enough)
    return withheld(sizes, counts, cut["slice"] != "none")


def withheld(
    sizes: dict[tuple[str, date], int], counts: dict[Cell, list[int]], is_sliced: bool
) -> dict[Cell, tuple[int, int, int]]:
    """Put slices that are too small together, with the next one where they still are."""
    names: dict[tuple[str, date], str] = {}
    for start in {start for _, start in sizes}:
        slices = sorted((size, name) for (name, begun), size in sizes.items() if begun == start)
        before = [0, *accumulate(size for size, _ in slices)]
        for (size, name), smaller in zip(slices, before, strict=False):
            hide = is_sliced and (size < SMALLEST or 0 < smaller < SMALLEST)
            names[name, start] = "withheld" if hide else name
    shown: dict[tuple[str, date], int] = defaultdict(int)
    for (name, start), size in sizes.items():
        shown[names[name, start], start] += size
    cells: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
    for (name, start, index), (eligible, retained) in counts.items():
        cell = cells[names[name, start], start, index]
        cell[0] += eligible
        cell[1] += retained
    return {
        (name, start, index): (shown[name, start], *cell)  # type: ignore[misc]
        for (name, start, index), cell in cells.items()
    }


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut["cut_id"])
def test_a_cut_is_what_counting_gives(cut: dict[str, str], warehouse: Run) -> None:
    rows = warehouse.query(
        "select slice_value, cohort_start, period_index, cohort_size, eligible_count, "
        f"retained_count from retention.retention_cube where cut_id = '{cut['cut_id']}'"
    )
    found = {(str(r[0]), r[1], r[2]): r[3:] for r in rows}
    assert len(found) > 100
    assert found == naive(warehouse, cut)


ROW: dict[str, Any] = {
    "cut_id": "mine",
    "cohort_grain": "week",
    "start_kind": "order",
    "return_kind": "visit",
    "definition": "bracket",
    "bracket_from": 1,
    "bracket_to": 2,
    "clock_kind": "rolling",
    "min_occurrences": 1,
    "slice": "device",
}


@pytest.fixture(scope="module")
def checks(warehouse: Run) -> str:
    """The SQL that checks the seed, reading a table `cuts` in its place."""
    path = warehouse.target / "compiled/stayhouse/models/retention/int_retention__cuts.sql"
    sql = path.read_text(encoding="utf-8")
    assert '"seeds"."retention_cuts"' in sql
    return sql.replace('"stayhouse"."seeds"."retention_cuts"', "cuts").replace(
        '"stayhouse"."seeds"."event_types"', "types"
    )


def checked(sql: str, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        con.execute("create table types as select 'login' as event_type")
        con.execute(
            "create table cuts (cut_id varchar, cohort_grain varchar, start_kind varchar, "
            "return_kind varchar, definition varchar, bracket_from bigint, bracket_to bigint, "
            "clock_kind varchar, min_occurrences bigint, slice varchar)"
        )
        con.executemany("insert into cuts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        [list(row.values()) for row in rows])  # fmt: skip
        return con.execute(sql).fetchall()


def test_a_row_that_can_be_meant_passes(checks: str) -> None:
    other = ROW | {"cut_id": "other", "return_kind": "login", "bracket_from": 0, "bracket_to": 0}
    plain = ROW | {
        "cut_id": "plain", "definition": "on", "bracket_from": None, "bracket_to": None,
        "min_occurrences": None, "slice": None,
    }  # fmt: skip
    assert len(checked(checks, ROW, other, plain)) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cohort_grain": "year"}, "cohort_grain must be day, week or month"),
        ({"start_kind": "logn"}, "start_kind must be visit, order, net_order or an event type"),
        ({"return_kind": None}, "return_kind must be"),
        ({"definition": "after"}, "definition must be on, on_or_after or bracket"),
        ({"bracket_to": 0}, "a bracket needs bracket_from and bracket_to"),
        ({"bracket_from": None}, "a bracket needs bracket_from and bracket_to"),
        ({"bracket_from": -1}, "a bracket needs bracket_from and bracket_to"),
        ({"definition": "on"}, "belong to definition bracket only"),
        ({"clock_kind": "lunar"}, "clock_kind must be calendar or rolling"),
        ({"min_occurrences": 0}, "min_occurrences must be 1 or more"),
        ({"slice": "city"}, "slice must be none, channel, country, first_category or device"),
    ],
)
def test_a_row_that_cannot_be_meant_is_named(
    change: dict[str, Any], words: str, checks: str
) -> None:
    with pytest.raises(duckdb.Error) as error:
        checked(checks, ROW | {"cut_id": "good", "slice": "none"}, ROW | change)
    assert "seeds/retention_cuts.csv: the cut mine cannot be built: " in str(error.value)
    assert words in str(error.value)


def test_two_rows_that_say_the_same_are_named(checks: str) -> None:
    with pytest.raises(duckdb.Error, match="another row says the same"):
        checked(checks, ROW, ROW | {"cut_id": "again"})
