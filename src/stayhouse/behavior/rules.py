"""What goes together: how likely the baskets that hold a set of items would be by chance alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.base.chances import adjusted, chances
from stayhouse.behavior.longer_sets import Sets, codes, has_longer_sets, longer_sets

COLUMNS = {
    "level": "str",
    "source_name": "str",
    "left_items": "str",
    "left_names": "str",
    "right_item": "str",
    "right_name": "str",
    "item_count": "int64",
    "basket_count": "int64",
    "both_count": "int64",
    "left_count": "int64",
    "right_count": "int64",
    "least_count": "int64",
    "p_value": "float64",
    "p_adjusted": "float64",
    "p_without_largest": "float64",
    "is_significant": "bool",
    "is_beyond_parts": "bool",
    "has_longer_sets": "bool",
}


@dataclass(frozen=True)
class Rule:
    """What makes a rule: `meta` of `ml_basket_rules`, where each number has its reason.

    Attributes:
        false_discovery_rate: of the rules that are called significant, at most so many are none.
        longer_one_in: sets of four and more are in at least one of so many baskets ...
        longer_most_sets: ... and in so many more that no more sets of four than this are left, and
            half as many of three ...
        longer_most_items: ... with at most so many items.
    """

    false_discovery_rate: float
    longer_one_in: int
    longer_most_sets: int
    longer_most_items: int


def find_rules(sets: pd.DataFrame, baskets: pd.DataFrame, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row per rule: who has all items of the left has the item of the right too.

    Args:
        sets: one row per `level`, `source_name` and set of `item_count` items, `number_1` <
            `number_2` < `number_3` (null beyond the count), with the baskets that hold it
            (`set_count`) and all baskets (`basket_count`). Sets of one have `item` and `item_name`;
            those of three are all that are in `triple_min_count` baskets. The numbers of a level
            of a source follow each other. May be empty.
        baskets: one row per `basket_number` and `item_number`: the baskets of four items and more,
            each of one level of one source.
        rule: the fields of `Rule`.

    Returns:
        The columns of `COLUMNS`. `p_value`: the probability of `both_count` baskets or more with
        both sides, if the baskets of either were drawn at random (Fisher's, one-sided).
        `p_adjusted`: that of Benjamini and Hochberg among all rules of that many items which the
        items of the level could make, seen or not. `least_count`: sets in fewer baskets make no
        rule. `p_without_largest`: the same as `p_adjusted` without the largest baskets, of two and
        three items (of more it is `p_adjusted`). `is_beyond_parts`: whether each item of the left
        tells something beside the others: among the baskets with these the item and the right side
        meet more often than by chance, after the same correction; true where the left is one item.
        `has_longer_sets`: whether sets of four and more could be counted here.
    """
    settled = Rule(**rule)
    found = []
    for _, own in sets.groupby(["level", "source_name"], sort=True):
        scope = {name: str(own[name].iloc[0]) for name in ("level", "source_name")}
        found.append(_rules_of(own, baskets, settled).assign(**scope))
    found = [rules for rules in found if not rules.empty]
    if not found:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    rules = pd.concat(found, ignore_index=True).assign(has_longer_sets=has_longer_sets())
    return rules[list(COLUMNS)].astype(COLUMNS)


