"""The sentiment of texts, learnt from the stars that customers gave beside their own words.

A text with stars is judged by a model that saw four fifths of the others and not it; all others by
the model that saw all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
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
    """

    least_texts: int
    least_of_a_class: int
    most_texts: int
    folds: int
    seed: int
    longest: int
    spaced: Mapping[str, Any]
    unspaced: Mapping[str, Any]


def sentiments_of(texts: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return `sentiment` and its `probability` for each text, by the model of its language.

    Args:
        texts: `text`, `language`, and `stars` from 1 to 5, null where nobody gave any or none are
            to be learnt from. One label of the index a text.

    Returns:
        Indexed as `texts`; null where the language has no model, for too few rated texts.
    """
    found = pd.DataFrame({"sentiment": None, "probability": np.nan}, index=texts.index)
    for language, own in texts.groupby("language"):
        told = _told(own, str(language), plan)
        if told is not None:
            found.loc[told.index, "sentiment"] = told.idxmax(axis=1)
            found.loc[told.index, "probability"] = told.max(axis=1)
    return found


def classes_of(stars: pd.Series) -> pd.Series:
    """Return the sentiment that stars tell: of two or fewer, three, four or more; null of null."""
    told = np.select([stars <= 2, stars == 3, stars >= 4], CLASSES, default="")
    return pd.Series(told, index=stars.index, dtype="object").where(stars.notna(), None)


def make_model(language: str, plan: Plan) -> Pipeline:
    """Return a model of one language that is not fitted: TF-IDF and logistic regression."""
    settings = plan.unspaced if language == "zh" else plan.spaced
    vectors = TfidfVectorizer(
        analyzer=settings["analyzer"], ngram_range=tuple(settings["ngrams"]),
        min_df=settings["min_texts"], dtype=np.float32, sublinear_tf=True,
    )  # fmt: skip
    model = LogisticRegression(C=settings["strength"], class_weight="balanced", max_iter=1000)
    return make_pipeline(vectors, model)


def folds_of(classes: np.ndarray, plan: Plan) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return of each fold the places of the texts to learn from, and of those to judge."""
    parts = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed)
    return list(parts.split(np.zeros(len(classes)), classes))


def _told(own: pd.DataFrame, language: str, plan: Plan) -> pd.DataFrame | None:
    """The probability of each class of each text of one language; None without a model."""
    rated = own[own["stars"].notna()]
    counts = classes_of(rated["stars"]).value_counts()
    if len(rated) < plan.least_texts or counts.reindex(CLASSES).min() < plan.least_of_a_class:
        return None
    if len(rated) > plan.most_texts:
        rated = rated.sample(plan.most_texts, random_state=plan.seed).sort_index()
    words = rated["text"].to_numpy("object")
    answers = classes_of(rated["stars"]).to_numpy("object")
    found = pd.DataFrame(np.nan, index=own.index, columns=list(CLASSES))
    for learnt, judged in folds_of(answers, plan):
        model = make_model(language, plan).fit(words[learnt], answers[learnt])
        found.loc[rated.index[judged], model.classes_] = model.predict_proba(words[judged])
    rest = own.drop(index=rated.index)
    if len(rest):
        model = make_model(language, plan).fit(words, answers)
        found.loc[rest.index, model.classes_] = model.predict_proba(rest["text"].to_numpy("object"))
    return found
