"""Lists of products and what they are worth: every number here is counted by hand."""

import numpy as np
import pytest
import yaml
from scipy import sparse

from stayhouse.recommendations import ways
from stayhouse.recommendations.known import Known
from stayhouse.recommendations.lists import best
from stayhouse.recommendations.measures import MEASURES, Resampled, measure
from tests.building import CHECKOUT
from tests.recommending import PLAN, made_known

NONE = -1


@pytest.mark.parametrize("width", [3, 2000], ids=["few products", "many"])
def test_the_best_come_first_and_nothing_is_no_place(width: int) -> None:
    scores = np.zeros((1, width))
    scores[0, :3] = 0.0, 2.0, 1.0
    assert best(scores, 3).items.tolist() == [[1, 2, NONE]]
    assert best(-scores, 3).items.tolist() == [[NONE] * 3]
    assert best(np.full((1, width), -np.inf), 3).items.tolist() == [[NONE] * 3]


@pytest.mark.parametrize("width", [12, 120, 3000])
def test_of_equal_scores_the_first_products_count(width: int) -> None:
    """Whatever their number, and although the last digits of two machines differ."""
    scores = np.ones((2, width))
    scores[0, 5:] += 1e-12
    scores[1, -1] += 1e-8
    lists = best(scores, 3, np.arange(width), 3).items.tolist()
    assert lists == [[0, 1, 2], [width - 1, 0, 1]]


def test_not_more_than_three_of_a_category_and_who_was_crowded_out() -> None:
    scores = np.array([[9.0, 8, 7, 6, 5, 4, 3, 2]])
    categories = np.array([0, 0, 0, 0, 1, 0, 2, 1])
    lists = best(scores, 5, categories, 3)
    assert lists.items.tolist() == [[0, 1, 2, 4, 6]]
    # The sixth would not have been among the five.
    assert lists.crowded.tolist() == [[NONE, NONE, NONE, 3, NONE]]


def test_a_category_that_crowds_the_others_out_is_looked_past() -> None:
    scores = np.arange(400.0, 0, -1)[None, :]
    categories = np.where(np.arange(400) < 390, 0, np.arange(400))
    assert best(scores, 5, categories, 3).items.tolist() == [[0, 1, 2, 390, 391]]


def test_products_without_a_category_are_each_their_own() -> None:
    known = made_known([("a", None), ("b", "x"), ("c", None), ("d", "x")], {})
    codes = known.categories
    assert codes[1] == codes[3]
    assert len(set(codes.tolist())) == 3


def test_measures_of_a_list() -> None:
    """Places 1 and 3 of 3 are hits; four products were bought, three of which could be listed."""
    wanted = sparse.csr_matrix([[1, 0, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1]])
    listed = np.array([[0, 1, 2], [NONE, NONE, NONE]])
    buyers = np.array([8, 4, 2, 1, 1, 0])
    found = measure(np.array([0, 1]), listed, wanted, buyers, 16, buyers > 0)
    by_hand = {
        "recall": 2 / 3,
        "ndcg": (1 + 1 / 2) / (1 + 1 / np.log2(3) + 1 / 2),
        "map": (1 / 1 + 2 / 3) / 3,
        "hit": 1.0,
        # 16 people: one in 2, one in 4, one in 8.
        "novelty": (1 + 2 + 3) / 3,
    }
    assert dict(zip(MEASURES, found.values[0], strict=True)) == pytest.approx(by_hand)
    assert found.values[1, :4].tolist() == [0, 0, 0, 0]
    assert np.isnan(found.column("novelty")[1])
    everybody = found.of(np.array([True, True]), Resampled(2, 50))
    assert everybody["recall"] == pytest.approx(1 / 3)
    # Nobody's list, so that it is no part of the mean.
    assert everybody["novelty"] == pytest.approx(2.0)
    # The sixth cannot be had.
    assert everybody["coverage"] == pytest.approx(3 / 5)
    assert (everybody["recall_low"], everybody["recall_high"]) == pytest.approx((0, 2 / 3))


def test_coverage_counts_what_can_be_had() -> None:
    wanted = sparse.csr_matrix([[1, 0, 0, 0]])
    can_be = np.array([True, False, True, True])
    found = measure(np.array([0]), np.array([[0, 1]]), wanted, np.ones(4), 1, can_be)
    of_all = found.of(np.array([True]), Resampled(1, 10))
    assert of_all["coverage"] == pytest.approx(1 / 3)


def test_one_bought_product_that_is_listed_is_all_there_was() -> None:
    wanted = sparse.csr_matrix([[0, 1, 0]])
    found = measure(np.array([0]), np.array([[2, 1]]), wanted, np.ones(3), 1, np.ones(3) > 0)
    assert found.column("recall").tolist() == [1]
    assert found.column("ndcg").tolist() == pytest.approx([1 / np.log2(3)])
    assert found.column("map").tolist() == [0.5]


