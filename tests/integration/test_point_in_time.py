"""What a cut-off knew: nothing that came later changes a feature of it, taken away or added."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT, Run

SAMPLE = CHECKOUT / "seeds" / "sample"
# The columns by which a landed row became known, as the canonical tables name them.
KNOWN_AT = {
    "events": "received_at",
    "orders": "coalesce(updated_at, ordered_at)",
    "refunds": "refunded_at",
    "customers": "coalesce(updated_at, signed_up_at)",
    "products": "updated_at",
    "reviews": "created_at",
    "contacts": "sent_at",
}
FEATURES = (
    "select * exclude (split) from features.customer_snapshots "
    "where cut_off_at {when} timestamp '{cut_off}' order by cut_off_at, person_id"
)
SEQUENCES = (
    "select * from features.customer_sequences "
    "where cut_off_at {when} timestamp '{cut_off}' order by cut_off_at, person_id, place"
)
# Told a day after the cut-off: the table it lands in, and its rows, made of the sample's.
TOLD_LATER = {
    "a customer logs in on devices that were anonymous": (
        "events",
        """
        select * replace (
            'login-' || event_id as event_id, 'login' as event_type, 'c-new' as customer_id,
            '{after}' as occurred_at, '{after}' as received_at)
        from {events} where event_id in (
            select min(event_id) from {events} group by visitor_id having max(customer_id) is null)
        """,
    ),
    "somebody else was on known devices before the cut-off": (
        "events",
        """
        select * replace (
            'late-' || event_id as event_id, 'login' as event_type, 'c-other' as customer_id,
            '{before}' as occurred_at, '{after}' as received_at)
        from {events} where event_id in (
            select max(event_id) from {events} group by visitor_id
            having max(customer_id) is not null and min(occurred_at) < '{before}')
        """,
    ),
    "everybody had come before, by an advertisement": (
        "events",
        """
        select * replace (
            'earlier-' || event_id as event_id, 'page_view' as event_type, null as customer_id,
            'cpc' as utm_medium, 'search' as utm_source, '2024-01-01T00:00:01Z' as occurred_at,
            '{after}' as received_at)
        from {events} where event_id in (
            select min(event_id) from {events} group by visitor_id
            having max(customer_id) is not null and min(occurred_at) < '{before}')
        """,
    ),
    "orders are cancelled, and handed to somebody else": (
        "orders",
        """
        select * replace (
            'cancelled' as status, 'c-other' as customer_id, '{after}' as updated_at)
        from {orders}
        where ordered_at < '{before}' and status = 'paid' and customer_id is not null
        """,
    ),
    "orders are refunded": (
        "refunds",
        """
        select * replace ('again-' || refund_id as refund_id, '{after}' as refunded_at)
        from {refunds} where refunded_at < '{before}'
        """,
    ),
    "guests sign up": (
        "customers",
        """
        select c.* replace (
            'c-guest-' || o.order_id as customer_id, o.email_hash as email_hash,
            '{after}' as signed_up_at, '{after}' as updated_at)
        from {orders} as o inner join (from {customers} limit 1) as c on true
        where o.customer_id is null and o.status = 'paid' and o.ordered_at < '{before}'
        """,
    ),
    "everybody moves and withdraws consent": (
        "customers",
        """
        select * replace (
            'FR' as country, 'false' as marketing_consent, '{after}' as updated_at)
        from {customers} where updated_at < '{before}'
        """,
    ),
    "every price doubles": (
        "products",
        """
        select * replace (
            cast(2 * try_cast(price as double) as varchar) as price, '{after}' as updated_at)
        from {products}
        """,
    ),
    "reviews are written": (
        "reviews",
        """
        select * replace (
            'again-' || review_id as review_id, '1' as rating, '{after}' as created_at)
        from {reviews} where created_at < '{before}'
        """,
    ),
    "products move to other shelves, and are used up or not": (
        "products",
        """
        select * replace (
            md5(product_id)[:1] || '/' || category_path as category_path,
            cast(not try_cast(is_replenishable as boolean) as varchar) as is_replenishable,
            '{after}' as updated_at)
        from {products}
        """,
    ),
    "messages are opened and clicked": (
        "contacts",
        """
        select * replace ('{after}' as opened_at, '{after}' as clicked_at)
        from {contacts} where sent_at < '{before}'
        """,
    ),
    "everybody is written to": (
        "contacts",
        """
        select * replace ('again-' || contact_id as contact_id, '{after}' as sent_at)
        from {contacts} where sent_at < '{before}'
        """,
    ),
    "support hears late of messages": (
        "events",
        """
        select * replace (
            'asked-' || event_id as event_id, 'support_message' as event_type,
            '{before}' as occurred_at, '{after}' as received_at)
        from {events} where event_id in (
            select max(event_id) from {events} group by customer_id
            having max(customer_id) is not null and min(occurred_at) < '{before}')
        """,
    ),
}


@dataclass(frozen=True)
class Cut:
    """The sample's clock, a cut-off in its past, and the horizon that laid it there, as text."""

    as_of: str
    cut_off: str
    horizon: str


