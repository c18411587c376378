"""Rules of profiles that a shop writes: what they compare, and what a mistaken row is told."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.building import Run
from tests.segment_room import Shop

RULE = ("mine", 1, "order_count", ">=", "3", None)


@pytest.fixture
def shop(warehouse: Run) -> Iterator[Shop]:
    made = Shop(warehouse)
    yield made
    made.con.close()


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, None, "it has no rule_name"),
        (1, None, "it has no condition_number"),
        (2, "shoe_size", "column_name must be one of age_band, gender"),
        (2, "net_sales_365d", "column_name must be one of"),
        (2, None, "column_name must be one of"),
        (3, "like", "operator must be =, !="),
        (3, None, "operator must be"),
        (3, "in", "in compares words, and order_count holds none"),
        (3, "is_null", "is_null takes no value"),
        (3, "between", "between needs value and value_to"),
        (4, None, ">= needs a value"),
        (4, "three", "order_count is a number, and value must be one"),
        (4, "1e3", "order_count is a number"),
        (4, "0.33334", "value must be one with at most four decimals"),
        (5, "4", "value_to belongs to operator between only"),
    ],
)
def test_a_row_that_cannot_be_meant_is_named(
    shop: Shop, place: int, value: object, words: str
) -> None:
    row = [*RULE]
    row[place] = value  # type: ignore[call-overload]
    shop.rule("good", 1, "coupon_share", "between", "0.25", "0.5")
    shop.build("int_profile__rules")
    shop.rule(*row)
    with pytest.raises(duckdb.Error) as error:
        shop.build("int_profile__rules")
    number, name = row[1] or "without a number", row[0] or "without a name"
    told = f"seeds/profile_rules.csv: condition {number} of the rule {name} cannot be used: "
    assert told in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("x", 1, "gender", ">", "a", None), "> compares numbers, and gender holds none"),
        (("x", 1, "has_marketing_consent", "=", "yes", None), "must be true or false"),
        (("x", 1, "order_count", "between", "5", "4"), "value <= value_to"),
        (("x", 1, "order_count", "between", "4", "many"), "value <= value_to"),
        (("x", 1, "city", "in", "Leeds||York", None), "in has an empty word"),
        (("x", 1, "city", "in", "Leeds|", None), "in has an empty word"),
        (("x", 1, "age_band", "=", "25-34", None), "age_band is one of 25 to 34, 35 to 44,"),
        (("x", 1, "age_band", "!=", "teen", None), "age_band is one of 25 to 34, 35 to 44,"),
        (("x", 1, "age_band", "in", "under 25|25-34", None), "age_band is one of 25 to 34"),
        (("x", 1, "age_band", "=", "under 25|25 to 34", None), "age_band is one of 25 to 34"),
    ],
)
def test_values_of_another_type_are_named(shop: Shop, row: tuple[object, ...], words: str) -> None:
    shop.rule(*row)
    with pytest.raises(duckdb.Error, match=re.escape(words)):
        shop.build("int_profile__rules")


@pytest.mark.parametrize(
    "row",
    [
        ("x", 1, "coupon_share", ">=", "0.3333", None),
        ("x", 1, "city", "in", "Leeds|York", None),
        ("x", 1, "city", "=", "Leeds|", None),
        ("x", 1, "city", "=", "25-34", None),
        ("x", 1, "age_band", "=", "under 25", None),
        ("x", 1, "age_band", "in", "65 and over|under 25", None),
        ("x", 1, "age_band", "is_known", None, None),
    ],
)
def test_values_that_can_be_meant_pass(shop: Shop, row: tuple[object, ...]) -> None:
    shop.rule(*row)
    shop.build("int_profile__rules")
    assert shop.rows("int_profile__rules", "rule_name") == [("x",)]


def test_two_rows_with_one_number_are_named(shop: Shop) -> None:
    shop.rule(*RULE)
    shop.rule(*RULE)
    with pytest.raises(duckdb.Error, match="another row of the rule has its condition_number"):
        shop.build("int_profile__rules")


@pytest.mark.parametrize("numbers", [(2,), (0, 1), (1, 3)])
def test_a_row_that_is_missing_is_asked_for(shop: Shop, numbers: tuple[int, ...]) -> None:
    for number in numbers:
        shop.rule(RULE[0], number, *RULE[2:])
    with pytest.raises(duckdb.Error, match="run from 1 on without a gap"):
        shop.build("int_profile__rules")


def test_rows_in_any_order_without_a_gap_pass(shop: Shop) -> None:
    for number in (2, 1):
        shop.rule(RULE[0], number, *RULE[2:])
    shop.build("int_profile__rules")
    assert len(shop.rows("int_profile__rules", "rule_name")) == 2


def test_a_value_is_compared_and_never_becomes_part_of_a_query(shop: Shop) -> None:
    hostile = "O'Hara'; drop table core.customers; --"
    for person, city in (("Anna", hostile), ("Ben", "Leeds"), ("Cleo", None)):
        shop.con.execute(
            "insert into core.customers values (?, 'f', null, 'GB', ?, 1990, true, null)",
            [person, city],
        )
    shop.rule("hers", 1, "city", "=", hostile, None)
    shop.rule("listed", 1, "city", "in", f"York|{hostile}", None)
    shop.rule("unknown", 1, "city", "is_null", None, None)
    shop.rule(hostile, 1, "city", "!=", hostile, None)
    shop.build()
    assert shop.rows("profile_segments") == [
        ("Anna", "hers"), ("Anna", "listed"), ("Ben", hostile), ("Cleo", "unknown"),
    ]  # fmt: skip
    assert shop.con.execute("select count(*) from core.customers").fetchall() == [(3,)]
    assert shop.rows("profile_segment_sizes", "rule_name, people_count, unknown_count") == [
        (hostile, 1, 1), ("hers", 1, 1), ("listed", 1, 1), ("unknown", 1, 0),
    ]  # fmt: skip
