"""A shop in a database and a tracker beside it: by two commands to cohorts of people."""

from pathlib import Path

import pytest

from stayhouse import cli
from stayhouse.commands import start
from tests.building import Run, copy_of_checkout
from tests.conftest import KEY
from tests.integration.unknown_shops import ENGLISH, unknown_shop, write_visits
from tests.pull.cluster import Cluster

NAME = "lantern_books"
SHOP = unknown_shop(NAME, "UTC", 1, ENGLISH, ["Atlas", "Novel, used", "Map"], False)
MARTS = ("orders", "sessions", "money_lines", "cohort_retention", "data_quality")


@pytest.fixture(scope="module")
def built(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The marts of a shop whose orders stand in PostgreSQL and whose visits Google exported."""
    rows = [
        "drop schema public cascade; create schema public; grant all on schema public to public;"
        "create table orders (id bigint primary key, customer_id text, email text, "
        "created_at timestamptz, status text, currency text, updated_at timestamptz);"
        "create table order_items (id bigint primary key, order_id bigint, product_id text, "
        "quantity int, unit_price numeric(12, 2))"
    ]
    for number, order in enumerate(SHOP.orders.itertuples()):
        rows.append(
            f"insert into orders values ({order.name}, 'C{order.buyer}', "
            f"'c{order.buyer}@example.com', '{order.at}+00', '{order.status}', 'GBP', "
            f"'{order.at}+00')"
        )
        for place, line in enumerate(order.lines):
            rows.append(
                f"insert into order_items values ({10 * number + place}, {order.name}, "
                f"'{line['product']}', {line['quantity']}, {line['price']})"
            )
    server.sql(";".join(rows))
    folder = tmp_path_factory.mktemp("first_hour")
    copy = copy_of_checkout(folder / "copy")
    visits = write_visits(SHOP, folder / "events_20230101_000000000000.jsonl")
    commands: list[tuple[str, ...]] = []

    def run(*words: str) -> int:
        """Run a command of `start` in this process; the build, below, is of some marts."""
        commands.append(words)
        return 0 if words[0] in ("build", "check") else cli.main(list(words))

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        patch.setenv(f"STAYHOUSE_DATABASE_{NAME.upper()}", server.url())
        patch.setattr(start, "command", run)
        words = ["--pull", "public.orders:updated_at", "--pull", "public.order_items:id"]
        assert cli.main(["new-source", NAME, *words, "--tracker", "ga4"]) == 0
        # Nobody else writes there, so no transaction is waited for.
        plan = copy / "models" / "staging" / NAME / "pull.toml"
        plan.write_text(f"settle_seconds = 0\n{plan.read_text()}")
        options = ["--currency", "GBP", "--time-zone", "Europe/London"]
        assert cli.main(["start", "--platform", NAME, *options, str(visits)]) == 0
    assert [words[0] for words in commands] == ["check", "land", "pull", "build"]
    run_of = Run(folder, folder / "landing", copy)
    selected = [f"+{mart}" for mart in MARTS]
    run_of.build("--select", *selected)
    return run_of


def test_every_order_is_worth_what_the_database_says(built: Run, server: Cluster) -> None:
    rows = built.query(
        "select order_id, sum(native_amount) from core.money_lines where kind = 'item' group by 1"
    )
    worth = server.sql(
        "select order_id::text, sum(quantity * unit_price) from order_items group by 1"
    )
    assert sorted(rows) == sorted(worth)
    assert len(rows) == 260


def test_visits_and_orders_are_one_person_s(built: Run) -> None:
    """Of a visit the first page is seen before anybody logs in."""
    visits = built.query(
        "select o.order_id, s.customer_id, s.event_count, s.person_id = o.person_id "
        "from core.sessions as s left join core.orders as o on s.source_name = o.source_name "
        "and s.person_id = o.person_id and o.ordered_at = s.ended_at"
    )
    expected = [(o.name, f"C{o.buyer}", 3, True) for o in SHOP.orders.itertuples()]
    assert sorted(visits) == sorted(expected)


def test_nothing_is_lost_and_no_address_lands(built: Run) -> None:
    fates = built.query("select distinct disposition from core.data_quality")
    assert fates == [("accepted",)]
    for path in Path(built.landing).rglob("*"):
        assert not path.is_file() or b"example.com" not in path.read_bytes(), path
