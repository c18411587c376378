"""The room value: the sample counted once more, what comes late, and small and strange shops."""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.building import Run
from tests.integration.test_rfm_history import SALES, ZONE
from tests.naive_rfm import Line, month_end
from tests.naive_value import Known, expected_order_days, known_at
from tests.value_room import MARTS, Shop

HORIZONS = (30, 90, 365)


@pytest.fixture(scope="module")
def lines(warehouse: Run) -> list[Line]:
    """The sample's ledger; a refund that names no order stands for itself, on its own day."""
    unlinked = """
        select person_id, '', effective_at, effective_at, currency, native_amount, amount,
            kind
        from core.money_lines
        where order_id is null and kind = 'refund' and person_id is not null
    """
    rows: Any = [*warehouse.query(SALES), *warehouse.query(unlinked)]
    return [Line(*row) for row in rows]


@pytest.fixture(scope="module")
def as_of(warehouse: Run) -> datetime:
    found: Any = warehouse.query("select as_of_at from core.clock")[0][0]
    assert isinstance(found, datetime)
    return found


@pytest.fixture(scope="module")
def fits(warehouse: Run) -> dict[tuple[str, Any], tuple[Any, ...]]:
    """Parameters by split and cut-off: of how often people buy, and of what it brings."""
    rows = warehouse.query(
        "select split, cut_off_at, max(r), max(alpha), max(a), max(b), max(p), max(q), max(v) "
        "from value.value_fits group by all"
    )
    return {(str(row[0]), row[1]): row[2:] for row in rows}


def mean_value(known: Known, p: float, q: float, v: float) -> float:
    """The mean of one's own order days and the shop's, by how much of either is known."""
    weight = p * known.x / (p * known.x + q - 1)
    own = float(known.repeat_net_sales) / known.x if known.x else 0.0
    return weight * own + (1 - weight) * p * v / (q - 1)


def test_buyers_of_today_are_counted_from_the_ledger(
    warehouse: Run, lines: list[Line], as_of: datetime, fits: dict[Any, tuple[Any, ...]]
) -> None:
    known = known_at(lines, as_of, ZONE)
    r, alpha, a, b, p, q, v = fits["today", as_of]
    booked: dict[str, Any] = defaultdict(int)
    for line in lines:
        if line.effective_at < as_of:
            booked[line.person] += line.amount
    columns = "person_id, order_day_count, first_order_on, last_order_on, booked_net_sales"
    forecasts = [
        f"expected_{what}_{days}d" for days in HORIZONS for what in ("orders", "net_sales")
    ]
    staying = "value_if_staying_365d / nullif(expected_value_365d / expected_net_sales_365d, 0)"
    found = warehouse.query(
        f"select {columns}, {', '.join(forecasts)}, {staying} from value.customer_ltv"
    )
    assert {row[0] for row in found} == known.keys()
    for row in found:
        one = known[str(row[0])]
        assert row[1:4] == (len(one.days), min(one.days), max(one.days))
        assert row[4] == booked[str(row[0])]
    for row in found[::40]:
        one = known[str(row[0])]
        for place, days in enumerate(HORIZONS):
            orders = expected_order_days(one, r, alpha, a, b, days / 7)
            assert row[5 + 2 * place] == pytest.approx(orders, rel=1e-3, abs=1e-5)
            assert row[6 + 2 * place] == pytest.approx(
                orders * mean_value(one, p, q, v), rel=1e-3, abs=1e-3
            )
        if row[-1] is not None:
            stays = (r + one.x) / (alpha + one.age) * 365 / 7
            assert row[-1] == pytest.approx(stays * mean_value(one, p, q, v), rel=1e-6)
            # Nobody who is sure to stay buys less than who may leave.
            assert row[-1] >= row[-2]


