"""Vectors of sentences, with a stand-in for the package: what is told of whom, and what is kept."""

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from stayhouse.feedback import judge_texts, meanings
from stayhouse.feedback.sentiments import Plan, judge, make_vector_model
from tests.unit.test_feedback_texts import COLUMNS, EMOJI, PLAN, WORDS

THEMES = pd.DataFrame(
    [
        ("delivery", "en", "parcel"), ("size", "en", "fit"), ("price", "en", "dear"),
        ("size", "zh", "尺码"),
    ],
    columns=["theme", "language", "words"],
)  # fmt: skip
# What the stand-in takes a text to mean: a place for each sign, the first that it has.
SIGNS = ("awful", "middling", "splendid", "parcel", "fit", "dear")
SAME = {"坏": "awful", "中": "middling", "好": "splendid", "colis": "parcel", "taille": "fit",
        "плохо": "awful", "средне": "middling", "хорошо": "splendid"}  # fmt: skip
NONE_KEPT = pd.DataFrame(columns=["text_hash", "vector"])
Texts = list[tuple[str, int | None]]


class Table:
    """As dbt names the table of a model."""

    schema, identifier = "main", "judged"

    def __repr__(self) -> str:
        return '"main"."judged"'


class StandIn:
    """Says what texts mean, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> np.ndarray:
        for foreign, english in SAME.items():
            text = text.replace(foreign, english)
        found = np.array([text.count(sign) for sign in SIGNS], dtype=np.float32) + 0.01
        return np.asarray(found / np.linalg.norm(found))

    def texts(self) -> list[str]:
        """What it was asked beside the words of themes."""
        return [text for text in self.asked if text not in {"parcel", "fit", "dear"}]


def told(
    texts: Texts,
    stand_in: StandIn | None,
    kept: pd.DataFrame | None = None,
    most: int = 1000,
    themes: pd.DataFrame = THEMES,
) -> pd.DataFrame:
    rows = [("s", "review", f"{n:04}", text, stars, most) for n, (text, stars) in enumerate(texts)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return judge_texts(frame, WORDS, EMOJI, themes, PLAN, kept, stand_in)


def chinese(bad: int, middling: int, good: int) -> Texts:
    """So many rated reviews, all different, and two that nobody rated."""
    rated: Texts = [(f"坏{n}号", 1) for n in range(bad)]
    rated += [(f"中{n}号", 3) for n in range(middling)]
    rated += [(f"好{n}号", 5) for n in range(good)]
    return [*rated, ("真坏", None), ("真好", None)]


@pytest.mark.parametrize(
    ("counts", "has_model"),
    [((7, 5, 8), True), ((7, 5, 7), False), ((8, 4, 8), False), ((9, 0, 12), False)],
)
def test_vectors_need_texts_enough_of_each_class(
    counts: tuple[int, int, int], has_model: bool
) -> None:
    """20 with 5 of each; where none is learnt no vector is made, since each costs time."""
    stand_in = StandIn()
    found = told(chinese(*counts), stand_in)
    if has_model:
        assert found["sentiment"].tolist()[-2:] == ["negative", "positive"]
        assert set(found["model_used"]) == {"vectors"}
        assert set(found["outcome_code"]) == {"judged"}
        assert found["probability"].between(1 / 3, 1).all()
    else:
        assert "vectors" not in set(found["model_used"])
        assert found["vector_code"].isna().all()
        assert stand_in.texts() == []


def test_words_go_before_vectors() -> None:
    """From 30 texts on the words of the language have a model, and nothing is asked for."""
    stand_in = StandIn()
    found = told(chinese(10, 10, 10), stand_in)
    assert set(found["model_used"]) == {"text"}
    assert stand_in.texts() == []


def test_other_languages_are_judged_together() -> None:
    stars = {"плохо": 1, "средне": 3, "хорошо": 5}
    rated: Texts = [(f"{word}, {n}", stars[word]) for n in range(7) for word in stars]
    found = told([*rated, ("очень хорошо", None)], StandIn())
    assert set(found["language"]) == {"other"}
    assert (found["sentiment"].iloc[-1], found["model_used"].iloc[-1]) == ("positive", "vectors")


def test_without_the_package_all_is_as_it_was() -> None:
    """The same columns of the same types; what would be told says what it needs."""
    texts = [*chinese(7, 5, 8), ("le colis", None)]
    found = told(texts, None)
    assert set(found["vector_code"]) == {"needs_extra_language"}
    assert found[["text_hash", "vector"]].isna().all(axis=None)
    assert "vectors" not in set(found["model_used"])
    assert found["themes"].iloc[-1] == "other"
    assert found.dtypes.tolist() == told(texts, StandIn()).dtypes.tolist()
    assert found.dtypes.tolist() == told([], None).dtypes.tolist()


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("le colis", "delivery"),
        ("la taille est bien", "size"),
        # As close to one as to the other.
        ("le colis et la taille", "other"),
        ("пять", "other"),
        # Languages with words: only these tell. The parcel, in words that the seed has not.
        ("colis 包裹", "other"),
        ("尺码 colis", "size"),
        ("the parcel", "delivery"),
        ("the colis is lovely", "other"),
        ("123", "other"),
    ],
)
def test_closeness_tells_themes_of_languages_without_words(text: str, themes: str) -> None:
    assert told([(text, None)], StandIn())["themes"].tolist() == [themes]


@pytest.mark.parametrize(("lead", "theme"), [(0.59, "a"), (0.61, None)])
def test_the_closest_theme_leads_by_enough(lead: float, theme: str | None) -> None:
    """Cosines of .8 and .2: a lead of .6."""

    def vectorize(texts: list[str]) -> np.ndarray:
        return np.eye(3)[[int(text) for text in texts]]

    vectors = np.array([[0.8, 0.2, np.sqrt(0.32)]])
    found = meanings.closest_themes(vectors, {"a": ["0"], "b": ["1"]}, lead, vectorize)
    assert found.tolist() == [theme]
    assert meanings.closest_themes(vectors, {"a": ["0"]}, lead, vectorize).tolist() == [None]


def test_a_build_tells_so_many_anew_and_the_next_ones_the_rest() -> None:
    """Texts with stars come first. Once all are told, all is as if there had been no cap."""
    texts = [("真坏", None), ("真好", None), ("真好", None), *chinese(7, 5, 8)[:-2]]
    kept, counts = NONE_KEPT, []
    for _ in range(3):
        stand_in = StandIn()
        found = told(texts, stand_in, kept, most=11)
        counts.append((len(stand_in.texts()), (found["vector_code"] == "over_cap").sum()))
        kept = found.loc[found["vector"].notna(), ["text_hash", "vector"]].drop_duplicates()
    # 22 different texts, one of which stands twice.
    assert counts == [(11, 12), (11, 0), (0, 0)]
    pd.testing.assert_frame_equal(found, told(texts, StandIn()))


def test_texts_with_stars_come_first() -> None:
    found = told([("真坏", None), *chinese(7, 5, 8)], StandIn(), most=20)
    assert set(found.loc[found["vector_code"] == "over_cap", "text_id"]) == {"0000", "0021", "0022"}
    assert set(found.loc[found["vector_code"] == "told", "model_used"]) == {"vectors"}


def test_vectors_of_erased_texts_are_gone() -> None:
    texts = chinese(8, 8, 8)
    before = told(texts, StandIn())
    kept = before[["text_hash", "vector"]]
    stand_in = StandIn()
    after = told(texts[1:], stand_in, kept)
    assert stand_in.texts() == []
    gone = set(before["text_hash"]) - set(after["text_hash"])
    assert gone == {before["text_hash"].iloc[0]}
    assert before["vector"].iloc[1:].tolist() == after["vector"].tolist()


def test_no_text_is_judged_by_a_fit_that_saw_it() -> None:
    """Each fit of four fifths judges the fifth that it did not see, the last one the rest."""
    rng = np.random.default_rng(0)
    stars = [*rng.choice([1.0, 3.0, 5.0], size=50), None, None]
    texts = pd.DataFrame({"text": map(str, range(52)), "stars": stars}, index=range(100, 152))
    features = np.column_stack([np.arange(52), rng.normal(size=52)])
    fits = []

    class Watched:
        def __init__(self, make: Callable[[], Any]) -> None:
            self._model = make()

        def fit(self, features: np.ndarray, answers: np.ndarray) -> "Watched":
            self._saw = set(features[:, 0])
            self._model.fit(features, answers)
            self.classes_ = self._model.classes_
            return self

        def predict_proba(self, features: np.ndarray) -> np.ndarray:
            fits.append((self._saw, set(features[:, 0])))
            return np.asarray(self._model.predict_proba(features))

    plan = Plan(**PLAN)
    found = judge(features, texts, lambda: Watched(lambda: make_vector_model(plan)), plan)
    assert found.notna().all(axis=None)
    assert all(not saw & judged for saw, judged in fits)
    assert [len(judged) for _, judged in fits] == [10, 10, 10, 10, 10, 2]
    assert set().union(*(judged for _, judged in fits)) == set(range(52))


def test_what_is_kept_is_read_where_it_stands() -> None:
    """A first build, and one after a version that kept no vectors, keep nothing."""
    found = told([*chinese(7, 5, 8), ("the same", None)], StandIn())
    with duckdb.connect() as con:
        table = Table()
        assert meanings.kept_vectors(con, table).empty
        con.execute("create table judged as select 1 as text_id")
        assert meanings.kept_vectors(con, table).empty
        con.register("found", found)
        con.execute("create or replace table judged as select * from found")
        kept = meanings.kept_vectors(con, table)
    assert set(kept["text_hash"]) == set(found["text_hash"].dropna())
    assert kept["vector"].notna().all()
