"""The language, the outcome and the sentiment of texts."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from stayhouse.feedback import judge_texts
from stayhouse.feedback.languages import is_mixed, languages_of
from stayhouse.feedback.sentiments import Plan, classes_of, folds_of, sentiments_of

WORDS = pd.DataFrame(
    [("en", "good", "positive"), ("en", "bad", "negative"), ("zh", "很好", "positive")],
    columns=["language", "word", "sentiment"],
)
EMOJI = pd.DataFrame([("👍", "positive"), ("😡", "negative")], columns=["emoji", "sentiment"])
THEMES = pd.DataFrame(
    [
        ("delivery", "en", "parcel, late"),
        ("delivery", "zh", "快递"),
        ("service", "en", "Help Desk , service"),
        ("size", "en", "fit"),
        ("gifts", "en", None),
        ("colours", "en", " , "),
    ],
    columns=["theme", "language", "words"],
)
COLUMNS = ["source_name", "text_kind", "text_id", "text", "rating", "embedding_texts_max"]
PLAN = {
    "least_texts": 30, "least_of_a_class": 10, "most_texts": 1000, "folds": 5, "seed": 0,
    "longest": 40,
    "spaced": {"analyzer": "word", "ngrams": [1, 2], "min_texts": 1, "strength": 6.0},
    "unspaced": {"analyzer": "char", "ngrams": [1, 3], "min_texts": 1, "strength": 6.0},
    "vectors": {"least_texts": 20, "least_of_a_class": 5, "strength": 3.0, "least_lead": 0.1},
}  # fmt: skip


def judged(*texts: tuple[str | None, int | None], kind: str = "review") -> pd.DataFrame:
    rows = [("s", kind, f"{n:04}", text, stars, 100) for n, (text, stars) in enumerate(texts)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return judge_texts(frame, WORDS, EMOJI, THEMES, PLAN)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The dress is lovely and it fits", "en"),
        ("Great dress", "en"),
        ("Très bien", "other"),
        ("Das Kleid ist sehr gut und schnell da", "other"),
        ("El vestido es muy bonito", "other"),
        ("Ganz in Ordnung.", "other"),
        ("Leider kaputt angekommen.", "other"),
        ("配送很慢", "zh"),
        ("OK 很好", "zh"),
        ("very nice 好", "en"),
        ("これはとても良いです", "other"),
        ("아주 좋아요", "other"),
        ("Очень хорошо", "other"),
        ("12345 !!", "none"),
        ("👍👍", "none"),
        ("", "none"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert languages_of(pd.Series([text]))[0] == language


@pytest.mark.parametrize(
    ("text", "mixed"),
    [("one two 好", True), ("one two three four 好", False), ("好好好 one", True), ("好", False)],
)
def test_a_quarter_of_another_script_is_mixed(text: str, mixed: bool) -> None:
    assert bool(is_mixed(pd.Series([text]))[0]) == mixed


def row(frame: pd.DataFrame, place: int = 0) -> dict[str, Any]:
    told = frame.iloc[place].to_dict()
    return {name: None if pd.isna(value) else value for name, value in told.items()}


@pytest.mark.parametrize(
    ("text", "stars", "outcome", "sentiment", "model"),
    [
        (None, 5, "empty", "positive", "stars"),
        ("  ", None, "empty", None, None),
        ("👍", None, "emoji_only", "positive", "emoji"),
        ("👍😡", None, "emoji_only", None, None),
        ("🚗", 1, "emoji_only", "negative", "stars"),
        ("123", 3, "no_model", "neutral", "stars"),
        ("good", None, "judged", "positive", "lexicon"),
        ("goods", None, "no_model", None, None),
        ("bad", 5, "no_model", "positive", "stars"),
        ("很好 good", None, "mixed_language", "positive", "lexicon"),
        ("good " + "x" * 34, None, "judged", "positive", "lexicon"),
        ("good " + "x" * 36, None, "too_long", "positive", "lexicon"),
        ("x" * 41 + " good", None, "no_model", None, None),
        ("Très bien", 4, "no_model", "positive", "stars"),
    ],
)
def test_each_text_has_one_outcome(
    text: str | None, stars: int | None, outcome: str, sentiment: str | None, model: str | None
) -> None:
    """Without a model: stars tell of what has some, a list of words of the rest."""
    told = row(judged((text, stars)))
    assert (told["outcome_code"], told["sentiment"], told["model_used"]) == (
        outcome, sentiment, model,
    )  # fmt: skip
    assert told["probability"] is None


def test_stars_beside_a_message_are_nobodys() -> None:
    told = row(judged(("whatever", 5), kind="message"))
    assert (told["sentiment"], told["model_used"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("The PARCEL came late", "delivery"),
        ("late, and the fit is wrong", "delivery,size"),
        ("benefit", "other"),
        ("the help  desk was closed", "service"),
        ("I need help", "other"),
        ("the desk came back", "other"),
        ("这个快递不错", "delivery"),
        ("nothing of it", "other"),
        (None, None),
    ],
)
def test_themes_are_told_by_whole_words(text: str | None, themes: str | None) -> None:
    assert row(judged((text, None)))["themes"] == themes


def learnt(negatives: int, neutrals: int, positives: int) -> pd.DataFrame:
    """So many rated reviews of each kind, all different, and two that nobody rated."""
    texts: list[tuple[str | None, int | None]] = []
    for word, stars, count in (
        ("awful", 1, negatives), ("middling", 3, neutrals), ("splendid", 5, positives)
    ):  # fmt: skip
        texts += [(f"the {word} one of n{number}", stars) for number in range(count)]
    return judged(*texts, ("so awful, the lot", None), ("so splendid, the lot", None))


@pytest.mark.parametrize(
    ("counts", "has_model"),
    [
        ((10, 10, 10), True),
        ((9, 10, 12), False),
        ((10, 10, 9), False),
        # A shop that has only good ones learns nothing, and its build does not stop.
        ((0, 0, 40), False),
        ((20, 0, 20), False),
    ],
)
def test_a_model_needs_texts_enough_of_each_class(
    counts: tuple[int, int, int], has_model: bool
) -> None:
    told = learnt(*counts)
    awful, splendid = told.iloc[-2], told.iloc[-1]
    if has_model:
        assert (awful["sentiment"], splendid["sentiment"]) == ("negative", "positive")
        assert set(told["model_used"]) == {"text"}
        assert told["probability"].between(1 / 3, 1).all()
    else:
        assert set(told["model_used"][:-2]) == {"stars"}
        assert told["model_used"][-2:].isna().all()


def test_a_text_is_judged_by_others() -> None:
    """Words that nobody else wrote tell nothing of the one who did: its own stars do not leak."""
    texts: list[tuple[str | None, int | None]] = []
    for n in range(20):
        texts += [(f"the awful one of n{n}", 1), (f"the splendid one of n{n}", 5)]
    texts += [(f"the middling one of n{n}", 3) for n in range(12)]
    told = judged(*texts, ("awful splendidissimo", 5))
    assert row(told, len(texts))["sentiment"] == "negative"


def test_what_others_wrote_word_for_word_is_nothing_learnt() -> None:
    """40 people wrote one text and gave five stars: ten different ones are wanted of each."""
    texts: list[tuple[str | None, int | None]] = [("the splendid one", 5)] * 40
    texts += [(f"the awful one of n{n}", 1) for n in range(12)]
    texts += [(f"the middling one of n{n}", 3) for n in range(12)]
    assert "text" not in set(judged(*texts)["model_used"])


def test_equal_texts_are_judged_together() -> None:
    """Two people wrote the same words and gave other stars: neither is told by the other."""
    plan = Plan(**PLAN)
    texts = np.array([f"n{n // 2}" for n in range(60)], dtype=object)
    classes = np.array(["negative", "positive", "positive", "negative"] * 15, dtype=object)
    folds = folds_of(classes, texts, plan)
    assert all(not set(texts[learnt]) & set(texts[judged]) for learnt, judged in folds)
    assert sorted(np.concatenate([judged for _, judged in folds])) == list(range(60))
    assert [len(judged) for _, judged in folds] == [12] * 5


def test_each_fit_is_as_scikit_learns_own_of_the_texts_it_may_see() -> None:
    """Texts are counted once for all fits: each keeps the words that two of its own texts have."""
    draw = np.random.default_rng(1)
    mood = {1: "awful poor", 3: "fair usual", 5: "lovely great"}
    stars = draw.choice([1, 3, 5], size=180)
    asked = draw.random(180) < 0.3
    texts = pd.Series(
        [f"{draw.choice(mood[n].split())} w{draw.integers(60)} w{draw.integers(60)}" for n in stars]
    )
    frame = pd.DataFrame(
        {"text": texts, "language": "en", "stars": np.where(asked, np.nan, stars)}
    ).sample(frac=1, random_state=2)
    settings = {"analyzer": "word", "ngrams": [1, 2], "min_texts": 2, "strength": 6.0}
    plan = Plan(**(PLAN | {"spaced": settings}))
    found = sentiments_of(frame, plan)["probability"]
    rated = frame[frame["stars"].notna()]
    answers = classes_of(rated["stars"]).to_numpy("object")
    folds = folds_of(answers, rated["text"].to_numpy("object"), plan)
    fits = [(rated.iloc[learnt], rated.iloc[judged]) for learnt, judged in folds]
    for learnt, judged in [*fits, (rated, frame[frame["stars"].isna()])]:
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        model = LogisticRegression(C=6.0, class_weight="balanced", solver="newton-cg")
        model.fit(words.fit_transform(learnt["text"]), classes_of(learnt["stars"]))
        expected = model.predict_proba(words.transform(judged["text"])).max(axis=1)
        np.testing.assert_allclose(found[judged.index], expected, atol=0.002, rtol=0)


def test_no_texts() -> None:
    frame = pd.DataFrame(columns=COLUMNS)
    assert judge_texts(frame, WORDS, EMOJI, THEMES, PLAN).empty
