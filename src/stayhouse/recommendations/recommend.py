"""Everybody's lists, by the way that serves, with the reason for each product."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.base.threads import one_thread
from stayhouse.recommendations import ways
from stayhouse.recommendations.judge import AGAIN, POPULAR, again, fit, reason_of
from stayhouse.recommendations.known import Floats, Ints, Known, Tables
from stayhouse.recommendations.lists import Lists, best, blocks
from stayhouse.recommendations.plan import Plan

COLUMNS = {
    "person_number": "int64",
    "list": "str",
    "rank": "Int64",
    "item_number": "int64",
    "model": "str",
    "score": "float64",
    "reason_code": "str",
    "reason_item_number": "Int64",
    "is_left_out": "bool",
}


def recommend(
    items: pd.DataFrame,
    people: pd.DataFrame,
    interactions: pd.DataFrame,
    popularity: pd.DataFrame,
    neighbours: pd.DataFrame,
    rules: pd.DataFrame,
    repeats: pd.DataFrame,
    evaluation: pd.DataFrame,
    plan: Mapping[str, Any],
) -> pd.DataFrame:
    """Make the lists of everybody who ordered in the last year.

    Args:
        items, people, interactions, popularity, neighbours, rules, repeats: see `Tables`; `cutoff`
            holds now.
        evaluation: what `evaluate` returned, which says what serves.
        plan: the fields of `Plan`.

    Returns:
        One row per person, list and place with the columns of `COLUMNS`; and without a rank, with
        `is_left_out`, one per product that three others of its category kept out of the ten.
    """
    wanted = Plan.of(plan)
    tables = Tables(items, people, interactions, popularity, neighbours, rules, repeats)
    known = Known.at(tables, "now")
    with one_thread():
        made = [*_discover(known, evaluation, wanted), _again(known, wanted)]
    return pd.concat(made, ignore_index=True).astype(COLUMNS)


def _discover(known: Known, evaluation: pd.DataFrame, plan: Plan) -> list[pd.DataFrame]:
    served = evaluation[evaluation["is_served"] & (evaluation["list"] == "discovery")]
    name = served["model"].iloc[0] if len(served) else POPULAR
    if reason_of(name, known, plan):
        name = POPULAR
    factors = served["factor_count"].iloc[0] if len(served) else None
    way = fit(name, known, plan, None if pd.isna(factors) else int(factors))
    first, popular = ways.first_category(known), ways.popular(known)
    is_new = known.people["order_count"].to_numpy() == 1
    can_be = known.items["is_available"].to_numpy()
    rows = np.flatnonzero(known.people["is_listed"])
    made = []
    for block in blocks(rows, plan.block_people):
        scores = [np.asarray(w.scores(block), dtype="float64") for w in (way, first, popular)]
        scores[1] = scores[1] * is_new[block][:, None]
        if name == POPULAR:
            # Nothing personal is known: whoever is new has more to do with what they began with.
            scores[0] = np.zeros_like(scores[2])

        def listed(some: Ints, ranked: Floats, block: Ints = block) -> Lists:
            allowed = known.without_excluded(block[some], ranked)
            allowed[:, ~can_be] = -np.inf
            return best(allowed, plan.list_length, known.categories, plan.per_category)

        lists = listed(np.arange(len(block)), scores[0].copy())
        # Few need more than what is personal.
        short = np.flatnonzero(lists.items[:, -1] < 0)
        filled = listed(short, _above_each_other([values[short] for values in scores]))
        lists.items[short], lists.crowded[short] = filled.items, filled.crowded
        made.append(_rows(known, block, lists, scores, (name, "first_category", POPULAR), way))
    return made


def _above_each_other(scores: list[Floats]) -> Floats:
    """Return one score: what the first way says before what the second says, and so on."""
    ranked = np.zeros_like(scores[0])
    for place, values in enumerate(reversed(scores)):
        most = values.max(axis=1, initial=0.0, keepdims=True)
        scaled = place + values / np.where(most > 0, 2 * most, 1.0)
        ranked = np.where(values > 0, scaled, ranked)
    return ranked


def _rows(
    known: Known,
    block: Ints,
    lists: Lists,
    scores: list[Floats],
    names: tuple[str, str, str],
    way: ways.Way,
) -> pd.DataFrame:
    numbers = known.people["person_number"].to_numpy()[block]
    parts = []
    for items, is_left_out in ((lists.items, False), (lists.crowded, True)):
        row, place = np.nonzero(items >= 0)
        item = items[row, place]
        said = [values[row, item] for values in scores]
        by = np.select([said[0] > 0, said[1] > 0], [0, 1], 2)
        reasons, own = _reasons(known, block[row], item, by, way)
        parts.append(
            pd.DataFrame(
                {
                    "person_number": numbers[row],
                    "list": "discovery",
                    "rank": None if is_left_out else place + 1,
                    "item_number": item + 1,
                    "model": np.array(names, dtype=object)[by],
                    "score": np.choose(by, said),
                    "reason_code": "category_full" if is_left_out else reasons,
                    "reason_item_number": pd.array(own + 1, dtype="Int64"),
                    "is_left_out": is_left_out,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _reasons(known: Known, rows: Ints, items: Ints, by: Ints, way: ways.Way) -> tuple[Ints, Any]:
    """Return the code of each reason, and the column of the product that it names or NA."""
    of_way = "popular"
    if isinstance(way, ways.Popular) and way.of_people is not None:
        of_way = "popular_in_category"
    reasons = np.select([by == 0, by == 1], [of_way, "new_here"], "popular").astype(object)
    own = pd.array([pd.NA] * len(rows), dtype="Int64")
    if isinstance(way, ways.Pairwise) and (by == 0).any():
        chosen = np.flatnonzero(by == 0)
        best_own = _largest_parts(way, rows[chosen], items[chosen])
        own[chosen] = best_own
        bought = np.asarray(known.bought[rows[chosen], best_own]).ravel() > 0
        is_itself = best_own == items[chosen]
        reasons[chosen] = np.select([is_itself, bought], ["viewed", "bought_with"], "viewed_with")
        own[chosen[is_itself]] = pd.NA
    return reasons, own


def _largest_parts(way: ways.Pairwise, rows: Ints, items: Ints) -> Ints:
    """Return of each person and product the person's own product with the largest part."""
    starts, ends = way.weights.indptr[rows], way.weights.indptr[rows + 1]
    lengths = ends - starts
    pair = np.repeat(np.arange(len(rows)), lengths)
    inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = np.repeat(starts, lengths) + inside
    own, weight = way.weights.indices[at], way.weights.data[at]
    parts = np.round(weight * way.pull(own, items[pair]), 9)
    largest = np.maximum.reduceat(parts, np.cumsum(lengths) - lengths)
    is_largest = np.flatnonzero(parts == np.repeat(largest, lengths))
    # A person's products stand in their order, so that of equals the first counts.
    is_first = np.diff(pair[is_largest], prepend=-1) > 0
    return np.asarray(own[is_largest[is_first]])


def _again(known: Known, plan: Plan) -> pd.DataFrame:
    listed = known.people.loc[known.people["is_listed"], "person_number"]
    items = known.items.loc[known.items["is_available"], "item_number"]
    repeats = known.repeats
    repeats = repeats[repeats["person_number"].isin(listed) & repeats["item_number"].isin(items)]
    own = again(repeats, plan.list_length)
    codes = np.select(
        [own["gap_days"].isna(), own["is_own_gap"]], ["bought_before", "buys_every"],
        "others_buy_every",
    )  # fmt: skip
    return pd.DataFrame(
        {
            "person_number": own["person_number"],
            "list": AGAIN,
            "rank": own["rank"],
            "item_number": own["item_number"],
            "model": AGAIN,
            "score": own["score"],
            "reason_code": codes,
            "reason_item_number": pd.array([pd.NA] * len(own), dtype="Int64"),
            "is_left_out": False,
        }
    )
