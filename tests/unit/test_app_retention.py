"""The page Retention without a browser: what cells look like, what is compared, what is offered."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app import charts, explain, figures, published
from app.cohorts import comparison, cuts, triangle
from app.cohorts.cells import Cell
from app.language import say_in
from tests.unit.test_app_pages import draw_page, empty_marts, place, put

__all__ = ["place"]

# A cohort of 20, of whom 20 and 10 can be judged, and one of 9.
COHORTS = (
    ("2024-01-01", 0, 20, 20, 20), ("2024-01-01", 1, 20, 10, 4),
    ("2024-02-01", 0, 9, 9, 9),
)  # fmt: skip


def cube(cut_id: str, cells: Any = COHORTS, **cut: Any) -> str:
    """SQL that puts cells of a cut into the cube, and those of complete cohorts into the curves."""
    cut = {
        "cohort_grain": "month", "start_kind": "net_order", "return_kind": "net_order",
        "definition": "on", "clock_kind": "calendar", "slice": "none", "slice_value": "all",
        "min_occurrences": 1, "cut_id": cut_id, **cut,
    }  # fmt: skip
    said = ", ".join(f"'{v}' as {k}" for k, v in cut.items())
    rows = ", ".join(f"(date '{c}', {p}, {n}, {e}, {r})" for c, p, n, e, r in cells)
    return f"""
        create or replace temp view cells as
        select {said}, *, retained_count / eligible_count as retention_rate,
            0.1 as rate_low, 0.9 as rate_high, eligible_count = cohort_size as is_mature
        from (values {rows})
            as t(cohort_start, period_index, cohort_size, eligible_count, retained_count);
        insert into retention.retention_cube by name from cells;
        insert into retention.retention_curves by name
            select {", ".join(cut)}, period_index,
                count(*) as cohort_count, sum(eligible_count)::bigint as eligible_count,
                sum(retained_count)::bigint as retained_count,
                sum(retained_count) / sum(eligible_count) as retention_rate,
                0.1 as rate_low, 0.9 as rate_high
            from cells where is_mature group by all;
    """


def page(place: Path, *statements: str) -> tuple[str, list[dict[str, Any]]]:
    """Draw the page over these marts; return its text and its charts."""
    put(place, *empty_marts(), *statements)
    test = draw_page("retention")
    html = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    drawn = [e for e in test.main if e.type.endswith("vega_lite_chart")]
    specs = [json.loads(e.proto.spec) for e in drawn]
    return re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'"), specs


def words(key: str, **values: Any) -> str:
    return say_in("en", f"retention.{key}", **values)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe 1998, table II, method 10: (a) to (h).
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_a_difference_has_the_interval_that_newcombe_published(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    difference, *interval = explain.difference(*counts)
    assert difference == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])
    assert interval == pytest.approx([low, high], abs=5e-5)
    # Told from the other side it is the same interval.
    assert explain.difference(*counts[2:], *counts[:2])[1:] == pytest.approx(
        (-high, -low), abs=5e-5
    )


def test_a_difference_says_its_direction_and_whether_chance_makes_it() -> None:
    more = comparison.sentence("A", "B", (56, 70, 48, 80))
    assert more == (
        f"A: {figures.percent(0.8)}; B: {figures.percent(0.6)}. A has 20.0 points more "
        f"(95 % interval +5.2 to +33.4): {words('no_chance')}"
    )
    less = comparison.sentence("B", "A", (48, 80, 56, 70))
    assert "B has 20.0 points less (95 % interval −33.4 to −5.2)" in less
    assert words("chance") in comparison.sentence("A", "B", (5, 56, 0, 29))
    assert "0.0 points more" in comparison.sentence("A", "B", (0, 10, 0, 10))


ORDERS = """
    insert into core.clock by name
        select timestamp '2024-01-09' as as_of_at, date '2024-01-09' as open_day;
    insert into core.orders by name
    select 'p:' || person as person_id, ordered_at::timestamp as ordered_at,
        ordered_at::date as local_day, true as is_order, is_net as is_net_at_clock,
        true as is_net_order
    from (values
        ('night', '2024-01-01 23:45:00', true), ('night', '2024-01-02 00:01:00', true),
        ('refunded', '2024-01-01 10:00:00', true), ('refunded', '2024-01-02 12:00:00', false),
        ('late', '2024-01-01 10:00:00', true), ('late', '2024-01-03 09:59:59', true),
        ('early', '2023-12-31 10:00:00', true), ('early', '2024-01-01 10:00:00', true),
        ('today', '2024-01-09 00:00:00', true)
    ) as t(person, ordered_at, is_net);