def test_an_interval_holds_what_the_theory_of_means_says() -> None:
    values = np.repeat([0.0, 1.0], 500)[:, None]
    low, high = Resampled(1000, 2000).intervals(values)[:, 0]
    half = 1.96 * 0.5 / np.sqrt(1000)
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half), abs=0.003)


WEIGHTS = {
    ("u", "a"): 1.0, ("u", "b"): 1.0,
    ("v", "a"): 1.0, ("v", "c"): 0.5,
    ("w", "b"): 1.0, ("w", "c"): 1.0, ("w", "a"): 0.5,
}  # fmt: skip


def made() -> Known:
    return made_known([("a", "x"), ("b", "x"), ("c", "y")], WEIGHTS)


def test_ease_minimises_what_it_should_with_no_pull_on_itself() -> None:
    """Off the diagonal the gradient X'(XB - X) + penalty B is 0 (Steck, 2019, equation 2)."""
    known = made()
    pulls = np.asarray(ways.ease(known, 2.0).pulls)
    x = known.weights.toarray()
    gradient = x.T @ (x @ pulls - x) + 2.0 * pulls
    off = ~np.eye(3, dtype=bool)
    assert np.diag(pulls).tolist() == [0, 0, 0]
    assert np.abs(gradient[off]).max() < 1e-12
    assert np.abs(pulls[off]).min() > 0.01


def test_ease_of_two_products_by_hand() -> None:
    """Of two, the pull of a on b is a'b / (a'a + penalty)."""
    known = made_known([("a", None), ("b", None)], {("u", "a"): 1, ("u", "b"): 1, ("v", "a"): 1})
    pulls = np.asarray(ways.ease(known, 3.0).pulls)
    assert pulls[0, 1] == pytest.approx(1 / (2 + 3))
    assert pulls[1, 0] == pytest.approx(1 / (1 + 3))


def test_svd_keeps_what_the_first_factors_say() -> None:
    known = made()
    x = known.weights.toarray()
    rows = np.arange(3)
    left, values, right = np.linalg.svd(x)
    first = values[0] * np.outer(left[:, 0], right[0])
    assert ways.svd(known, 2).first(1).scores(rows) == pytest.approx(first)
    two = first + values[1] * np.outer(left[:, 1], right[1])
    assert ways.svd(known, 2).scores(rows) == pytest.approx(two)


def test_neighbours_pull_from_the_product_that_a_person_has() -> None:
    """`item_number` is the person's own product; the other way round measured .005 less."""
    neighbours = [("a", "c", 0.5), ("b", "c", 0.25), ("c", "b", 0.75)]
    known = made_known(
        [("a", None), ("b", None), ("c", None)],
        {("u", "a"): 1.0, ("u", "b"): 0.5, ("v", "c"): 1.0},
        neighbours=neighbours,
    )
    scores = ways.item_to_item(known).scores(np.array([0, 1]))
    assert scores.tolist() == [[0, 0, 0.5 + 0.5 * 0.25], [0, 0.75, 0]]


def test_products_are_alike_by_category_brand_price_and_words() -> None:
    known = made_known(
        [("a", "x"), ("b", "x"), ("c", "y"), ("d", None)], {("u", "a"): 1.0},
        name=["Red pan", "Blue pan", "Red hat", None],
        price=[10.0, 11.0, 30.0, np.nan],
    )  # fmt: skip
    scores = ways.content(known).scores(np.array([0]))[0]
    assert scores[0] == pytest.approx(1.0)
    assert scores[0] > scores[1] > scores[2] > 0
    # It has nothing to compare.
    assert scores[3] == 0


def test_popular_in_the_category_that_a_person_bought_most() -> None:
    known = made_known(
        [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")],
        {("u", "a"): 1.0, ("u", "c"): 1.0, ("v", "a"): 1.0},
        orders={("u", "a"): 1, ("u", "c"): 2, ("v", "a"): 1},
        recent=[5, 4, 3, 2],
    )
    scores = ways.popular_in_category(known).scores(np.array([0, 1]))
    assert scores.tolist() == [[0, 0, 3, 2], [5, 4, 0, 0]]


def test_both_doors_have_one_plan() -> None:
    doors = ("ml_recommendation_evaluation", "ml_product_recommendations")
    folder = CHECKOUT / "python_models" / "recommendations"
    one, other = (
        yaml.safe_load((folder / f"{door}.yml").read_text())["models"][0]["config"]["meta"]
        for door in doors
    )
    assert one == other
    assert one["plan"].keys() == PLAN.keys()
