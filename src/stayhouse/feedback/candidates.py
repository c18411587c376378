"""Words that texts without a theme have in common: proposals for the seed of themes.

Topic models find themes worse than a list of words does, so they only propose: who runs the shop
reads the words and the examples, and adds a row to the seed or does not.

Of what people wrote nothing leaves this place but single words that several persons used.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from stayhouse.base.threads import one_thread
from stayhouse.feedback.languages import NONE
from stayhouse.feedback.texts import OTHER

COLUMNS = {
    "source_name": "str",
    "language": "str",
    "words": "str",
    "example_1": "str",
    "example_2": "str",
    "example_3": "str",
    "candidate": "int64",
    "text_count": "int64",
    "person_count": "int64",
    "other_text_count": "int64",
}
_KEYS = ["source_name", "text_kind", "text_id"]
_EXAMPLES = 3
# Of what orders texts and words, so that the last digit of a fit decides nothing.
_DIGITS = 6
# What stands where an address or a number was taken out of a text.
_REDACTED = re.compile(r"\[(?:email|phone)\]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_IDEOGRAPHS = re.compile(r"[㐀-䶿一-鿿]+")


@dataclass(frozen=True)
class Search:
    """How candidates are sought: `meta` of `ml_theme_candidates`, with the reasons.

    Attributes:
        least_texts: texts without a theme, of a source and language, from which on there are any.
        least_people: so many different persons use each word that is told, and speak of each
            candidate.
        most_share: words in more of the texts tell none of them from another.
        most_words: of the words that most persons use so many are read.
        most_texts: a fit reads at most so many texts; all are counted.
        candidates: so many are sought.
        words: so many are told of each.
        seed: of the fit and of the draw where there are more texts.
    """

    least_texts: int
    least_people: int
    most_share: float
    most_words: int
    most_texts: int
    candidates: int
    words: int
    seed: int


def propose_themes(
    texts: pd.DataFrame, judged: pd.DataFrame, search: Mapping[str, Any]
) -> pd.DataFrame:
    """Return one row per source, language and candidate, numbered from the one with most texts.

    Args:
        texts: `source_name`, `text_kind` (`review` or `message`), `text_id`, `person_id` (null:
            nobody knows; such a text makes no word more common) and `text`. May be empty.
        judged: per text its `language` and `themes`, as `judge_texts` tells them.
        search: the fields of `Search`.

    Returns:
        The columns of `COLUMNS`. `words` stand with a comma between as in the seed of themes, the
        one that tells most first; `example_1` to `example_3` are ids of reviews, null where fewer
        belong to it. `other_text_count` is of the source and language, with those of no candidate.
    """
    plan = Search(**search)
    without = judged[(judged["themes"] == OTHER) & (judged["language"] != NONE)]
    others = texts.merge(without[[*_KEYS, "language"]], on=_KEYS).sort_values(_KEYS)
    rows: list[dict[str, Any]] = []
    for (source, language), own in others.groupby(["source_name", "language"]):
        if len(own) < plan.least_texts:
            continue
        found = _candidates(own.reset_index(drop=True), str(language), plan)
        for number, row in enumerate(found, start=1):
            told = {"source_name": source, "language": language, "candidate": number}
            rows.append(told | row | {"other_text_count": len(own)})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _candidates(own: pd.DataFrame, language: str, plan: Search) -> list[dict[str, Any]]:
    """Those of one source and language, the one with most texts first."""
    words_of = _words_of(language)
    words = _common_words(own, words_of, plan)
    if len(words) < 2:
        return []
    weights, parts = _fitted(own["text"], words_of, words, plan)
    strongest = weights.argmax(axis=1)
    found = []
    for part in range(len(parts)):
        weight = np.round(weights[:, part], _DIGITS)
        theirs = own.assign(weight=weight)[(strongest == part) & (weight > 0)]
        people = theirs["person_id"].nunique()
        if people < plan.least_people:
            continue
        heaviest = sorted(
            zip(-np.round(parts[part], _DIGITS), words, strict=True)
        )[: plan.words]  # fmt: skip
        reviews = theirs[theirs["text_kind"] == "review"].sort_values(
            ["weight", "text_id"], ascending=[False, True]
        )
        examples = [*reviews["text_id"].head(_EXAMPLES), *[None] * _EXAMPLES]
        found.append(
            {
                "words": ", ".join(word for weight, word in heaviest if weight < 0),
                "text_count": len(theirs),
                "person_count": people,
            }
            | {f"example_{n + 1}": examples[n] for n in range(_EXAMPLES)}
        )
    return sorted(found, key=lambda row: (-row["text_count"], row["words"]))


def _words_of(language: str) -> Callable[[str], list[str]]:
    """What a text is cut into: words, or of Chinese, which has no spaces, pairs of characters."""

    def pairs(text: str) -> list[str]:
        runs = _IDEOGRAPHS.findall(_REDACTED.sub(" ", text))
        return [run[place : place + 2] for run in runs for place in range(len(run) - 1)]

    def words(text: str) -> list[str]:
        found = _WORD.findall(_REDACTED.sub(" ", text).lower())
        return [word for word in found if word not in ENGLISH_STOP_WORDS]

    return pairs if language == "zh" else words


def _common_words(
    own: pd.DataFrame, words_of: Callable[[str], list[str]], plan: Search
) -> list[str]:
    """By the alphabet, the words that enough persons use and not nearly every text has."""
    used = own.assign(word=own["text"].map(lambda text: sorted(set(words_of(text)))))
    used = used[["person_id", "word"]].explode("word").dropna(subset="word")
    by_word = used.groupby("word").agg(people=("person_id", "nunique"), texts=("word", "size"))
    is_common = by_word["people"] >= plan.least_people
    is_telling = by_word["texts"] <= plan.most_share * len(own)
    people = by_word.loc[is_common & is_telling, "people"]
    ranked = sorted(people.items(), key=lambda item: (-item[1], str(item[0])))
    return sorted(str(word) for word, _ in ranked[: plan.most_words])


def _fitted(
    texts: pd.Series, words_of: Callable[[str], list[str]], words: list[str], plan: Search
) -> tuple[np.ndarray, np.ndarray]:
    """How much each text has of each part, and each part of each word; all 0 or more."""
    vectors = TfidfVectorizer(analyzer=words_of, vocabulary=words, sublinear_tf=True)
    model = NMF(
        min(plan.candidates, len(words)), init="nndsvd", random_state=plan.seed, max_iter=1000,
        tol=1e-3,
    )  # fmt: skip
    read = texts
    if len(texts) > plan.most_texts:
        read = texts.sample(plan.most_texts, random_state=plan.seed).sort_index()
    with one_thread():
        vectors.fit(read)
        model.fit(vectors.transform(read))
        return np.asarray(model.transform(vectors.transform(texts))), np.asarray(model.components_)
