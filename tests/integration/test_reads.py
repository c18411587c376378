"""Tables that stand in the warehouse already, as dlt, Fivetran and Airbyte leave them: two loads.

What is asserted of them is counted here, from the rows themselves.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from tests.building import Run, mart_hashes

READS = """{as_of: 2024-05-10, rejection_stop_rate: 1,
    sources: {shop: [events, orders, order_lines, customers]}, reads: {shop: {
    events: {table: tracker.visits, load: _fivetran_synced, columns: {event_id: id}},
    orders: {table: shop.orders, load: _dlt_load_id, ignore: [note]},
    order_lines: {table: shop.order_lines, load: _airbyte_extracted_at},
    customers: {table: shop.customers, load: load_number, loaded_at: load_time, ignore: '*'},
}}}"""
LAWS = (
    "accepted_rows_are_counted", "every_line_is_accounted_for", "every_row_is_accounted_for",
    "ledger_equals_staged_money", "rejected_marts_equal_data_quality", "sessions_conserve_events",
    "staging_loses_no_row", "versions_equal_data_quality",
)  # fmt: skip
VARS = ("--vars", READS)
WITHOUT_TESTS = ("--exclude-resource-type", "test")
TABLES = """
    create schema tracker;
    create schema shop;
    create table tracker.visits (
        id varchar, event_type varchar, visitor_id varchar, customer_id double, page_url varchar,
        occurred_at timestamptz, properties struct(colour varchar), _fivetran_synced timestamptz
    );
    create table shop.orders (
        order_id bigint, customer_id bigint, ordered_at timestamp, status varchar, currency varchar,
        discount decimal(10, 2), updated_at timestamptz, note varchar, _dlt_load_id varchar,
        _dlt_id varchar
    );
    create table shop.order_lines (
        order_id bigint, line_number integer, product_id varchar, quantity integer, amount varchar,
        _airbyte_extracted_at timestamptz
    );
    create table shop.customers (
        customer_id varchar, email_hash varchar, city varchar, load_number integer, load_time date,
        phone varchar
    )
