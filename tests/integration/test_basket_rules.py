"""What goes together: against a count set by set, permuted shops, and on bad input."""

import json
from collections import Counter, defaultdict
from itertools import combinations
from math import comb
from random import Random
from typing import Any

import pytest
from scipy.stats import false_discovery_control, fisher_exact

from stayhouse.behavior import longer_sets
from tests.baskets_room import Baskets
from tests.building import Run

Line = tuple[str, str]


@pytest.fixture(scope="module")
def room(warehouse: Run) -> Baskets:
    return Baskets(warehouse)


@pytest.fixture(scope="module")
def sample(warehouse: Run) -> list[Line]:
    """The sample's lines, as the ledger has them."""
    return warehouse.query(
        "select order_id, product_id from core.money_lines where kind = 'item' and order_id in "
        "(select order_id from core.orders, core.clock where is_order and ordered_at < as_of_at)"
    )


def counted(lines: list[Line], least: int = 5) -> tuple[int, int, dict[frozenset[str], int]]:
    """Baskets, items in enough of them, and sets of any size in enough of them, one by one."""
    baskets: dict[str, set[str]] = defaultdict(set)
    for order, item in lines:
        baskets[order].add(item)
    sets: Counter[frozenset[str]] = Counter()
    for held in baskets.values():
        for size in range(1, len(held) + 1):
            sets.update(map(frozenset, combinations(held, size)))
    enough = {held: count for held, count in sets.items() if count >= least}
    return len(baskets), sum(len(held) == 1 for held in enough), enough


def listed(left: frozenset[str]) -> str:
    """A left side as the mart writes it: one item as it is, several as a JSON list."""
    return json.dumps(sorted(left)) if len(left) > 1 else min(left)