def _rules_of(rows: pd.DataFrame, baskets: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rules of one level of one source."""
    ones = rows[rows["item_count"] == 1].sort_values("number_1")
    first = int(ones["number_1"].iloc[0])
    is_ours = baskets["item_number"].between(first, int(ones["number_1"].iloc[-1]))
    ours = baskets[is_ours].assign(item_number=baskets["item_number"][is_ours] - first)
    total, least = int(rows["basket_count"].iloc[0]), int(rows["triple_min_count"].iloc[0])
    by_size = {size: _sets(rows, size, first) for size in (1, 2, 3)}
    usual = {size: _sets(rows, size, first, without_largest=True) for size in (1, 2, 3)}
    usual_total = total - int(rows["large_basket_count"].iloc[0])
    longer, least_of_longer = longer_sets(
        ours, by_size[3], max(-(-total // rule.longer_one_in), least),
        rule.longer_most_sets, rule.longer_most_items,
    )  # fmt: skip
    by_size |= longer
    least_of = {2: int(rows["pair_min_count"].iloc[0]), 3: least}
    blocks = []
    for size in sorted(by_size)[1:]:
        rules = [_rules_to(by_size, size, place) for place in range(size)]
        block = pd.concat(rules, ignore_index=True)
        tests = size * comb(len(ones), size)
        block["p_value"] = _chances(block, total)
        block["p_adjusted"] = adjusted(block["p_value"].to_numpy(), tests)
        block["p_without_largest"] = block["p_adjusted"]
        if size in usual:
            without = [_counts(usual, size, place) for place in range(size)]
            chance = _chances(pd.concat(without, ignore_index=True), usual_total)
            block["p_without_largest"] = adjusted(chance, tests)
        beside = adjusted(block.pop("parts_p_value").to_numpy(), tests)
        block["is_beyond_parts"] = beside <= rule.false_discovery_rate
        block["item_count"], block["least_count"] = size, least_of.get(size, least_of_longer)
        # Many rules have the same left side.
        lefts = np.concatenate([np.delete(by_size[size].members, n, axis=1) for n in range(size)])
        _, rows_of, left = np.unique(codes(lefts), return_index=True, return_inverse=True)
        for what, one in (("item", "item"), ("item_name", "name")):
            words = ones[what].to_numpy("object")
            listed = [_LISTED[one](words[members].tolist()) for members in lefts[rows_of]]
            block[f"left_{one}s"] = np.array(listed, dtype="object")[left]
            block[f"right_{one}"] = words[block["right"].to_numpy("int64")]
        blocks.append(block)
    result = pd.concat(blocks, ignore_index=True).assign(basket_count=total)
    least_sure = result[["p_adjusted", "p_without_largest"]].max(axis=1)
    result["is_significant"] = least_sure <= rule.false_discovery_rate
    return result.drop(columns="right")


def _rules_to(by_size: Mapping[int, Sets], size: int, place: int) -> pd.DataFrame:
    """The rules whose right side is the item at that place of each set of so many."""
    sets, smaller = by_size[size], by_size[size - 1]
    rules = _counts(by_size, size, place)
    of_left = rules["left_count"].to_numpy()
    # Of the parts, that beside which the left tells least.
    parts = np.zeros(len(rules))
    for other in range(size if size > 2 else 0):
        if other != place:
            both = smaller.counts_of(np.delete(sets.members, other, axis=1))
            less = by_size[size - 2].counts_of(np.delete(sets.members, [place, other], axis=1))
            parts = np.maximum(parts, chances(less, sets.counts, of_left, both))
    return rules.assign(right=sets.members[:, place], parts_p_value=parts)


def _counts(by_size: Mapping[int, Sets], size: int, place: int) -> pd.DataFrame:
    """How many baskets hold both sides, the left, and the item at that place: the right."""
    sets = by_size[size]
    return pd.DataFrame(
        {
            "both_count": sets.counts,
            "left_count": by_size[size - 1].counts_of(np.delete(sets.members, place, axis=1)),
            "right_count": by_size[1].counts_of(sets.members[:, [place]]),
        }
    )


def _chances(counts: pd.DataFrame, total: int) -> np.ndarray:
    """How likely so many baskets with both sides are, of so many baskets in all."""
    return chances(
        total, *(counts[f"{side}_count"].to_numpy() for side in ("both", "left", "right"))
    )


def _sets(rows: pd.DataFrame, size: int, first: int, *, without_largest: bool = False) -> Sets:
    """Sets of so many items, which are numbered from 0 on."""
    own = rows[rows["item_count"] == size]
    members = own[[f"number_{place}" for place in range(1, size + 1)]].to_numpy("int64")
    counts = own["set_count"].to_numpy("int64")
    if without_largest:
        counts = counts - own["large_count"].to_numpy("int64")
    return Sets(members - first, counts)


def _listed(items: list[str]) -> str:
    """One item as it is, several as a JSON list: an id may hold any sign that could part two."""
    return items[0] if len(items) == 1 else json.dumps(items, ensure_ascii=False)


_LISTED = {"item": _listed, "name": " + ".join}