"""
HASH = "ab" * 32
# Of load 1, then of load 2: o1 is cancelled, o4 is late, o5 and a line of o4 are no good.
ONE, TWO = "1714816800.123456", "1714903200.5"
AT = {ONE: "2024-05-04 10:00:00.123456+00", TWO: "2024-05-05 10:00:00.5+00"}
ORDERS = {
    ONE: [
        (1, 1, "2024-05-01 10:00:00", "paid", "GBP", "2.50", None, "n"),
        (2, 2, "2024-05-02 10:00:00", "paid", "GBP", None, None, "n"),
        (3, 2, "2024-05-03 10:00:00", "lost", "GBP", None, None, "n"),
    ],
    TWO: [
        (1, 1, "2024-05-01 10:00:00", "cancelled", "GBP", "2.50", "2024-05-04 12:00:00+02", "n"),
        (4, 1, "2024-04-20 10:00:00", "paid", "GBP", None, None, "n"),
        (5, 1, "2024-05-09 10:00:00", "paid", "GBP", None, None, "n"),
    ],
}
LINES = {
    ONE: [(1, 1, "p", 1, "10"), (2, 1, "p", 2, "20.5"), (2, 2, "q", 1, "4"), (3, 1, "p", 1, "7")],
    TWO: [(4, 1, "p", 1, "5"), (4, 2, "q", 1, "1,249.00"), (5, 1, "p", 1, "9")],
}
VISITS = {
    ONE: [("e1", "page_view", "v1", 1.0, "2024-05-01 12:00:00+02", "blue"),
          ("e2", "page_view", "v2", None, "2024-05-02 11:00:00+00", None)],
    TWO: [("e3", "page_view", "v1", None, "2024-05-01 10:10:00+00", None),
          ("e4", "teleport", "v1", None, "2024-05-04 10:00:00+00", None),
          ("e1", "page_view", "v1", 1.0, "2024-05-01 10:00:00+00", "blue")],
}  # fmt: skip


def load(database: Path, name: str) -> None:
    """Write the rows of a load, as the loaders do: stamped with its number or its time."""
    number = [ONE, TWO].index(name) + 1
    with duckdb.connect(str(database)) as con:
        con.execute("set TimeZone = 'Asia/Tokyo'")
        if name == ONE:
            con.execute(TABLES)

        def insert(table: str, rows: Iterable[tuple[object, ...]], select: str) -> None:
            con.executemany(f"insert into {table} select {select}", [list(row) for row in rows])

        insert("shop.orders", ORDERS[name], f"?, ?, ?, ?, ?, ?, ?, ?, '{name}', uuid()")
        insert("shop.order_lines", LINES[name], f"?, ?, ?, ?, ?, '{AT[name]}'")
        # Each row of a sync has an instant of its own.
        insert(
            "tracker.visits",
            [(*row, n) for n, row in enumerate(VISITS[name])],
            f"?, ?, ?, ?, '/', ?, {{'colour': ?}}, timestamptz '{AT[name]}' + to_seconds(?)",
        )
        insert(
            "shop.customers",
            [("1", HASH, f"town {number}")],
            f"?, ?, ?, {number}, '2024-05-0{number + 3}', '020 7946 0958'",
        )


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """Two loads, each built the night it came; the second one up to the account, with laws."""
    run = Run(tmp_path_factory.mktemp("night"), parsed=parsed)
    load(run.database, ONE)
    run.build("--select", "+sessions", "+visitor_days", *WITHOUT_TESTS, *VARS)
    load(run.database, TWO)
    words = ("--indirect-selection", "empty")
    run.build("--select", "+path:models/core", *LAWS, *words, *VARS)
    return run


def test_every_row_is_accounted_for(night: Run) -> None:
    told = night.query(
        "select table_name, disposition, reason_code, cast(sum(row_count) as int), "
        "cast(sum(amount) as double) from core.data_quality group by all order by all"
    )
    assert told == [
        ("customers", "accepted", "accepted", 1, None),
        ("customers", "superseded", "later_version", 1, None),
        ("events", "accepted", "accepted", 3, None),
        ("events", "rejected", "unknown_event_type", 1, None),
        ("events", "repeated_copy", "repeated_copy", 1, None),
        ("order_lines", "accepted", "accepted", 4, 39.5),
        ("order_lines", "orphaned", "rejected_order", 2, 16.0),
        # Read as a person would, and in no figure.
        ("order_lines", "rejected", "invalid_amount", 1, 1249.0),
        ("orders", "accepted", "accepted", 2, 34.5),
        ("orders", "accepted", "order_lacks_lines", 1, 5.0),
        # The fifth was placed four days after its load; the third has no status of ours.
        ("orders", "rejected", "ordered_after_data_until", 1, 9.0),
        ("orders", "rejected", "unknown_status", 1, 7.0),
        ("orders", "superseded", "later_version", 1, None),
    ]
    landed = sum(len(rows) for table in (ORDERS, LINES, VISITS) for rows in table.values())
    assert sum(count for *_, count, _ in told) == landed + len(AT)


def test_figures_are_those_of_the_rows(night: Run) -> None:
    """The first order was cancelled; dollars are told apart from the ids that floats became."""
    assert night.query(
        "select order_id, customer_id, cast(net_sales as double), order_number "
        "from core.orders order by order_id"
    ) == [("1", "1", 0.0, None), ("2", "2", 24.5, 1), ("4", "1", 5.0, 1)]
    assert night.query("select customer_id, city from core.customers where has_profile") == [
        ("1", "town 2")
    ]
    # Beside tables that are read there is no sample.
    assert night.query("select is_sample from core.clock") == [(False,)]
    # An event that came with the second load lies in the session of the first.
    assert night.query(
        "select visitor_id, customer_id, event_count from core.sessions order by 1"
    ) == [("v1", "1", 2), ("v2", None, 1)]
    assert night.query("select event_id, properties from core.events order by 1") == [
        ("e1", '{"colour":"blue"}'), ("e2", '{"colour":null}'), ("e3", '{"colour":null}')
    ]  # fmt: skip


def test_a_change_is_known_from_its_load_on(night: Run) -> None:
    """A version says its own time; a profile without one is known when its load came."""
    versions = "select cast(valid_from as varchar) from core.{} where {} = '1' order by 1"
    assert night.query(versions.format("order_versions", "order_id")) == [
        ("2024-05-01 10:00:00",), ("2024-05-04 10:00:00",)
    ]  # fmt: skip
    assert night.query(versions.format("customer_versions", "customer_id")) == [
        ("2024-05-04 00:00:00",), ("2024-05-05 00:00:00",)
    ]  # fmt: skip


def test_a_night_takes_new_loads_only_and_ends_where_a_full_build_does(
    night: Run, tmp_path: Path, parsed: Path
) -> None:
    """A batch is a load of one table; its number is its time."""
    assert night.query(
        "select batch_id, load_id from core.int_batches__numbered order by batch_id"
    ) == [
        (1714816800123456, 1), (1714816801123456, 1),
        (1714903200500000, 2), (1714903201500000, 2), (1714903202500000, 2),
    ]  # fmt: skip
    whole = Run(tmp_path, parsed=parsed)
    load(whole.database, ONE)
    load(whole.database, TWO)
    whole.build("--select", "+path:models/core", *WITHOUT_TESTS, *VARS)
    assert mart_hashes(whole.database) == mart_hashes(night.database)


def test_rows_that_a_loader_updates_in_place_are_told_anew(night: Run, tmp_path: Path) -> None:
    """What stood in the table before is nowhere, and no event of it is left in any state."""
    run = Run(tmp_path, parsed=night.parsed)
    shutil.copyfile(night.database, run.database)
    of_events = ("landed", "repeated", "checked")
    events = ("stg_shop__events", "int_batches__numbered", "events")
    events += tuple(f"int_events__{name}" for name in of_events)
    for change, e2, at in (
        # Under its old load, as no loader should; then under a later one, as Fivetran does.
        ("page_url = '/same'", "/same", 0),
        ("page_url = '/moved', _fivetran_synced = _fivetran_synced + interval 1 day", "/moved", 1),
    ):
        with duckdb.connect(str(run.database)) as con:
            con.execute(f"update tracker.visits set {change} where id = 'e2'")
        run.build("--select", *events, *WITHOUT_TESTS, *VARS)
        assert run.query("select event_id, page_url, batch_id from core.events order by 1") == [
            ("e1", "/", 1714816800123456),
            ("e2", e2, 1714816801123456 + at * 24 * 3600 * 10**6),
            ("e3", "/", 1714903200500000),
        ]


@pytest.mark.parametrize(
    "changes",
    [
        {
            "update shop.customers set email_hash = 'ann@example.org'": "is no keyed hash",
            "update shop.orders set _dlt_load_id = null": "a row has no load (_dlt_load_id)",
            "update shop.order_lines set line_number = null": "a row has no line_number",
            "alter table tracker.visits drop id": "which has no column id",
        },
        {
            "alter table shop.orders alter customer_id type varchar; "
            "update shop.orders set customer_id = 'ann@example.org'": "an e-mail address stands in "
            "customer_id",
            "alter table shop.order_lines add column discont int": "that nobody named: discont",
            "alter table shop.customers add _fivetran_deleted bool": "that are gone from the shop",
            "drop table tracker.visits": "tracker.visits is no table of this warehouse",
        },
    ],
)
def test_what_would_be_wrong_in_silence_stops(
    night: Run, tmp_path: Path, changes: dict[str, str]
) -> None:
    run = Run(tmp_path, parsed=night.parsed)
    shutil.copyfile(night.database, run.database)
    with duckdb.connect(str(run.database)) as con:
        for change in changes:
            con.execute(change)
    # Tables too, since a view that nobody asks answers nobody.
    asks = ("int_orders__versions", "int_customers__versions", "int_order_lines__current")
    done = run.dbt("run", "--select", "path:models/staging/shop", *asks, *VARS)
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    assert [sentence for sentence in changes.values() if sentence not in told] == []
    assert "ann@" not in told