def test_every_month_end_knows_what_had_happened(
    warehouse: Run, lines: list[Line], as_of: datetime, fits: dict[Any, tuple[Any, ...]]
) -> None:
    months: Any = warehouse.query(
        "select distinct month, is_month_complete, cut_off_at from value.value_history order by all"
    )
    assert [complete for _, complete, _ in months] == [True] * 12 + [False]
    for month, complete, cut_off_at in months:
        instant = month_end(month, ZONE) if complete else as_of
        assert cut_off_at == instant
        known = known_at(lines, instant, ZONE)
        found = warehouse.query(
            "select person_id, net_sales_365d, expected_net_sales_365d, is_served "
            f"from value.value_history where month = date '{month}' order by person_id"
        )
        spent = {person: one.net_sales_365d for person, one in known.items()}
        assert {row[0]: row[1] for row in found} == spent
        r, alpha, a, b, p, q, v = fits["month" if complete else "today", instant]
        for person, _, expected, is_served in found[::150]:
            one = known[str(person)]
            orders = expected_order_days(one, r, alpha, a, b, 365 / 7)
            assert expected == pytest.approx(orders * mean_value(one, p, q, v), rel=1e-3, abs=1e-3)
            assert is_served is True


@pytest.mark.parametrize("horizon", HORIZONS)
def test_what_was_foreseen_is_held_against_what_happened(
    warehouse: Run, lines: list[Line], as_of: datetime, horizon: int
) -> None:
    """Both baselines and what happened by the ledger; totals, errors, correlations by numpy."""
    cut_off = as_of - timedelta(days=horizon)
    known = known_at(lines, cut_off, ZONE)
    orders = warehouse.query(
        "select person_id, local_day, source_name || order_id from core.orders "
        "where is_order and is_net_at_clock and person_id is not null "
        f"and ordered_at >= timestamp '{cut_off}' and ordered_at < timestamp '{as_of}'"
    )
    days: dict[str, set[Any]] = defaultdict(set)
    sales: dict[str, float] = defaultdict(float)
    brought: dict[str, float] = defaultdict(float)
    for line in lines:
        if line.effective_at < as_of:
            brought[line.order] += float(line.amount)
    for person, day, order in orders:
        days[str(person)].add(day)
        sales[str(person)] += brought[str(order)]
    people = sorted(known)
    ages = np.array([known[person].age * 7 for person in people])
    repeats = np.array([known[person].x for person in people], dtype=float)
    money = np.array([float(known[person].repeat_net_sales) for person in people])
    happened = {
        "order_days": np.array([len(days[person]) for person in people], dtype=float),
        "net_sales": np.array([sales[person] for person in people]),
    }
    for measure, past in (("order_days", repeats), ("net_sales", money)):
        own = np.divide(horizon * past, ages, out=np.zeros(len(people)), where=ages > 0)
        everybody = np.full(len(people), horizon * past.sum() / ages.sum())
        actual = happened[measure]
        for forecaster, forecast in (("own_past_rate", own), ("mean_of_all", everybody)):
            ((count, predicted, total, bias, error, correlation),) = warehouse.query(
                "select customer_count, predicted_total, actual_total, bias, mean_absolute_error, "
                "correlation from value.value_evaluation where split = 'test' "
                f"and horizon_days = {horizon} and measure = '{measure}' "
                f"and forecaster = '{forecaster}'"
            )
            assert count == len(people)
            assert predicted == pytest.approx(forecast.sum(), rel=1e-5)
            # To the penny: it is no forecast.
            assert total == pytest.approx(actual.sum(), rel=1e-12)
            assert bias == pytest.approx(forecast.sum() / actual.sum() - 1, abs=1e-5)
            assert error == pytest.approx(np.abs(forecast - actual).mean(), rel=1e-5)
            if forecaster == "mean_of_all":
                assert correlation is None
            else:
                by_numpy = np.corrcoef(forecast, actual)[0, 1]
                assert correlation == pytest.approx(by_numpy, abs=1e-5)


def test_what_is_served_is_better_than_own_past_rates(warehouse: Run) -> None:
    verdicts = warehouse.query(
        "select m.horizon_days, m.is_served, m.correlation > o.correlation, "
        "m.mean_absolute_error < o.mean_absolute_error "
        "from value.value_evaluation as m inner join value.value_evaluation as o "
        "using (split, cut_off_at, horizon_days, measure) where split = 'test' "
        "and measure = 'net_sales' and m.forecaster = 'model' and o.forecaster = 'own_past_rate' "
        "order by 1"
    )
    assert verdicts == [(days, True, True, True) for days in HORIZONS]
    seasons = warehouse.query(
        "select distinct has_season, season_factor from value.value_evaluation"
    )
    assert seasons == [(False, 1.0)]