def expected(lines: list[Line]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Left and right of each rule, with items, both, left and right counts."""
    _, _, sets = counted(lines)
    return {
        (listed(held - {right}), right): (
            len(held), both, sets[held - {right}], sets[frozenset([right])]
        )
        for held, both in sets.items()
        if len(held) > 1
        for right in held
    }  # fmt: skip


def found(room: Baskets, level: str = "product") -> dict[tuple[str, str], tuple[int, ...]]:
    return {
        (left, right): tuple(counts)
        for left, right, *counts in room.rows(
            "select left_items, right_item, item_count, both_count, left_count, right_count "
            f"from basket_rules where level = '{level}'"
        )
    }


def dense(seed: int, orders: int = 400) -> list[Line]:
    """Orders of one to seven of twelve products, some of which draw others."""
    random = Random(seed)
    lines = []
    for order in range(orders):
        held = set(random.sample("abcdefghijkl", random.randint(1, 4)))
        held |= {"d", "e"} if "c" in held and random.random() < 0.6 else set()
        lines += [(str(order), item) for item in held for _ in range(random.randint(1, 2))]
    return lines


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rules_are_those_counted_set_by_set(room: Baskets, seed: int) -> None:
    lines = dense(seed)
    room.build(lines)
    rules = expected(lines)
    assert found(room) == rules
    assert {counts[0] for counts in rules.values()} >= {2, 3, 4}


def chances(lines: list[Line], sets: list[frozenset[str]], rights: list[str]) -> list[float]:
    """Fisher's chance of each set and its right side by scipy, from a count of these lines."""
    baskets: dict[str, set[str]] = defaultdict(set)
    for order, item in lines:
        baskets[order].add(item)
    ps = []
    for held, right in zip(sets, rights, strict=True):
        both, left, alone = (
            sum(side <= basket for basket in baskets.values())
            for side in (held, held - {right}, {right})
        )
        table = [[both, left - both], [alone - both, len(baskets) - left - alone + both]]
        ps.append(float(fisher_exact(table, alternative="greater").pvalue))
    return ps


def without_largest(lines: list[Line]) -> list[Line]:
    """The lines without the orders of the most items, which are a hundredth of all at most."""
    sizes = Counter(order for order, _ in set(lines))
    deep = Counter(sizes.values())
    large = [
        size
        for size in deep
        if 100 * sum(n for other, n in deep.items() if other >= size) <= len(sizes)
    ]
    return [line for line in lines if sizes[line[0]] < min(large, default=len(lines) + 1)]


@pytest.mark.parametrize("orders", [0, 3, 6])
def test_chances_are_fishers_and_the_family_is_all_that_could_be(
    room: Baskets, orders: int
) -> None:
    """Also beside a few orders of everything: three are a hundredth of all, six are not."""
    lines = dense(4) + [(f"all {n}", item) for n in range(orders) for item in "abcdefghijkl"]
    room.build(lines)
    usual = without_largest(lines)
    assert (usual == lines) == (orders != 3)
    _, items, _ = counted(lines)
    told = room.rows(
        "select item_count, left_items, right_item, p_value, p_adjusted, p_without_largest, "
        "is_significant from basket_rules where level = 'product'"
    )
    for size in {row[0] for row in told}:
        rows = [row for row in told if row[0] == size]
        sets = [frozenset([*(json.loads(row[1]) if size > 2 else [row[1]]), row[2]])
                for row in rows]  # fmt: skip
        rights = [row[2] for row in rows]
        ps = chances(lines, sets, rights)
        assert [row[3] for row in rows] == pytest.approx(ps, rel=1e-9)
        # What was not seen often enough is as likely as can be.
        rest = [1.0] * (size * comb(items, size) - len(ps))
        assert [row[4] for row in rows] == pytest.approx(
            list(false_discovery_control([*ps, *rest])[: len(ps)])
        )
        of_usual = chances(usual if size < 4 else lines, sets, rights)
        assert [row[5] for row in rows] == pytest.approx(
            list(false_discovery_control([*of_usual, *rest])[: len(ps)])
        )
        assert [row[6] for row in rows] == [max(row[4], row[5]) <= 0.05 for row in rows]
    triples = [row[6] for row in told if row[0] == 3]
    assert any(triples)
    assert not all(triples)


def test_a_few_orders_of_everything_make_no_rule(room: Baskets) -> None:
    """Twelve of 3,000 orders hold all sixty products: by Fisher's test that ties hundreds of pairs
    which are else bought together by chance."""
    random = Random(7)
    names = [f"p{item:02}" for item in range(60)]
    lines = [(f"all {n}", name) for n in range(12) for name in names]
    for order in range(3000):
        held = set(random.sample(names, random.randint(1, 3)))
        if "p00" in held and random.random() < 0.4:
            held.add("p01")
        lines += [(str(order), name) for name in held]
    room.build(lines)
    asked = "select count(*) from basket_rules where item_count = 2 and level = 'product' and "
    assert room.rows(asked + "p_adjusted <= 0.05")[0][0] > 100
    assert room.rows(
        "select left_items, right_item from basket_rules where is_significant and item_count = 2 "
        "order by all"
    ) == [("p00", "p01"), ("p01", "p00")]


def test_the_sample_is_what_a_count_says(warehouse: Run, sample: list[Line]) -> None:
    held = {
        (left, right): tuple(counts)
        for left, right, *counts in warehouse.query(
            "select left_items, right_item, item_count, both_count, left_count, right_count "
            "from behavior.basket_rules where level = 'product'"
        )
    }
    assert held == expected(sample)
    shelf = dict(warehouse.query("select product_id, category from core.products"))
    categories = {
        (left, right): tuple(counts)
        for left, right, *counts in warehouse.query(
            "select left_items, right_item, item_count, both_count, left_count, right_count "
            "from behavior.basket_rules where level = 'category'"
        )
    }
    assert categories == expected([(order, str(shelf[item])) for order, item in sample])
    assert len(held) > 100
    assert len(categories) > 10


def test_what_a_smaller_rule_tells_is_a_shadow(room: Baskets) -> None:
    """Salt alone brings nuts, a spoon adds nothing; a hat and a coat bring gloves together."""
    random = Random(4)
    lines = []
    for order in range(3000):
        held = set(random.sample(["salt", "spoon", "hat", "coat", "pen", "cup"], 3))
        if "salt" in held and random.random() < 0.5:
            held.add("nuts")
        if {"hat", "coat"} <= held and random.random() < 0.8:
            held.add("gloves")
        lines += [(str(order), item) for item in held]
    room.build(lines)
    found = dict(room.rows(
        "select concat(left_items, ' ', right_item), is_beyond_parts from basket_rules "
        "where is_significant"
    ))  # fmt: skip
    assert found["salt nuts"]
    assert not found['["salt", "spoon"] nuts']
    assert found['["coat", "hat"] gloves']


def test_a_pair_makes_no_triples(room: Baskets) -> None:
    """Forty products in baskets of three, two of which go together: with all the others beside
    them they would be hundreds of triples, of which a test by itself lets some pass."""
    for seed in range(3):
        random = Random(seed)
        lines = []
        for order in range(3000):
            held = set(random.sample(range(40), 3))
            if 0 in held and random.random() < 0.6:
                held.add(1)
            lines += [(str(order), f"p{item:02}") for item in held]
        room.build(lines)
        rows = room.rows(
            "select left_items, right_item, item_count from basket_rules "
            "where is_significant and is_beyond_parts and level = 'product' order by all"
        )
        assert rows == [("p00", "p01", 2), ("p01", "p00", 2)]


def test_a_shop_of_chance_has_no_rule(room: Baskets, sample: list[Line]) -> None:
    """Products dealt anew over the orders, which keep their sizes: of 20 times at most once."""
    significant = 0
    for seed in range(20):
        room.build(dealt(sample, seed))
        ((count,),) = room.rows(
            "select count(*) from basket_rules where item_count = 2 and is_significant "
            "and level = 'product'"
        )
        significant += count > 0
    assert significant <= 1


def dealt(lines: list[Line], seed: int) -> list[Line]:
    """The lines with their products dealt anew, none twice to an order."""
    random = Random(seed)
    baskets: dict[str, set[str]] = defaultdict(set)
    for order, item in lines:
        baskets[order].add(item)
    orders = [order for order, held in sorted(baskets.items()) for _ in held]
    items = [item for _, held in sorted(baskets.items()) for item in sorted(held)]
    random.shuffle(items)
    while True:
        last: dict[Line, int] = {}
        twice = [i for i, line in enumerate(zip(orders, items, strict=True))
                 if last.setdefault(line, i) != i]  # fmt: skip
        if not twice:
            return list(zip(orders, items, strict=True))
        for place in twice:
            other = random.randrange(len(items))
            items[place], items[other] = items[other], items[place]


def settings(room: Baskets, level: str = "product") -> list[tuple[Any, ...]]:
    return room.rows(
        "select item_count, basket_count, cut_basket_count, tested_item_count, rule_count, state "
        f"from rule_settings where level = '{level}' order by item_count"
    )


def test_one_product(room: Baskets) -> None:
    room.build([(str(order), "only") for order in range(20)])
    assert found(room) == {}
    assert settings(room) == [(size, 20, 0, 1, 0, "counted") for size in (2, 3, 4)]


def test_no_orders(room: Baskets) -> None:
    room.build([])
    assert found(room) == {}
    assert room.rows("from rule_settings") == []


def test_orders_of_500_lines_are_cut_at_fifty(room: Baskets) -> None:
    """Of 500 products the fifty that most orders hold; an order of fifty is whole, of 51 cut."""
    wide = [f"p{i:03}" for i in range(500)]
    lines = [(f"wide-{order}", item) for order in range(6) for item in wide]
    lines += [(f"known-{item}-{n}", item) for item in wide[-50:] for n in range(3)]
    lines += [("fifty", item) for item in wide[-50:]]
    room.build(lines)
    # Each order of 500 counts with the products that are also sold by themselves.
    rules = found(room)
    assert {size for size, *_ in rules.values()} == {2, 3}
    assert len([1 for size, *_ in rules.values() if size == 2]) == 50 * 49
    assert rules["p450", "p451"] == (2, 7, 10, 10)
    assert settings(room)[0] == (2, 6 + 150 + 1, 6, 50, 50 * 49, "counted")
    # Fifty that always come together are 230,300 sets of four, and 2 to the 50th in all.
    assert settings(room)[2][4] == 0
    room.build([*lines, *(("fifty-one", item) for item in wide[-51:])])
    assert settings(room)[0][2] == 7


def test_products_with_hostile_names(room: Baskets) -> None:
    names = ["a + b", "'; drop table x; --", "<b>", "a"]
    room.build([(str(order), name) for order in range(9) for name in names])
    rules = found(room)
    assert rules["a", "a + b"] == (2, 9, 9, 9)
    assert len(rules) == 4 * 3 + 4 * 3 + 4


def test_two_sources_are_two_shops(room: Baskets) -> None:
    room.build([(str(order), item) for order in range(6) for item in "ab"])
    room.con.execute("""
        insert into core.orders (source_name, order_id, is_order, ordered_at)
        select 'other', order_id, is_order, ordered_at from core.orders;
        insert into core.money_lines (source_name, order_id, product_id, kind)
        select 'other', order_id, 'c', kind from core.money_lines where product_id = 'a';
    """)
    for name in ("int_baskets__lines", "int_baskets__sets"):
        room.con.execute(f"create or replace table behavior.{name} as {room.sql[name]}")
    assert room.rows(
        "select source_name, count(*), max(basket_count) from int_baskets__sets group by 1 "
        "order by 1"
    ) == [("other", 1, 6), ("shop", 3, 6)]


def test_without_the_extra_it_is_said(room: Baskets, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = dense(5)
    monkeypatch.setattr(longer_sets, "find_spec", lambda _: None)
    room.build(lines)
    assert {counts[0] for counts in found(room).values()} == {2, 3}
    assert [row[-1] for row in settings(room)] == ["counted", "counted", "needs_extra_rules"]
    monkeypatch.undo()
    room.build(lines)
    assert settings(room)[2][-1] == "counted"
    assert settings(room)[2][-2] > 0


def test_the_least_count_rises_where_sets_are_too_many(room: Baskets) -> None:
    """More than 100,000 triples in five baskets or more: those in more baskets are told."""
    room.build([(f"{n}-{half}", f"{half}{i:02}") for n in range(6) for half in "ab"
                for i in range(50)])  # fmt: skip
    # 39,200 triples of two times fifty are not too many.
    assert room.rows(
        "select least_count, rule_count from rule_settings "
        "where level = 'product' and item_count = 3"
    ) == [(5, 3 * 39_200)]
    room.build([(f"{n}-{part}", f"{part}{i:02}") for part in "abcdef" for i in range(50)
                for n in range(6 if part != "a" else 7)])  # fmt: skip
    # 117,600 triples, of which 19,600 are in seven baskets.
    assert room.rows(
        "select least_count, rule_count from rule_settings "
        "where level = 'product' and item_count = 3"
    ) == [(7, 3 * 19_600)]
