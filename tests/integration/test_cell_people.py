"""The people of a cell that the app lists are those whom the cube counts, cell by cell."""

import random
from typing import Any

import duckdb
import pytest

from app.cohorts.cells import Cell
from app.cohorts.cuts import CUTS, Cut
from tests.building import Run
from tests.integration.test_retention_cube import naive

_CELLS = 6


@pytest.fixture(scope="module")
def cuts(warehouse: Run) -> list[Cut]:
    """The cuts of the cube whose people can be found."""
    found = [Cut(*row) for row in warehouse.query(CUTS)]  # type: ignore[arg-type]
    return [cut for cut in found if "login" not in (cut.start, cut.back)]


def counted(con: duckdb.DuckDBPyConnection, cell: Cell) -> tuple[Any, ...]:
    """How many people a cell has, how many of them came back, and how many there are twice."""
    ((people, back, persons),) = con.execute(
        "select count(*), count(*) filter (is_back), count(distinct person_id) "
        f"from ({cell.sql()})",
        cell.values(),
    ).fetchall()
    return people, back, people - persons


def test_the_people_of_cells_are_as_many_as_the_cube_counts(
    cuts: list[Cut], warehouse: Run
) -> None:
    slices = {cut.slice for cut in cuts}
    assert slices == {"none", "channel", "country", "device", "first_category"}
    assert {cut.start for cut in cuts} == {"order", "net_order", "visit"}
    pick = random.Random(17)
    seen = set()
    with duckdb.connect(str(warehouse.database), read_only=True) as con:
        for cut in cuts:
            rows = con.execute(
                "select slice_value, cohort_start, period_index, eligible_count, retained_count "
                "from retention.retention_cube where cut_id = ? order by all",
                [cut.cut_id],
            ).fetchall()
            for group, start, period, eligible, retained in pick.sample(rows, _CELLS):
                cell = Cell(cut, group, start, period)
                assert counted(con, cell) == (eligible, retained, 0), cell
                seen.add((group == "withheld", period == 0, 0 < retained < eligible))
    # A sample that met no withheld group, no start or nobody who stayed away would show less.
    assert {(True, False, True), (False, True, False), (False, False, True)} <= seen


@pytest.mark.parametrize(
    "asked",
    [
        ("week", "net_order", "net_order", "on", None, None, 1, "rolling"),
        ("month", "order", "visit", "on_or_after", None, None, 2, "rolling"),
        ("month", "visit", "order", "on", None, None, 1, "calendar"),
        ("week", "order", "net_order", "bracket", 0, 2, 1, "calendar"),
        ("week", "visit", "visit", "bracket", 1, 3, 3, "rolling"),
        ("month", "net_order", "net_order", "on_or_after", None, None, 2, "calendar"),
    ],
    ids=lambda asked: "-".join(map(str, asked)),
)
def test_the_people_of_any_cut_are_those_that_counting_gives(
    asked: tuple[Any, ...], warehouse: Run
) -> None:
    """Cuts that an analyst may add to the seed, counted person by person in Python."""
    cut = Cut("any", *asked, "none")
    held = naive(
        warehouse,
        {
            "cohort_grain": cut.grain, "start_kind": cut.start, "return_kind": cut.back,
            "definition": cut.definition, "clock_kind": cut.clock, "slice": "none",
            "min_occurrences": str(cut.times), "bracket_from": str(cut.first),
            "bracket_to": str(cut.last),
        },
    )  # fmt: skip
    cells = random.Random(17).sample(sorted(held), min(40, len(held)))
    # People of one cohort are not all as far: the last cells of a rolling clock are of some.
    with duckdb.connect(str(warehouse.database), read_only=True) as con:
        for group, start, period in cells:
            _, eligible, retained = held[group, start, period]
            cell = Cell(cut, group, start, period)
            assert counted(con, cell) == (eligible, retained, 0), cell
    open_cells = [counts for counts in held.values() if counts[0] != counts[1]]
    assert bool(open_cells) is (cut.clock == "rolling")