@pytest.fixture(scope="module")
def whole(warehouse: Run) -> Run:
    return warehouse


@pytest.fixture(scope="module")
def cut(whole: Run) -> Cut:
    row = whole.query(
        "select max(cut_off_at), max(cut_off_at) filter (where split = 'validation'), "
        "max(horizon_days) "
        "from features.churn_cutoffs"
    )[0]
    return Cut(*map(str, row))


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A copy of the landed sample, to change."""
    shutil.copytree(SAMPLE, tmp_path / "landing")
    return tmp_path / "landing"


def build_snapshots(landing: Path, cut: Cut, parsed: Path) -> Run:
    """Build up to the snapshots, with the clock and the question held still."""
    run = Run(landing.parent, landing, parsed=parsed)
    vars_ = f'{{as_of: "{cut.as_of}", churn_horizon_days: {cut.horizon}}}'
    run.build(
        *("--select", "+customer_snapshots", "customer_sequences"),
        *("--exclude-resource-type", "test"),
        *("--vars", vars_),
    )
    return run


def test_features_do_not_see_what_is_deleted(
    whole: Run, cut: Cut, landing: Path, parsed: Path
) -> None:
    removed = 0
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        for table, known_at in KNOWN_AT.items():
            for path in (landing / "shop" / table).glob("batch_id=*/data.parquet"):
                early = f"try_cast({known_at} as timestamptz) < timestamptz '{cut.cut_off}'"
                kept = (
                    f"select * from read_parquet('{path}', hive_partitioning = false) "
                    f"where coalesce({early}, true)"
                )
                counts = con.execute(
                    f"select (select count(*) from read_parquet('{path}')) - count(*) from ({kept})"
                ).fetchall()
                removed += counts[0][0]
                con.execute(f"copy ({kept}) to '{path}.new' (format parquet)")
                Path(f"{path}.new").replace(path)
    assert removed > 1000

    run = build_snapshots(landing, cut, parsed)
    for what in (FEATURES, SEQUENCES):
        features = what.format(when="<=", cut_off=cut.cut_off)
        expected = whole.query(features)
        assert len(expected) > 500
        assert run.query(features) == expected


def test_features_do_not_see_what_is_told_later(
    whole: Run, cut: Cut, landing: Path, parsed: Path
) -> None:
    cut_off = datetime.fromisoformat(cut.cut_off)
    words = {
        "after": f"{cut_off + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
        "before": f"{cut_off - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}",
    }
    for path in (SAMPLE / "shop").iterdir():
        batches = f"'{path}/*/data.parquet'"
        words[path.name] = f"read_parquet({batches}, hive_partitioning = false)"
    with duckdb.connect() as con:
        for batch_id, (what, (table, rows)) in enumerate(TOLD_LATER.items(), start=2):
            folder = landing / "shop" / table / f"batch_id={batch_id}"
            folder.mkdir()
            file = folder / "data.parquet"
            numbered = (
                "select * replace (row_number() over () as landed_row) "
                f"from ({rows.format(**words)})"
            )
            con.execute(f"copy ({numbered}) to '{file}' (format parquet)")
            assert con.execute(f"select count(*) > 3 from '{file}'").fetchall() == [(True,)], what

    run = build_snapshots(landing, cut, parsed)

    for what in (FEATURES, SEQUENCES):
        known, unknown = (what.format(when=when, cut_off=cut.cut_off) for when in ("<=", ">"))
        assert run.query(known) == whole.query(known)
        # What was told counts as soon as it may.
        assert run.query(unknown) != whole.query(unknown)
    told = run.query(
        """
        select
            (select count(*) from core.orders where customer_id like 'c-guest-%'),
            (select count(*) from core.identity_map where customer_id = 'c-other'),
            (select count(*) from core.money_lines where line_id like 'refund|again-%'),
            (select count(*) from core.contacts where contact_id like 'again-%'),
            (select count(*) from core.contacts where clicked_at > sent_at),
            (select count(*) from core.product_versions where category_path not like 'shop/%'),
            (select count(*) from core.events where event_id like 'asked-%'),
            (select count(*) from core.visitor_days
             where utm_medium = 'cpc' and first_event_at = '2024-01-01 00:00:01')
        """
    )
    assert min(told[0]) > 3, told  # type: ignore[type-var]
