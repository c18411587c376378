"""Funnels that a shop writes: what a mistaken row is told, and steps against a naive count."""

from collections import defaultdict
from collections.abc import Iterator

import duckdb
import pytest

from tests.building import Run

GOOD = [
    ("order", "1", "product_view", None, "session", None, "loose"),
    ("order", "2", "purchase", None, "session", None, "strict"),
]


@pytest.fixture
def seeded(warehouse: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """The seeds of the sample, without its funnels."""
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse.database}' as warehouse (read_only)")
        con.execute("create schema seeds")
        for seed in ("event_types", "funnels"):
            con.execute(f"create table seeds.{seed} as from warehouse.seeds.{seed}")
        con.execute("delete from seeds.funnels")
        con.execute("create schema behavior")
        con.execute(
            "create table behavior.int_page_kinds__checked as "
            "from warehouse.behavior.int_page_kinds__checked"
        )
        yield con


def check(con: duckdb.DuckDBPyConnection, warehouse: Run, *rows: tuple[str | None, ...]) -> int:
    """Check these rows as the build does; return how many pass."""
    file = "compiled/stayhouse/models/behavior/int_funnels__checked.sql"
    sql = (warehouse.target / file).read_text(encoding="utf-8").replace('"stayhouse".', "")
    con.executemany("insert into seeds.funnels values (?, ?, ?, ?, ?, ?, ?)", rows)
    return len(con.execute(sql).fetchall())


def test_rows_that_can_be_meant_pass(seeded: duckdb.DuckDBPyConnection, warehouse: Run) -> None:
    longest = [("long", str(n), "page_view", "help", "person", "7", "loose") for n in range(1, 9)]
    assert check(seeded, warehouse, *GOOD, *longest) == 10


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, None, "it has no funnel"),
        (1, None, "step_number must be a whole number from 1 to 8"),
        (1, "0", "step_number must be a whole number from 1 to 8"),
        (1, "9", "step_number must be a whole number from 1 to 8"),
        (1, "1", "another row of the funnel has its step_number"),
        (1, "3", "a step before it is missing"),
        (2, "buy", "event_type must be one of seeds/event_types.csv"),
        (2, None, "event_type must be one of"),
        (3, "moon", "page_kind must be empty, a kind of seeds/page_kinds.csv, other or unknown"),
        (4, "visitor", "scope must be session or person"),
        (4, "person", "a funnel of persons needs within_days, such as 30"),
        (5, "0", "within_days must be empty or a whole number of days, 1 or more"),
        (5, "a month", "within_days must be empty"),
        (5, "30", "scope and within_days must be those of step 1"),
        (6, None, "step_order must be loose or strict"),
        (6, "Loose", "step_order must be loose or strict"),
    ],
)
def test_a_row_that_cannot_be_meant_is_named(
    seeded: duckdb.DuckDBPyConnection, warehouse: Run, place: int, value: str | None, words: str
) -> None:
    row = [*GOOD[1]]
    row[place] = value
    with pytest.raises(duckdb.Error) as error:
        check(seeded, warehouse, GOOD[0], tuple(row))
    said = str(error.value)
    assert "seeds/funnels.csv: step " in said
    assert f"of the funnel {row[0] or 'without a name'} cannot be used: " in said
    assert words in said
    assert said.rstrip().endswith("Correct the row, or take it out.")


def test_persons_need_their_time_within_the_window(
    seeded: duckdb.DuckDBPyConnection, warehouse: Run
) -> None:
    """Events of 90 days cannot tell who did something within 90 days of the first of them."""
    person = [
        ("join", n, kind, None, "person", "89", "loose")
        for n, kind in (("1", "sign_up"), ("2", "purchase"))
    ]
    assert check(seeded, warehouse, *person) == 2
    seeded.execute("delete from seeds.funnels")
    with pytest.raises(duckdb.Error, match="within_days below the setting behavior_window_days"):
        check(seeded, warehouse, *((*row[:5], "90", row[6]) for row in person))


def test_the_order_funnel_is_what_a_loop_over_the_events_counts(warehouse: Run) -> None:
    """Each session's events in their order, one step after the other, without SQL."""
    events = warehouse.query(
        "select s.session_id, s.device_type, e.event_type from core.events as e "
        "join core.sessions as s on e.source_name = s.source_name "
        "and e.visitor_id = s.visitor_id and e.occurred_at between s.started_at and s.ended_at "
        "cross join core.clock as k where not s.is_bot and s.ended_at < k.as_of_at "
        "and s.started_at >= k.as_of_at - interval 90 days "
        "order by s.session_id, e.occurred_at, e.event_id"
    )
    steps = ("product_view", "add_to_cart", "checkout_start", "payment", "purchase")
    taken: dict[str, int] = defaultdict(int)
    devices = {}
    for session, device, kind in events:
        devices[session] = device or "unknown"
        if taken[session] < len(steps) and kind == steps[taken[session]]:
            taken[session] += 1
    for device in (None, *sorted(set(devices.values()))):
        counted = [
            sum(count >= n for s, count in taken.items() if device in (None, devices[s]))
            for n in range(1, 6)
        ]
        where = "slice_kind = 'all'" if device is None else f"slice = '{device}'"
        found = warehouse.query(
            f"select reached_count from behavior.funnel_steps where funnel = 'order' and {where} "
            "order by step_number"
        )
        assert [count for (count,) in found] == counted
        assert counted[-1] > 50
