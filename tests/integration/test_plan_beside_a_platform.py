"""A Shopify shop that sends its own visits and tests its own ideas: one source, one person each."""

import pandas as pd
import pytest

from stayhouse import cli
from tests.building import Run, copy_of_checkout
from tests.conftest import KEY
from tests.integration.shopify_shop import ShopifyShop, shopify_shop

EXPOSED = pd.Timestamp("2024-04-01 12:00:00")
ARMS = ("control", "gift")


@pytest.fixture(scope="module")
def shop() -> ShopifyShop:
    return shopify_shop()


@pytest.fixture(scope="module")
def known(shop: ShopifyShop) -> pd.DataFrame:
    """The orders of buyers who have an account, with its id and arm."""
    orders = shop.frame().dropna(subset=["buyer"])
    buyers = sorted(orders["buyer"].unique())[::2]
    orders = orders[orders["buyer"].isin(buyers)]
    account = "7210" + orders["buyer"].astype(int).astype(str)
    return orders.assign(account=account, arm=account.map(lambda a: ARMS[int(a) % 2]))


@pytest.fixture(scope="module")
def built(shop: ShopifyShop, known: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Shopify's exports and files of the tracking plan, landed as one source, and their marts."""
    folder = tmp_path_factory.mktemp("plan")
    exports, own = folder / "exports", folder / "own"
    exports.mkdir()
    own.mkdir()
    shop.write_orders(exports / "orders_export.csv", held=False)
    shop.write_customers(exports / "customers_export.csv")
    # Each looks around, without a login, ten minutes before it buys.
    before = pd.concat(
        known["ordered_at"] - pd.Timedelta(minutes=minutes) for minutes in (10, 0)
    ).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    pd.DataFrame({
        "event_id": [f"e{number}" for number in range(len(before))],
        "event_type": ["page_view"] * len(known) + ["purchase"] * len(known),
        "occurred_at": before.to_numpy(), "received_at": before.to_numpy(),
        "visitor_id": [f"v{account}" for account in known["account"]] * 2,
        "customer_id": [None] * len(known) + list(known["account"]),
        "order_id": [None] * len(known) + list(known["name"]),
    }).to_csv(own / "events.csv", index=False)  # fmt: skip
    pd.DataFrame({
        "experiment_id": "thanks", "arm": ARMS, "weight": 0.5, "unit_kind": "customer",
        "primary_metric": "order_rate_90",
        "starts_at": "2024-04-01",
    }).to_csv(own / "experiments.csv", index=False)  # fmt: skip
    units = known.drop_duplicates("account")
    pd.DataFrame({
        "experiment_id": "thanks", "arm": units["arm"], "unit_id": units["account"],
        "exposed_at": EXPOSED.isoformat() + "Z",
    }).to_csv(own / "exposures.csv", index=False)  # fmt: skip
    copy = copy_of_checkout(folder / "copy")
    run = Run(folder, folder / "landing", copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        assert cli.main(["new-source", "shopify", "--tracker", "shop"]) == 0
        for path in (exports, own):
            assert cli.main(["land", "shopify", str(path)]) == 0
    run.build("--select", "+experiment_results", "+sessions")
    return run


def test_visits_and_orders_are_one_persons(built: Run, known: pd.DataFrame) -> None:
    found = built.query(
        """
        select o.order_id, s.person_id = o.person_id, s.event_count
        from core.orders as o
        inner join core.sessions as s
            on o.visitor_id is null and s.started_at = o.ordered_at - interval 10 minutes
        """
    )
    assert sorted(name for name, is_same, _ in found if is_same) == sorted(known["name"])


def test_the_experiment_counts_the_orders_of_the_export(built: Run, known: pd.DataFrame) -> None:
    window = known[
        (known["ordered_at"] >= EXPOSED)
        & (known["ordered_at"] < EXPOSED + pd.Timedelta(days=90))
        & (known["net"] > 0)
    ]
    rate = {
        arm: window.loc[window["arm"] == arm, "account"].nunique()
        / known.loc[known["arm"] == arm, "account"].nunique()
        for arm in ARMS
    }
    [(units, mean, control_units, control_mean)] = built.query(
        "select unit_count, arm_mean, control_unit_count, control_mean "
        "from experiments.experiment_results "
        "where metric = 'order_rate_90' and segment_kind = 'all' and arm = 'gift'"
    )
    assert units + control_units == known["account"].nunique()
    assert control_mean == pytest.approx(rate["control"])
    assert mean == pytest.approx(rate["gift"])
    assert rate["gift"] != rate["control"]
