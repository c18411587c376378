"""Every metric and saved query, as MetricFlow answers it, equals SQL on the marts, written by hand.

Needs the extra `metrics`, so `make test` leaves it out and `make test-metrics` runs it.
"""

import datetime as dt
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.building import CHECKOUT, Run
from tests.metrics.asking import Ask, Shop, asking, published_shop
from tests.metrics.families import FAMILIES, METRICS, MONTH, SAVED


@pytest.fixture(scope="session")
def asked(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return published_shop(tmp_path_factory.mktemp("metrics") / "project", warehouse)


@pytest.fixture(scope="module")
def ask(asked: Shop) -> Iterator[Ask]:
    with asking(asked) as answer:
        yield answer


@pytest.fixture(scope="session")
def marts(warehouse: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse itself, of which MetricFlow reads the published copy."""
    with duckdb.connect(str(warehouse.database), read_only=True) as con:
        yield con


def comparable(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows in one order; days as dates, money with its four decimals, rates to 1e-9 or better."""

    def value(cell: Any) -> Any:
        if isinstance(cell, dt.datetime):
            assert cell.time() == dt.time()
            return cell.date()
        if isinstance(cell, Decimal | float):
            return float(f"{cell:.12g}")
        return cell

    return sorted((tuple(map(value, row)) for row in rows), key=lambda row: tuple(map(str, row)))


def assert_same(answer: Iterable[Sequence[Any]], expected: Iterable[Sequence[Any]]) -> None:
    """Equal rows, decimals and integers exactly and ratios to 1e-9."""
    got, wanted = comparable(answer), comparable(expected)
    assert wanted
    assert len(got) == len(wanted)
    for row, other in zip(got, wanted, strict=True):
        assert [
            pytest.approx(wish, rel=1e-9, abs=1e-9) if isinstance(wish, float) else wish
            for wish in other
        ] == list(row)


def test_every_metric_and_saved_query_is_checked(warehouse: Run) -> None:
    manifest = json.loads((warehouse.target / "manifest.json").read_text(encoding="utf-8"))
    assert {m["name"] for m in manifest["metrics"].values()} == {*METRICS, "active_people_7d"}
    assert {q["name"] for q in manifest["saved_queries"].values()} == set(SAVED)


@pytest.mark.parametrize("name", list(METRICS))
def test_a_metric(name: str, ask: Ask, marts: duckdb.DuckDBPyConnection) -> None:
    """In all, by each grain, by each dimension, and by month and each dimension."""
    family = METRICS[name]
    time, period = "metric_time__month", family.period("month")
    groupings: list[tuple[list[str], list[str]]] = [
        ([], []),
        *(([f"metric_time__{g}"], [family.period(g)]) for g in family.grains),
        *(([d], [family.by(d)]) for d in family.dimensions),
        *(([time, d], [period, family.by(d)]) for d in family.dimensions),
    ]
    for by, expressions in groupings:
        expected = marts.execute(family.sql([family.metrics[name]], expressions)).fetchall()
        assert_same(ask([name], by), expected)


@pytest.mark.parametrize("name", list(FAMILIES))
def test_metrics_of_a_mart_together(name: str, ask: Ask, marts: duckdb.DuckDBPyConnection) -> None:
    family = FAMILIES[name]
    dimension = next(iter(family.dimensions))
    by = [family.period("month"), family.by(dimension)]
    expected = family.sql(list(family.metrics.values()), by)
    assert_same(
        ask(list(family.metrics), ["metric_time__month", dimension]),
        marts.execute(expected).fetchall(),
    )


def test_metrics_of_several_marts_meet_in_one_row(
    ask: Ask, marts: duckdb.DuckDBPyConnection
) -> None:
    """Also in the row of people without a country, which is null on both sides of a join."""
    names = ("active_people", "net_sales", "conversion_rate", "churn_rate")
    parts = [METRICS[name] for name in names]
    sides = [
        pairs(marts.execute(part.sql([part.metrics[name]], ["c.country"])).fetchall())
        for name, part in zip(names, parts, strict=True)
    ]
    assert None in sides[0]
    assert None in sides[1]
    keys = {key for side in sides for key in side}
    assert_same(
        ask(list(names), ["person__country"]),
        [(key, *(side.get(key) for side in sides)) for key in keys],
    )


def pairs(rows: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    return dict(rows)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_active_people_of_seven_days(
    grain: str, ask: Ask, marts: duckdb.DuckDBPyConnection
) -> None:
    period = {"day": "d", "week": "d - (isodow(d) - 1)::integer", "month": "date_trunc('month', d)"}
    expected = f"""
        with days as (
            select unnest(generate_series(
                min(local_day), (select max(local_day) from core.customer_days), interval 1 day
            ))::date as d
            from core.customer_days
        ),
        counted as (
            select d, count(distinct a.person_id) as people
            from days
            inner join core.customer_days as a on a.local_day between d - 6 and d
            group by d
        )
        select ({period[grain]})::date, max_by(people, d) from counted group by all
    """
    assert_same(
        ask(["active_people_7d"], [f"metric_time__{grain}"]), marts.execute(expected).fetchall()
    )


def test_seven_days_before_the_open_day_are_the_current_people(
    ask: Ask, marts: duckdb.DuckDBPyConnection
) -> None:
    current, last = marts.execute(
        "select count(*), any_value((select open_day - 1 from core.clock)) "
        "from retention.customer_lifecycle where lifecycle_state = 'current'"
    ).fetchall()[0]
    where = [f"{{{{ TimeDimension('metric_time', 'day') }}}} = '{last}'"]
    rows = ask(["active_people_7d"], ["metric_time__day"], where)
    assert comparable(rows) == [(last, current)]


def as_text(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows as a CSV holds them, with numbers as numbers."""

    def value(cell: Any) -> Any:
        if cell in (None, ""):
            return None
        text = str(cell).removesuffix(" 00:00:00").removesuffix("T00:00:00")
        try:
            return float(f"{float(text):.12g}")
        except ValueError:
            return text

    return [tuple(map(value, row)) for row in rows]


@pytest.mark.parametrize("name", list(SAVED))
def test_a_saved_query(name: str, asked: Shop, warehouse: Run) -> None:
    """By the command, as a user runs it."""
    rows = asked.query("--saved-query", name)
    assert_same(as_text(row.values() for row in rows), as_text(warehouse.query(SAVED[name])))


def by_month(asked: Shop, **environment: str) -> list[tuple[Any, ...]]:
    """Sales of complete months, by the command."""
    rows = asked.query(
        *("--metrics", "net_sales,orders", "--group-by", "metric_time__month"),
        *("--where", "{{ Dimension('calendar_day__is_month_complete') }}"),
        **environment,
    )
    return as_text(row.values() for row in rows)


def test_the_command_only_reads_what_was_published(asked: Shop, warehouse: Run) -> None:
    """Another reader has the file open, and its bytes stay."""
    file = asked.folder / "published" / "stayhouse.duckdb"
    before = file.read_bytes()
    one = FAMILIES["orders"]
    expected = one.sql(["sum(f.net_sales)", "count(*)"], [one.period("month")], one.by(MONTH))
    holding = (
        f"import duckdb; con = duckdb.connect({str(file)!r}, read_only=True); "
        "print(con.execute('select count(*) from core.days').fetchall(), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline()
        assert_same(by_month(asked), as_text(warehouse.query(expected)))
        reader.communicate("done\n")
    assert reader.returncode == 0
    assert file.read_bytes() == before


def test_the_command_answers_alike_from_the_warehouse(
    asked: Shop, warehouse: Run, tmp_path: Path
) -> None:
    """It opens that one to write, so this is a copy of its own."""
    copy = shutil.copy(warehouse.database, tmp_path / warehouse.database.name)
    answer = by_month(asked, DBT_TARGET="duckdb", STAYHOUSE_DB=str(copy))
    assert_same(by_month(asked), answer)


def test_the_metrics_are_valid_for_the_warehouse(asked: Shop) -> None:
    done = asked.mf("validate-configs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERRORS: 0" in done.stdout
    assert "Successfully validated" in done.stdout


def test_the_page_of_metrics_asks_what_there_is(asked: Shop) -> None:
    """Every `mf query` of the page is answered."""
    lines = (CHECKOUT / "docs" / "metrics.md").read_text(encoding="utf-8").splitlines()
    commands = [line.split("#")[0].split("mf query ")[1] for line in lines if "mf query --" in line]
    assert len(commands) >= 3

    for command in commands:
        assert asked.query(*shlex.split(command)), command
