"""The sentiment of texts, learnt from the stars that customers gave beside their own words.

A text with stars is judged by a model that saw four fifths of the others and not it; all others by
the model that saw all. It learns from words, or from vectors where the stars are too few for that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline

CLASSES = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Plan:
    """How models of sentiment are made: `meta` of `ml_feedback_texts`, with the reasons.

    Attributes:
        least_texts: rated texts of a language from which on it has a model ...
        least_of_a_class: ... if there are so many of each of negative, neutral and positive.
        most_texts: a fit reads at most so many rated texts.
        folds: parts of the rated texts, each judged by the model of the others.
        seed: of the parts and of the draw where there are more.
        longest: of a text so many characters are read.
        spaced: `analyzer`, `ngrams`, `min_texts` and `strength` for scripts with spaces ...
        unspaced: ... and for those without.
        vectors: `least_texts`, `least_of_a_class` and `strength` of the model that learns from
            vectors of texts, and `least_lead` of themes that are told by them.
    """

    least_texts: int
    least_of_a_class: int
    most_texts: int
    folds: int
    seed: int
    longest: int
    spaced: Mapping[str, Any]
    unspaced: Mapping[str, Any]
    vectors: Mapping[str, Any]


def sentiments_of(texts: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return `sentiment` and its `probability` for each text, by the words of its language.

    Args:
        texts: `text`, `language`, and `stars` from 1 to 5, null where nobody gave any or none are
            to be learnt from. One label of the index a text.

    Returns:
        Indexed as `texts`; null where the language has no model, for too few rated texts.
    """
    found = _nothing(texts)
    for name, own in texts.groupby("language"):
        language = str(name)
        if not can_learn(own, plan.least_texts, plan.least_of_a_class):
            continue
        settings = _settings(language, plan)
        counted = _counts(own, settings, plan)
        found.loc[own.index] = _likeliest(judge(counted, own, partial(_of_counts, settings), plan))
    return found


def sentiments_by_vectors(texts: pd.DataFrame, vectors: np.ndarray, plan: Plan) -> pd.DataFrame:
    """Return `sentiment` and its `probability` for each text, by the vectors of its language.

    Args:
        texts: `text`, `language` and `stars`, as for `sentiments_of`.
        vectors: shape (texts, dimensions).

    Returns:
        Indexed as `texts`; null where too few texts of the language have stars.
    """
    found = _nothing(texts)
    settings = plan.vectors
    for places in texts.groupby("language").indices.values():
        own = texts.iloc[places]
        if not can_learn(own, settings["least_texts"], settings["least_of_a_class"]):
            continue
        found.loc[own.index] = _likeliest(
            judge(vectors[places], own, partial(make_vector_model, plan), plan)
        )
    return found


def can_learn(texts: pd.DataFrame, least_texts: int, least_of_a_class: int) -> bool:
    """Return whether so many texts have stars, and so many different ones are of each sentiment."""
    rated = texts[texts["stars"].notna()]
    different = classes_of(rated["stars"])[~rated["text"].duplicated()]
    counts = different.value_counts().reindex(CLASSES, fill_value=0)
    return len(rated) >= least_texts and bool(counts.min() >= least_of_a_class)


def classes_of(stars: pd.Series) -> pd.Series:
    """Return the sentiment that stars tell: of two or fewer, three, four or more; null of null."""
    told = np.select([stars <= 2, stars == 3, stars >= 4], CLASSES, default="")
    return pd.Series(told, index=stars.index, dtype="object").where(stars.notna(), None)


def make_model(language: str, plan: Plan) -> Pipeline:
    """Return a model of one language that is not fitted, and reads texts: TF-IDF and regression."""
    settings = _settings(language, plan)
    return make_pipeline(_counter(settings), _of_counts(settings))


def _settings(language: str, plan: Plan) -> Mapping[str, Any]:
    return plan.unspaced if language == "zh" else plan.spaced


def _counter(settings: Mapping[str, Any], min_texts: int = 1) -> CountVectorizer:
    return CountVectorizer(
        analyzer=settings["analyzer"], ngram_range=tuple(settings["ngrams"]), min_df=min_texts,
        dtype=np.float32,
    )  # fmt: skip


