"""A night brings what happened months ago: nobody is new again, and states are told anew."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from stayhouse import landing
from tests.building import Run

KEY = "a secret of the backfill test, and of no shop at all"
AS_OF = ("--vars", "{as_of: 2024-06-11}")
# By night: customer, day and hour, and what is told of it.
VISIT, ORDER = ("events",), ("orders", "order_lines")
FIRST_NIGHT = (
    ("Anna", "05-21 10", VISIT + ORDER),
    ("Anna", "06-03 10", VISIT),
    ("Ben", "05-20 10", VISIT + ORDER),
    ("Cleo", "06-08 10", VISIT),
    ("Dora", "05-10 10", VISIT),
    ("Eve", "05-25 10", VISIT),
    ("Eve", "06-08 10", VISIT),
)
BACKFILL = (
    # Before everything that was known of them.
    ("Anna", "03-05 10", VISIT + ORDER),
    ("Ben", "04-02 10", VISIT),
    # A week before the last visit, so that the stretch is longer; and after it, so that it is new.
    ("Cleo", "06-01 10", VISIT),
    ("Ben", "06-05 10", VISIT),
    # By telephone, between two visits too far apart for one stretch: only the order tells of it.
    ("Eve", "06-01 10", ORDER),
    # At midnight of London, an hour before the clock: on the open day, which counts for nobody yet.
    ("Finn", "06-10 23", VISIT + ORDER),
)
# What was bought, and what another night told late: a refund of Anna's in May, and an order of
# Ben's before the one that was known. Neither is of a last order, so that nobody else's recency is
# another one among all.
BOUGHT = tuple(
    (customer, f"{day} 10", ORDER)
    for customer, days in {
        "Anna": ("03-04", "05-06"),
        "Ben": ("03-20",),
        "Cleo": ("03-10",),
        "Dora": ("01-05", "04-05"),
    }.items()
    for day in days
)
REFUND = {"amount": "5", "currency": "GBP", "refunded_at": "2024-05-20T12:00:00Z"}
TOLD_LATE = (("Anna", "03-04 10", ("refunds",)), ("Ben", "03-02 10", ORDER))
Night = tuple[tuple[str, str, tuple[str, ...]], ...]
States = dict[str, tuple[object, ...]]


def land(run: Run, folder: Path, received: str, night: Night) -> None:
    """Land the visits and orders of one night."""
    rows: dict[str, list[dict[str, str]]] = {
        "events": [], "orders": [], "order_lines": [], "refunds": [],
    }  # fmt: skip
    for customer, day, tables in night:
        name, at = f"{customer}-{day}", f"2024-{day.replace(' ', 'T')}:00:00Z"
        who = {"visitor_id": f"device-{customer}", "customer_id": customer}
        seen = {"event_type": "product_view", "occurred_at": at, "received_at": received}
        order = {"ordered_at": at, "status": "paid", "currency": "GBP"}
        line = {"line_number": "1", "product_id": "p1", "quantity": "1", "unit_price": "5"}
        told = {
            "events": {"event_id": name, **seen, **who},
            "orders": {"order_id": name, **order, **who},
            "order_lines": {"order_id": name, **line},
            "refunds": {"refund_id": name, "order_id": name, **REFUND},
        }
        for table in tables:
            rows[table].append(told[table])
    folder.mkdir()
    for table, found in rows.items():
        if not found:
            continue
        with (folder / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(found[0]))
            writer.writeheader()
            writer.writerows(found)
    until = datetime.fromisoformat(received.removesuffix("Z"))
    assert run.landing is not None
    landing.land(run.project, run.landing, "shop", folder, data_until=until, key=KEY)


def states(run: Run) -> States:
    """Return by person: state, days in it, first active day."""
    rows = run.query(
        "select person_id, lifecycle_state, days_in_state, first_active_day "
        "from retention.customer_lifecycle"
    )
    return {str(person).removeprefix("c:shop:"): tuple(told) for person, *told in rows}


def lifecycle(run: Run, grain: str) -> dict[object, tuple[object, ...]]:
    """Return by period with somebody in it: new, returning, resurrected, lapsed."""
    rows = run.query(
        "select period_start, new_count, returning_count, resurrected_count, lapsed_count "
        f"from retention.lifecycle where period_grain = '{grain}' "
        "and active_count + lapsed_count > 0"
    )
    return {start: tuple(counts) for start, *counts in rows}


def cohorts(run: Run) -> dict[tuple[object, object], tuple[object, ...]]:
    """Return the cells of monthly cohorts of orders by cohort and index: size, retained."""
    rows = run.query(
        "select cohort_start, period_index, cohort_size, retained_count "
        "from retention.retention_cube where cut_id = 'month_order_on'"
    )
    return {(start, index): (size, retained) for start, index, size, retained in rows}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> tuple[Run, States]:
    """The shop after the backfill, and the states before it."""
    folder = tmp_path_factory.mktemp("backfill")
    run = Run(folder, landing=folder / "landing", parsed=parsed)
    chosen = ("--exclude-resource-type", "test", *AS_OF)
    land(run, folder / "first", "2024-06-09T01:00:00Z", FIRST_NIGHT)
    run.build(*chosen, "--select", "+customer_lifecycle")
    before = states(run)
    land(run, folder / "second", "2024-06-11T00:00:00Z", BACKFILL)
    marts = ("+customer_lifecycle", "lifecycle", "+retention_cube", "+purchase_rhythm")
    run.build(*chosen, "--select", *marts)
    return run, before


def test_what_was_told_before_it(nights: tuple[Run, States]) -> None:
    _, before = nights
    assert before == {
        "Anna": ("idle_8_30", 0, date(2024, 5, 21)),
        "Ben": ("idle_8_30", 14, date(2024, 5, 20)),
        "Cleo": ("current", 3, date(2024, 6, 8)),
        "Dora": ("idle_over_30", 1, date(2024, 5, 10)),
        "Eve": ("current", 3, date(2024, 5, 25)),
    }


def test_states_and_days_in_them_follow(nights: tuple[Run, States]) -> None:
    run, before = nights
    assert states(run) == {
        # What is older than a gap changes where a life begins, not how long its state lasts.
        "Anna": ("idle_8_30", 0, date(2024, 3, 5)),
        "Ben": ("current", 6, date(2024, 4, 2)),
        "Cleo": ("current", 10, date(2024, 6, 1)),
        "Dora": before["Dora"],
        # The order joins her two visits, 14 days apart, to one stretch of 17 days.
        "Eve": ("current", 17, date(2024, 5, 25)),
    }


def test_nobody_is_new_again(nights: tuple[Run, States]) -> None:
    run, _ = nights
    assert lifecycle(run, "month") == {
        date(2024, 3, 1): (1, 0, 0, 0),
        # Anna lapses as Ben is new; in May she comes back, he returns, Dora and Eve are new.
        date(2024, 4, 1): (1, 0, 0, 1),
        date(2024, 5, 1): (2, 1, 1, 0),
    }
    weeks = lifecycle(run, "week")
    # Anna was there in March, Ben in April, Cleo and Eve in the week before: none is new in June.
    assert weeks[date(2024, 6, 3)] == (0, 2, 2, 0)
    assert sum(int(str(new)) for new, *_ in weeks.values()) == 5


def test_who_first_orders_on_the_open_day_has_a_rhythm_and_no_state(
    nights: tuple[Run, States],
) -> None:
    run, _ = nights
    days = run.query("select person_id, first_order_day from retention.purchase_rhythm")
    assert ("c:shop:Finn", date(2024, 6, 11)) in days
    assert "Finn" not in states(run)
    done = run.dbt("test", "--select", "relations_of_purchase_rhythm", *AS_OF)
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_first_order_that_comes_late_moves_its_person(nights: tuple[Run, States]) -> None:
    run, _ = nights
    assert cohorts(run) == {
        (date(2024, 3, 1), 0): (1, 1),
        (date(2024, 3, 1), 1): (1, 0),
        (date(2024, 3, 1), 2): (1, 1),
        (date(2024, 5, 1), 0): (1, 1),
    }


def history(run: Run) -> set[tuple[object, ...]]:
    """Return each person's segments with their months."""
    found = run.query("select person_id, segment, from_month, to_month from segments.rfm_history")
    return {(str(person).removeprefix("c:shop:"), *told) for person, *told in found}


def test_segments_of_months_ago_change_for_whom_news_is_late(tmp_path: Path, parsed: Path) -> None:
    """A night without news changes nobody's history; one with news changes theirs of whom it is."""
    run = Run(tmp_path, landing=tmp_path / "landing", parsed=parsed)
    chosen = ("--exclude-resource-type", "test", *AS_OF)
    land(run, tmp_path / "first", "2024-06-09T01:00:00Z", BOUGHT)
    run.build(*chosen, "--select", "+rfm_history")
    before = history(run)
    run.build(*chosen, "--select", "+rfm_history")
    assert history(run) == before

    land(run, tmp_path / "late", "2024-06-10T01:00:00Z", TOLD_LATE)
    run.build(*chosen, "--select", "+rfm_history")
    after = history(run)
    march, april, may = (date(2024, month, 1) for month in (3, 4, 5))
    assert before - after == {
        ("Anna", "potential_loyalist", may, None),
        ("Ben", "new_customer", march, march),
        ("Ben", "promising", april, april),
    }
    assert after - before == {
        ("Anna", "new_customer", may, None),
        ("Ben", "potential_loyalist", march, april),
    }
