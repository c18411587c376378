"""Groceries of arules, landed as a shop's orders: the rules that others count in them.

At support .001 and confidence .8 there are 410 rules with one item on the right, at .001 and .5
5,668, at .006 and .25, with two items at least, 463 (arules' own documentation; mlxtend finds the
same). Shares are compared as whole numbers of baskets.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from stayhouse import cli
from tests.building import Run
from tests.conftest import KEY
from tests.real.shops import DATA, NEEDS_DATA

pytestmark = NEEDS_DATA
FILE = Path(str(DATA)) / "groceries" / "groceries_long.csv"
# The rules with their laws.
ASKED = (
    "+basket_rules",
    "+rule_settings",
    "basket_rules_are_lawful",
    "basket_rules_equal_money_lines",
)


@pytest.fixture(scope="module")
def groceries(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """A basket is an order of 2011; every item costs 1."""
    folder = tmp_path_factory.mktemp("groceries")
    (folder / "exports").mkdir()
    with FILE.open(encoding="utf-8") as file:
        rows = [(row["basket_id"], row["item"]) for row in csv.DictReader(file)]
    with (folder / "exports" / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "ordered_at", "status", "currency", "is_test"])
        for order in dict.fromkeys(order for order, _ in rows):
            writer.writerow([order, "2011-06-01T12:00:00Z", "paid", "GBP", "false"])
    with (folder / "exports" / "order_lines.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "product_id", "quantity", "unit_price"])
        writer.writerows((order, item, 1, 1) for order, item in rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        until = ("--data-until", "2011-06-02T00:00:00Z")
        assert cli.main(["land", "shop", str(folder / "exports"), *until]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    # The day of these orders is over.
    clock = ("--vars", "{as_of: 2011-06-02}")
    run.build(*clock, "--indirect-selection", "empty", "--select", *ASKED)
    return run


def rules(run: Run, one_in: int, percent: int) -> dict[int, int]:
    """Return how many rules there are by items, in so many baskets and so sure."""
    return dict(
        run.query(
            f"select item_count::int, count(*) from behavior.basket_rules where level = 'product' "
            f"and both_count >= ceil(basket_count * {one_in} / 1000) "
            f"and 100 * both_count >= {percent} * left_count group by 1"
        )
    )


def test_every_basket_counts(groceries: Run) -> None:
    settings = groceries.query(
        "select item_count, basket_count, cut_basket_count, tested_item_count, state "
        "from behavior.rule_settings where level = 'product' order by item_count"
    )
    with FILE.open(encoding="utf-8") as file:
        held = Counter(row["item"] for row in csv.DictReader(file))
    tested = sum(count >= 5 for count in held.values())
    assert settings == [(size, 9835, 0, tested, "counted") for size in (2, 3, 4)]


@pytest.mark.parametrize(
    ("per_mille", "percent", "expected"),
    [
        (1, 80, {3: 29, 4: 229, 5: 140, 6: 12}),
        (1, 50, {2: 11, 3: 1461, "longer": 4196}),
        (6, 25, {2: 150, 3: 297, "longer": 16}),
    ],
)
def test_rules_are_as_many_as_others_count(
    groceries: Run, per_mille: int, percent: int, expected: dict[object, int]
) -> None:
    found: dict[object, int] = dict(rules(groceries, per_mille, percent))
    if "longer" in expected:
        found = {
            **{size: found[size] for size in (2, 3) if size in found},
            "longer": sum(n for size, n in found.items() if int(str(size)) > 3),
        }
    assert found == expected


def test_itemsets_of_one_percent(groceries: Run) -> None:
    """88 of one, 213 of two, 32 of three: 333."""
    assert groceries.query(
        "select item_count::int, count(*) from behavior.int_baskets__sets "
        "where level = 'product' and set_count >= 99 group by 1 order by 1"
    ) == [(1, 88), (2, 213), (3, 32)]