def _counts(texts: pd.DataFrame, settings: Mapping[str, Any], plan: Plan) -> csr_matrix:
    """Return how often each text has each word that a fit may learn from.

    Texts are cut into words once, not once a fold: it takes most of a fit's time.
    """
    learnable = texts.index.isin(_learnable(texts, plan).index)
    counter = _counter(settings, settings["min_texts"])
    parts = [counter.fit_transform(texts["text"][learnable])]
    if not learnable.all():
        parts.append(counter.transform(texts["text"][~learnable]))
    # As the texts stand, which are not those of one part after the other.
    return vstack(parts, format="csr")[np.argsort(np.argsort(~learnable, kind="stable"))]


def _of_counts(settings: Mapping[str, Any]) -> Pipeline:
    # Of many words: a tenth of what L-BFGS costs, and nearer to the end.
    model = LogisticRegression(
        C=settings["strength"], class_weight="balanced", solver="newton-cg", max_iter=1000
    )
    return make_pipeline(
        _Frequent(settings["min_texts"]), TfidfTransformer(sublinear_tf=True), model
    )


# scikit-learn has no types.
class _Frequent(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Keeps the words that so many of the texts have from which is learnt."""

    def __init__(self, min_texts: int) -> None:
        self.min_texts = min_texts

    def fit(self, counts: csr_matrix, _: Any = None) -> "_Frequent":
        self.kept_ = np.flatnonzero(counts.getnnz(axis=0) >= self.min_texts)
        return self

    def transform(self, counts: csr_matrix) -> csr_matrix:
        return counts[:, self.kept_]


def make_vector_model(plan: Plan) -> LogisticRegression:
    """Return a model of vectors that is not fitted."""
    return LogisticRegression(
        C=plan.vectors["strength"], class_weight="balanced", max_iter=1000
    )  # fmt: skip


def folds_of(
    classes: np.ndarray, texts: np.ndarray, plan: Plan
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return of each fold the places of the texts to learn from, and of those to judge.

    Equal texts are in one fold, or a fit would have seen the words that it judges; of texts with
    several classes the first one counts.
    """
    numbers, _ = pd.factorize(texts)
    _, first = np.unique(numbers, return_index=True)
    parts = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed)
    return [
        (np.flatnonzero(np.isin(numbers, learnt)), np.flatnonzero(np.isin(numbers, judged)))
        for learnt, judged in parts.split(np.zeros(len(first)), classes[first])
    ]


def judge(
    features: np.ndarray | csr_matrix, texts: pd.DataFrame, make: Callable[[], Any], plan: Plan
) -> pd.DataFrame:
    """Return the probability of each class of each text, no rated text by a fit that saw it.

    Args:
        features: what a model reads, the texts along the first axis.
        texts: `text`, and `stars`, null where nobody gave any.
        make: returns a model that is not fitted.
        plan: `folds`, `seed` and `most_texts`.

    Returns:
        Indexed as `texts`, a column for each of `CLASSES`.
    """
    places = pd.Series(np.arange(len(texts)), index=texts.index)
    rated = _learnable(texts, plan)
    learnable = features[places[rated.index].to_numpy()]
    answers = classes_of(rated["stars"]).to_numpy("object")
    found = pd.DataFrame(np.nan, index=texts.index, columns=list(CLASSES))
    for learnt, judged in folds_of(answers, rated["text"].to_numpy("object"), plan):
        model = make().fit(learnable[learnt], answers[learnt])
        found.loc[rated.index[judged], model.classes_] = model.predict_proba(learnable[judged])
    rest = places.drop(index=rated.index)
    if len(rest):
        model = make().fit(learnable, answers)
        found.loc[rest.index, model.classes_] = model.predict_proba(features[rest.to_numpy()])
    return found


def _learnable(texts: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the texts with stars from which is learnt: all of them, or a draw."""
    rated = texts[texts["stars"].notna()]
    if len(rated) > plan.most_texts:
        rated = rated.sample(plan.most_texts, random_state=plan.seed).sort_index()
    return rated


def _nothing(texts: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"sentiment": None, "probability": np.nan}, index=texts.index)


def _likeliest(told: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"sentiment": told.idxmax(axis=1), "probability": told.max(axis=1)})