def test_intervals_hold_their_expectations_apart(warehouse: Run) -> None:
    """Low is not above high; one in ten or more who may bring nothing begin at nothing."""
    for days in HORIZONS:
        low, high = (f"expected_net_sales_{days}d_{side}" for side in ("low", "high"))
        broken = f"{low} < 0 or {low} > {high} or not isfinite({high})"
        assert warehouse.query(f"select * from value.customer_ltv where {broken}") == []
    least = warehouse.query(
        "select min(p_order_90d) from value.customer_ltv where expected_net_sales_90d_low > 0"
    )
    assert least == [(None,)] or float(str(least[0][0])) > 0.85


@pytest.fixture
def shop(warehouse: Run) -> Iterator[Shop]:
    made = Shop(warehouse)
    yield made
    made.con.close()


def figures(rows: list[tuple[Any, ...]]) -> list[float]:
    return [value for row in rows for value in row if isinstance(value, float)]


def told(shop: Shop) -> list[tuple[Any, ...]]:
    return [row for mart in MARTS for row in shop.rows(mart)]


def test_nobody_bought_twice(shop: Shop) -> None:
    """Shrunken means, and no figure that is none: people come back at hardly any rate."""
    for number in range(60):
        shop.order(f"p{number}", str(date(2024, 6, 1) + timedelta(days=number)), 10 + number)
    shop.build()
    assert not any(math.isnan(value) or math.isinf(value) for value in figures(told(shop)))
    fitted = "model_name, fit_method, fallback_reason, a"
    assert shop.rows("value_fits", fitted, "split = 'today'") == [
        ("bg_nbd", "shrunken_mean", "no_convergence", 0.0),
        ("gamma_gamma", "shrunken_mean", "few_repeat_customers", None),
    ]
    people = shop.rows("customer_ltv", "is_fallback, is_served, expected_net_sales_365d")
    assert people == [(True, False, None)] * 60
    # A shop whose buyers never came back: the mean value is that of all order days, 39.50.
    ((p, q, v),) = shop.rows("ml_value_fits", "p, q, v", "cut_off_at = timestamp '2025-06-15'")
    assert (p, q, v) == (1, 6, pytest.approx(5 * 39.5))


def test_one_buyer(shop: Shop) -> None:
    for day in ("2024-03-01", "2024-06-01", "2025-01-05"):
        shop.order("Anna", day, 30)
    shop.build()
    assert not any(math.isnan(value) or math.isinf(value) for value in figures(told(shop)))
    columns = "person_id, order_day_count, booked_net_sales, settled_net_sales"
    assert shop.rows("customer_ltv", columns) == [("Anna", 3, 90, 90)]
    assert len(shop.rows("value_history")) == 13


def test_refunds_above_sales(shop: Shop) -> None:
    """What was given back without an order is hers too: she has cost more than she brought."""
    shop.order("Anna", "2024-03-01", 30)
    shop.line("Anna", None, "refund", -50, "2024-04-01")
    shop.order("Ben", "2024-03-01", 30, (("2024-03-20", 30),))
    shop.order("Cleo", "2025-06-01", 20)
    shop.build()
    columns = "person_id, booked_net_sales, settled_net_sales"
    # Ben has no net order left; what Cleo bought may still come back.
    assert shop.rows("customer_ltv", columns) == [("Anna", -20, -20), ("Cleo", 20, 0)]
    # The year begins on the day of 15 June 2024: what Anna was given back lies before it.
    history = "person_id, net_sales_365d"
    assert shop.rows("value_history", history, "not is_month_complete") == [
        ("Anna", 0),
        ("Cleo", 20),
    ]
    # Dora's order was given back for more than it was worth: no purchase, and its money is hers.
    shop.order("Dora", "2025-05-01", 30, (("2025-05-10", 45),))
    shop.order("Dora", "2025-05-02", 10)
    shop.line("Anna", None, "refund", -5, "2024-06-15")
    shop.line("Anna", None, "refund", -7, "2024-06-14")
    shop.build()
    assert shop.rows("value_history", history, "not is_month_complete") == [
        ("Anna", -5),
        ("Cleo", 20),
        ("Dora", -5),
    ]
    assert shop.rows("customer_ltv", "person_id, order_day_count, booked_net_sales") == [
        ("Anna", 1, -32),
        ("Cleo", 1, 20),
        ("Dora", 1, -5),
    ]


