"""Judges each way to recommend by what people then bought, and chooses the one that serves."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from stayhouse.base.clock import as_of
from stayhouse.base.threads import one_thread
from stayhouse.recommendations import ways
from stayhouse.recommendations.known import Ints, Known, Tables
from stayhouse.recommendations.lists import best, blocks
from stayhouse.recommendations.measures import MEASURES, Measured, Resampled, measure
from stayhouse.recommendations.plan import Plan

POPULAR = "popular_30d"
# By name; `svd` is apart, since its factors are chosen.
WAYS: dict[str, Callable[[Known, Plan], ways.Way]] = {
    POPULAR: lambda known, plan: ways.popular(known),
    "popular_in_category": lambda known, plan: ways.popular_in_category(known),
    "first_category": lambda known, plan: ways.first_category(known),
    "item_to_item": lambda known, plan: ways.item_to_item(known),
    "ease": lambda known, plan: ways.ease(known, plan.ease_penalty),
    "rules": lambda known, plan: ways.rules(known),
    "content": lambda known, plan: ways.content(known),
}
SVD = "svd"
AGAIN = "buy_again"
OWN_POPULAR = "own_popular"
SPLITS = ("validation", "test")
PEOPLE = ("all", "known", "new")
COLUMNS = {
    "list": "str",
    "model": "str",
    "split": "str",
    "people": "str",
    "reason_code": "str",
    "people_count": "int64",
    "factor_count": "Int64",
    **{f"{name}{end}": "float64" for name in MEASURES for end in ("", "_low", "_high")},
    "coverage": "float64",
    "is_served": "bool",
}


def evaluate(
    items: pd.DataFrame,
    people: pd.DataFrame,
    interactions: pd.DataFrame,
    popularity: pd.DataFrame,
    neighbours: pd.DataFrame,
    rules: pd.DataFrame,
    repeats: pd.DataFrame,
    later: pd.DataFrame,
    plan: Mapping[str, Any],
    clock: pd.DataFrame,
) -> pd.DataFrame:
    """Judge every way at both past cut-offs.

    Args:
        items, people, interactions, popularity, neighbours, rules, repeats: see `Tables`; `cutoff`
            holds validation and test.
        later: `cutoff`, `person_number`, `item_number`: what people with a list bought in the
            window after it.
        plan: the fields of `Plan`.
        clock: the row of `core.clock`.

    Returns:
        One row per list, model, split and kind of people, with the columns of `COLUMNS` and
        `as_of_date`. The served
        model of `discovery` has the best recall of all people on validation, of those that beat
        `popular_30d` by the interval of the difference; where none does, or fewer than `min_people`
        are judged, it is `popular_30d`. `buy_again` is what somebody bought, so nothing else could
        serve it.
    """
    wanted = Plan.of(plan)
    tables = Tables(items, people, interactions, popularity, neighbours, rules, repeats)
    judges = {split: _Judge(Known.at(tables, split), later, split, wanted) for split in SPLITS}
    with one_thread():
        factors = _factor_count(judges["validation"], wanted)
        rows: list[dict[str, Any]] = []
        served = POPULAR
        for split, judge in judges.items():
            found = judge.discover(factors)
            if split == "validation":
                served = _served(found, judge, wanted)
            rows += judge.rows("discovery", found, served, factors)
            rows += judge.rows(AGAIN, judge.again(), AGAIN, None)
    return as_of(pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS), clock)


def reason_of(name: str, known: Known, plan: Plan) -> str | None:
    """Return why a way is not fitted, or None."""
    people, products = known.shape
    if name == "ease" and len(known.touched) > plan.ease_max_items:
        return "too_many_products"
    if name == SVD and min(people, products, known.weights.nnz) <= min(plan.factor_counts):
        return "too_few_people"
    return None


def fit(name: str, known: Known, plan: Plan, factors: int | None) -> ways.Way:
    """Return a way as it is at a cut-off."""
    if name == SVD:
        assert factors is not None
        return ways.svd(known, factors)
    return WAYS[name](known, plan)


class _Judge:
    """People who bought something that counts after one cut-off."""

    def __init__(self, known: Known, later: pd.DataFrame, split: str, plan: Plan) -> None:
        self.known, self.split, self.plan = known, split, plan
        then = later[later["cutoff"] == split]
        where = (known.rows_of(then["person_number"]), then["item_number"].to_numpy() - 1)
        bought = sparse.csr_matrix((np.ones(len(then)), where), shape=known.shape)
        self._again = bought.multiply(known.bought.sign()).tocsr()
        self._new = (bought - self._again).tocsr()
        for wanted in (self._again, self._new):
            wanted.eliminate_zeros()

    def discover(self, factors: int | None) -> dict[str, Measured | str]:
        """Measure each way on products that were new to people; a reason where it is not fitted."""
        found: dict[str, Measured | str] = {}
        for name in (*WAYS, SVD):
            reason = reason_of(name, self.known, self.plan)
            if name == SVD and factors is None:
                reason = "too_few_people"
            found[name] = reason or self.measure(fit(name, self.known, self.plan, factors))
        return found

    def measure(self, way: ways.Way) -> Measured:
        """Measure the lists that a way makes of what is new to people."""
        rows = self.people(self._new)
        categories, plan = self.known.categories, self.plan
        places = []
        for block in blocks(rows, plan.block_people):
            scores = self.known.without_excluded(block, way.scores(block))
            places.append(best(scores, plan.list_length, categories, plan.per_category).items)
        return self._measured(rows, places, self._new)

    def again(self) -> dict[str, Measured | str]:
        """Measure what is bought again on products that were bought again.

        Beside it what is popular, of all products and of those that the person had bought.
        """
        rows = self.people(self._again)
        length = self.plan.list_length
        listed = np.full((self.known.shape[0], length), -1)
        own = again(self.known.repeats, length)
        listed[self.known.rows_of(own["person_number"]), own["rank"] - 1] = own["item_number"] - 1
        popular = best(self.known.recent[None, :], length).items
        everybody = np.broadcast_to(popular, (len(rows), length))
        # What nobody bought of late comes last, and is in the list.
        own_popular = [
            best(
                np.where(self.known.bought[block].toarray() > 0, self.known.recent + 0.5, 0), length
            )
            for block in blocks(rows, self.plan.block_people)
        ]
        return {
            AGAIN: self._measured(rows, [listed[rows]], self._again),
            OWN_POPULAR: self._measured(rows, [own.items for own in own_popular], self._again),
            POPULAR: self._measured(rows, [everybody], self._again),
        }

    def people(self, wanted: sparse.csr_matrix) -> Ints:
        """Return the rows of people who bought something that counts."""
        return np.flatnonzero(np.diff(wanted.indptr) > 0)

    def _measured(self, rows: Ints, places: list[Ints], wanted: sparse.csr_matrix) -> Measured:
        length = self.plan.list_length
        listed = np.concatenate(places) if places else np.empty((0, length), dtype="int64")
        known = self.known
        can_be = known.items["is_available"].to_numpy(dtype="bool")
        return measure(rows, listed, wanted[rows], known.buyers, known.shape[0], can_be)

    def rows(
        self, kind: str, found: Mapping[str, Measured | str], served: str, factors: int | None
    ) -> list[dict[str, Any]]:
        """Return the rows of the table."""
        made = []
        wanted = self._new if kind == "discovery" else self._again
        everybody = self.people(wanted)
        orders = self.known.people["order_count"].to_numpy()[everybody]
        kinds = {"all": orders > 0, "known": orders > 1, "new": orders == 1}
        resampled = {
            people: Resampled(int(chosen.sum()), self.plan.resamples)
            for people, chosen in kinds.items()
        }
        for name, measured in found.items():
            for people, chosen in kinds.items():
                row: dict[str, Any] = {
                    "list": kind,
                    "model": name,
                    "split": self.split,
                    "people": people,
                    "people_count": int(chosen.sum()),
                    "factor_count": factors if name == SVD else None,
                    "is_served": name == served,
                }
                if isinstance(measured, str):
                    row["reason_code"] = measured
                elif not chosen.any():
                    row["reason_code"] = "too_few_people"
                else:
                    row |= measured.of(chosen, resampled[people])
                made.append(row)
        return made


def again(repeats: pd.DataFrame, length: int) -> pd.DataFrame:
    """Return the rows of `repeats` that may be wanted again, with their `rank`.

    By score, of equals the first product.
    """
    chosen = repeats[repeats["is_wanted"]].sort_values(
        ["person_number", "score", "item_number"], ascending=[True, False, True]
    )
    rank = chosen.groupby("person_number").cumcount() + 1
    return chosen.assign(rank=rank)[rank <= length].reset_index(drop=True)


def _factor_count(judge: _Judge, plan: Plan) -> int | None:
    """Return the number of factors with the best recall on validation; of equals the fewest."""
    if reason_of(SVD, judge.known, plan):
        return None
    most = min(*judge.known.shape, judge.known.weights.nnz) - 1
    counts = [count for count in plan.factor_counts if count <= most]
    # The first factors of many are those of few.
    most_factors = ways.svd(judge.known, max(counts))
    recalls = [judge.measure(most_factors.first(count)).mean("recall") for count in counts]
    return counts[int(np.argmax(np.round(recalls, 9)))]


def _served(found: Mapping[str, Measured | str], judge: _Judge, plan: Plan) -> str:
    popular = found[POPULAR]
    assert isinstance(popular, Measured)
    people = len(popular.values)
    if people < plan.min_people:
        return POPULAR
    resampled = Resampled(people, plan.resamples)
    served, reached = POPULAR, popular.mean("recall")
    for name, measured in found.items():
        if isinstance(measured, str) or name == POPULAR:
            continue
        recall = measured.mean("recall")
        difference = measured.column("recall") - popular.column("recall")
        low = resampled.intervals(difference[:, None])[0, 0]
        if low > 0 and recall > reached:
            served, reached = name, recall
    return served