"""


@pytest.mark.parametrize(
    ("kind", "clock", "period", "back"),
    [
        # An order a quarter of an hour later is of the next day, and not a day later.
        ("net_order", "calendar", 1, {"p:night"}),
        ("net_order", "rolling", 1, {"p:late"}),
        ("order", "calendar", 1, {"p:night", "p:refunded"}),
        ("order", "rolling", 1, {"p:refunded", "p:late"}),
        ("net_order", "calendar", 2, {"p:late"}),
        ("net_order", "calendar", 0, {"p:night", "p:refunded", "p:late"}),
    ],
)
def test_who_came_back_is_as_the_definitions_say(
    place: Path, kind: str, clock: str, period: int, back: set[str]
) -> None:
    put(place, *empty_marts(), ORDERS)
    cut = cuts.Cut("c", "day", kind, kind, "on", None, None, 1, clock, "none")
    cell = Cell(cut, "all", date(2024, 1, 1), period)
    people = published.current().ask(cell.sql(), **cell.values()).frame
    assert set(people["person_id"]) == {"p:night", "p:refunded", "p:late"}
    assert set(people[people["is_back"]]["person_id"]) == back


def test_the_cohort_after_one_begins_where_it_ends() -> None:
    months = ("c", "month", "order", "order", "on", None, None, 1, "calendar", "none")
    for grain, start, after in (
        ("month", date(2024, 12, 1), date(2025, 1, 1)),
        ("month", date(2024, 1, 1), date(2024, 2, 1)),
        ("week", date(2024, 2, 26), date(2024, 3, 4)),
        ("day", date(2024, 2, 28), date(2024, 2, 29)),
    ):
        cut = cuts.Cut(*(grain if part == "month" else part for part in months))  # type: ignore[arg-type]
        assert cuts.after(cut, start) == after


def test_a_click_tells_the_cell_under_its_figure() -> None:
    frame = pd.DataFrame({"x": [0, 1], "y": ["a", "a"], "v": [1.0, 0.5], "no": [False, False]})
    named = {"x_title": "", "y_title": "", "legend_title": "", "tips": [], "label": "y"}
    drawn = charts.heat(frame, "x", "y", "v", **named, click=("x",), dashed="no").to_dict()
    cells, texts = drawn["layer"]
    assert cells["mark"]["type"] == "rect"
    assert "tooltip" not in texts["encoding"]
    assert [p["name"] for p in drawn["params"]] == [charts.CLICK]
    edged = charts.heat(frame.assign(no=[True, False]), "x", "y", "v", **named, dashed="no")
    assert [layer["mark"]["type"] for layer in edged.to_dict()["layer"]] == ["rect", "rect", "text"]


def test_cells_of_few_people_are_grey_and_those_of_open_periods_dashed(place: Path) -> None:
    text, specs = page(place, cube("few", clock_kind="rolling"))
    assert words("grey", smallest=10) in text
    assert words("dashed") in text
    assert any(
        layer["mark"].get("strokeDash") == [3, 2] for spec in specs for layer in spec["layer"]
    )


def test_cells_of_ten_that_everybody_has_reached_are_neither(place: Path) -> None:
    cells = (("2024-01-01", 0, 10, 10, 10), ("2024-01-01", 1, 10, 10, 4))
    text, _ = page(place, cube("enough", cells))
    assert words("blue") in text
    assert words("grey", smallest=10) not in text
    assert words("dashed") not in text


@pytest.mark.parametrize(
    ("settings", "smallest"), [({"retention_min_cell_size": "25"}, 25), ({}, 10)]
)
def test_how_few_is_few_is_as_the_build_was_told(
    place: Path, settings: dict[str, str], smallest: int
) -> None:
    put(place, "select 1")
    contents = place / "published" / "contents.json"
    contents.write_text(json.dumps({"build": {"vars": settings}}), encoding="utf-8")
    assert triangle.smallest_cell(published.current()) == smallest


@pytest.mark.parametrize(("reached", "is_apart"), [(10, False), (9, True)])
def test_a_point_of_fewer_than_half_of_the_people_stands_apart(
    place: Path, reached: int, is_apart: bool
) -> None:
    cells = (
        ("2024-01-01", 0, reached, reached, reached), ("2024-01-01", 1, reached, reached, 3),
        ("2024-02-01", 0, 20 - reached, 20 - reached, 20 - reached),
    )  # fmt: skip
    text, specs = page(place, cube("curve", cells))
    assert (words("hollow") in text) is is_apart
    points = [layer["mark"] for layer in specs[0]["layer"] if layer["mark"]["type"] == "point"]
    assert [point["filled"] for point in points] == [False] * is_apart


def test_what_a_cut_is_not_split_by_is_said_and_not_offered(place: Path) -> None:
    plain, split = cube("plain"), cube("split", slice="channel", slice_value="email")
    put(place, *empty_marts(), plain, split)
    test = draw_page("retention")
    options = test.selectbox(key="retention-slice").options
    assert options == [say_in("en", f"names.slice.{s}") for s in ("none", "channel")]
    html = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    assert words("not_split", slices="device, country, first category") in html


@pytest.mark.parametrize(("definition", "is_judged"), [("on", True), ("on_or_after", False)])
def test_a_cohort_is_compared_with_the_one_before_over_equal_time(
    place: Path, definition: str, is_judged: bool
) -> None:
    cells = tuple(
        (f"2024-0{month}-01", period, 40, 40, 40 if period == 0 else 10 * month)
        for month in (1, 2, 3) for period in range(5 - month)
    )  # fmt: skip
    text, _ = page(place, cube("months", cells, definition=definition))
    first, second = (figures.month(date(2024, month, 1)) for month in (3, 2))
    assert (comparison.sentence(first, second, (30, 40, 20, 40)) in text) is is_judged
    # In any later month the older cohort has had longer to come back.
    assert (words("unequal", first=first, second=second) in text) is not is_judged


def test_an_open_period_is_not_compared(place: Path) -> None:
    text, _ = page(place, cube("open", clock_kind="rolling"))
    assert words("compare") not in text