def test_history_under_ninety_days(shop: Shop) -> None:
    """89 days are too few for a forecast, 90 are enough for one, and 120 to judge one."""
    columns = "split, forecaster, reason, horizon_days, customer_count, is_served"
    shop.until(datetime(2025, 5, 30))
    shop.order("Anna", "2025-03-01")
    shop.order("Anna", "2025-04-01")
    shop.build()
    assert shop.rows("value_evaluation", columns) == [
        ("none", "none", "history_too_short", 0, 1, False)
    ]
    people = "person_id, booked_net_sales, p_alive, expected_value_30d, is_served"
    assert shop.rows("customer_ltv", people) == [("Anna", 20, None, None, False)]
    assert shop.rows("value_fits") == []
    shop.until(datetime(2025, 5, 30, 12))
    shop.build()
    assert {row[0] for row in shop.rows("value_evaluation", columns)} == {"today"}
    # Nothing has been judged: nothing is shown.
    assert shop.rows("customer_ltv", people) == [("Anna", 20, None, None, False)]
    shop.until(datetime(2025, 6, 29, 12))
    shop.build()
    assert {row[0] for row in shop.rows("value_evaluation", columns)} == {"today", "test"}
    # One buyer is told apart from nobody, so that forecast was not judged.
    assert shop.rows("customer_ltv", "person_id, is_served") == [("Anna", False)]


def test_nobody_at_all(shop: Shop) -> None:
    shop.build()
    assert shop.rows("value_evaluation", "split, reason, customer_count, is_served") == [
        ("none", "nobody_has_bought", 0, False)
    ]
    assert all(shop.rows(mart) == [] for mart in MARTS if mart != "value_evaluation")


def test_a_refund_counts_from_the_month_that_knew_of_it(shop: Shop) -> None:
    """Anna's order of March is given back in May: at the end of April it was hers, and then not."""
    shop.order("Anna", "2024-09-01", 10)
    shop.order("Anna", "2025-03-01", 40, (("2025-05-05", 40),))
    shop.order("Ben", "2025-02-01", 25, (("2025-04-30", 5),))
    shop.build()
    history = "person_id, month, net_sales_365d"
    assert shop.rows("value_history", history, "month >= date '2025-02-01'") == [
        ("Anna", date(2025, 2, 1), 10),
        ("Anna", date(2025, 3, 1), 50),
        ("Anna", date(2025, 4, 1), 50),
        ("Anna", date(2025, 5, 1), 10),
        ("Anna", date(2025, 6, 1), 10),
        ("Ben", date(2025, 2, 1), 25),
        ("Ben", date(2025, 3, 1), 25),
        ("Ben", date(2025, 4, 1), 20),
        ("Ben", date(2025, 5, 1), 20),
        ("Ben", date(2025, 6, 1), 20),
    ]


def test_a_season_is_known_after_two_whole_years(shop: Shop) -> None:
    """Three orders a day in the busy half of each year, and one every other day in the other half.

    One buyer in nine days is new. From December on, 90 days are busy in every year.
    """
    for number in range(1065):
        day = date(2023, 1, 1) + timedelta(days=number)
        busy = day.month in (11, 12, 1, 2, 3, 4)
        for order in range(3 if busy else 1 - number % 2):
            shop.order(f"p{(number * 7 + order * 5) % (number // 9 + 3)}", str(day))
    shop.until(datetime(2024, 12, 1))
    shop.build()
    assert {row[0] for row in shop.rows("value_evaluation", "has_season")} == {False}
    shop.until(datetime(2025, 12, 1))
    shop.build()
    ((factor, has_season),) = shop.rows(
        "value_evaluation", "distinct season_factor, has_season",
        "split = 'today' and horizon_days = 90",
    )  # fmt: skip
    usual = (181 * 3 + 184 / 2) / 365
    assert has_season is True
    assert 1.4 < factor < 3 / usual
    # In a year of days there are all seasons.
    year = "split = 'today' and horizon_days = 365"
    assert shop.rows("value_evaluation", "distinct season_factor, has_season", year) == [
        (1.0, False)
    ]
    # Their total is that of the people, and the season.
    people = sum(row[0] for row in shop.rows("customer_ltv", "expected_orders_90d"))
    ((total,),) = shop.rows(
        "value_evaluation", "predicted_total",
        "split = 'today' and horizon_days = 90 and measure = 'order_days' "
        "and forecaster = 'model'",
    )  # fmt: skip
    assert total == pytest.approx(people * factor, rel=1e-5)
