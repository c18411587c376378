"""What is told of each text: its language, what became of it, and its sentiment.

One outcome a text: `judged`, `empty`, `emoji_only`, `too_long` (its beginning is judged),
`mixed_language` (judged as of the larger script), `no_model`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.feedback import meanings
from stayhouse.feedback.languages import NONE, is_mixed, languages_of
from stayhouse.feedback.sentiments import (
    Plan,
    can_learn,
    classes_of,
    sentiments_by_vectors,
    sentiments_of,
)

COLUMNS = {
    "source_name": "str",
    "text_kind": "str",
    "text_id": "str",
    "language": "str",
    "outcome_code": "str",
    "sentiment": "str",
    "probability": "float64",
    "model_used": "str",
    "lexicon_sentiment": "str",
    "themes": "str",
    **meanings.COLUMNS,
}
# The theme of a text that speaks of none.
OTHER = "other"


def judge_texts_anew(
    texts: pd.DataFrame,
    words: pd.DataFrame,
    emoji: pd.DataFrame,
    themes: pd.DataFrame,
    meta: Mapping[str, Any],
    before: Any,
    session: Any,
) -> pd.DataFrame:
    """Return what `judge_texts` does; vectors that the build before told are taken from it.

    Args:
        before: the table that will be written over, `dbt.this`.
        session: the connection of DuckDB that reads it.
    """
    kept = meanings.kept_vectors(session, before)
    vectorize = meanings.installed_vectors()
    return judge_texts(texts, words, emoji, themes, meta, kept, vectorize)


def judge_texts(
    texts: pd.DataFrame,
    words: pd.DataFrame,
    emoji: pd.DataFrame,
    themes: pd.DataFrame,
    meta: Mapping[str, Any],
    kept: pd.DataFrame | None = None,
    vectorize: meanings.Vectorize | None = None,
) -> pd.DataFrame:
    """Return one row per text with what is told of it.

    Args:
        texts: `source_name`, `text_kind` (`review` or `message`), `text_id`, `text` (null: none),
            `rating` from 1 to 5 (null: none) and `embedding_texts_max`, of how many texts a build
            tells vectors anew, the same in every row. May be empty.
        words: `language`, `word` and `sentiment` (`positive` or `negative`): what tells where a
            language has too few rated texts for a model.
        emoji: `emoji` and `sentiment`.
        themes: `theme`, `language` and `words`, or phrases, with a comma between.
        meta: the fields of `Plan`.
        kept: `text_hash` and `vector` that the build before told.
        vectorize: what tells vectors of texts; None without the extra `language`.

    Returns:
        The columns of `COLUMNS`. `model_used` is `text` or `vectors` (learnt from the shop's own
        ratings), `lexicon`, `emoji`, `stars`, or null where nothing tells: `sentiment` and
        `probability` are then null. `probability` is null but of what has learnt one. `themes`:
        all of which a text has a word, by the alphabet and with a comma between; of a language
        without words the one that its vector is closest to; else `other`; null where nothing is
        written. `vector_code` is null where no vector is asked for: `told`, `needs_extra_language`
        or `over_cap` of the others; `text_hash` and `vector` are what the next build keeps.
    """
    plan = Plan(**meta)
    if texts.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    texts = texts.sort_values(["source_name", "text_kind", "text_id"], ignore_index=True)
    whole = texts["text"].fillna("").astype("object").str.strip()
    read = whole.str.slice(0, plan.longest)
    language = languages_of(read)
    stars = texts["rating"].where(texts["text_kind"] == "review").astype("float64")
    rated = pd.DataFrame({"text": read, "language": language, "stars": stars})
    told = sentiments_of(rated[language.isin(_JUDGED)], plan).reindex(texts.index)
    words_of_themes = _words_by_language(themes)
    asks_sentiment = _asks_sentiment(rated, told["sentiment"], plan)
    asks_theme = (language != NONE) & ~language.isin(words_of_themes.keys())
    asked = read[asks_sentiment | asks_theme]
    vectors = meanings.tell_vectors(
        asked,
        stars[asked.index].notna(),
        pd.DataFrame(columns=["text_hash", "vector"]) if kept is None else kept,
        int(texts["embedding_texts_max"].iloc[0]),
        vectorize,
    )
    has_vector = (vectors["vector_code"] == meanings.TOLD).reindex(texts.index, fill_value=False)
    learning = texts.index[has_vector & asks_sentiment]
    by_vectors = sentiments_by_vectors(
        rated.loc[learning], meanings.numbers_of(vectors["vector"][learning]), plan
    ).reindex(texts.index)
    themes_told = _themes_of(read, language, words_of_themes)
    closing = texts.index[has_vector & asks_theme]
    if vectorize is not None:
        closest = meanings.closest_themes(
            meanings.numbers_of(vectors["vector"][closing]),
            words_of_themes.get("en", {}),
            plan.vectors["least_lead"],
            vectorize,
        )
        themes_told[closing] = pd.Series(closest, index=closing, dtype="object").fillna(OTHER)
    by = pd.DataFrame(
        {
            "text": told["sentiment"],
            "vectors": by_vectors["sentiment"],
            "emoji": _by_emoji(read.where(language == NONE, ""), emoji),
            "stars": classes_of(stars),
            "lexicon": _by_words(read, language, words),
        }
    )
    # Stars tell of a text where no model does, and better than a list of words.
    used = by.notna().idxmax(axis=1).where(by.notna().any(axis=1))
    outcomes = {
        "empty": whole == "",
        "emoji_only": (language == NONE) & _has_emoji(read),
        "no_model": ~used.isin(["text", "vectors", "lexicon"]),
        "too_long": whole.str.len() > plan.longest,
        "mixed_language": is_mixed(read),
    }
    found = (
        texts[["source_name", "text_kind", "text_id"]]
        .assign(
            language=language,
            outcome_code=np.select(list(outcomes.values()), list(outcomes), default="judged"),
            sentiment=by.astype("object").bfill(axis=1).iloc[:, 0].where(used.notna(), None),
            probability=told["probability"].fillna(by_vectors["probability"]),
            model_used=used,
            lexicon_sentiment=by["lexicon"],
            themes=themes_told.where(whole != "", None),
        )
        .join(vectors)
    )
    return found[list(COLUMNS)].astype(COLUMNS)


_JUDGED = ("en", "zh")
# Pictures, and what changes or joins them.
_EMOJI = "[\U0001f300-\U0001faff☀-➿⬀-⯿️‍]"


def _has_emoji(texts: pd.Series) -> pd.Series:
    return texts.str.contains(_EMOJI, regex=True)


def _by_words(texts: pd.Series, language: pd.Series, words: pd.DataFrame) -> pd.Series:
    """The sentiment of which a text has more words, in its own language; null of as many."""
    balance = pd.Series(0, index=texts.index)
    for (own, sentiment), part in words.groupby(["language", "sentiment"]):
        sign = 1 if sentiment == "positive" else -1
        written = texts.where(language == own, "").str.lower()
        balance += sign * written.str.count(_any_of(part["word"], str(own)))
    return _of_balance(balance)


def _asks_sentiment(rated: pd.DataFrame, told: pd.Series, plan: Plan) -> pd.Series:
    """Whose sentiment vectors can tell: of languages that words tell nothing of, with enough stars.

    Where a language cannot have a model no vector is asked for: each costs some time.
    """
    rule = plan.vectors
    asking = [
        name
        for name, own in rated.groupby("language")
        if name != NONE
        and told[own.index].isna().all()
        and can_learn(own, rule["least_texts"], rule["least_of_a_class"])
    ]
    return rated["language"].isin(asking)


def _words_by_language(themes: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """The words of each theme by language; without those that have none."""
    found: dict[str, dict[str, list[str]]] = {}
    for (language, theme), part in themes.sort_values("theme").groupby(["language", "theme"]):
        words = [word.strip() for word in ",".join(part["words"].fillna("")).lower().split(",")]
        if any(words):
            # An empty pattern is found in every text.
            found.setdefault(str(language), {})[str(theme)] = list(filter(None, words))
    return found


def _themes_of(
    texts: pd.Series, language: pd.Series, words: Mapping[str, Mapping[str, list[str]]]
) -> pd.Series:
    """The themes of which a text has a word of its own language, by the alphabet."""
    found = pd.Series("", index=texts.index, dtype="object")
    for own, by_theme in words.items():
        written = texts.where(language == own, "").str.lower()
        for theme, part in by_theme.items():
            has = written.str.contains(_any_of(part, own), regex=True)
            found = found.where(~has, found + f",{theme}")
    return found.str.lstrip(",").where(found != "", OTHER)


def _any_of(words: Iterable[str], language: str) -> str:
    """A pattern of whole words or phrases; of Chinese, which has no spaces, of words anywhere."""
    longest_first = sorted(words, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)
    return pattern if language == "zh" else rf"\b(?:{pattern})\b"


def _by_emoji(texts: pd.Series, emoji: pd.DataFrame) -> pd.Series:
    balance = pd.Series(0, index=texts.index)
    for sentiment, part in emoji.groupby("sentiment"):
        pattern = "|".join(re.escape(one) for one in part["emoji"])
        balance += (1 if sentiment == "positive" else -1) * texts.str.count(pattern)
    return _of_balance(balance)


def _of_balance(balance: pd.Series) -> pd.Series:
    told = np.select([balance < 0, balance > 0], ["negative", "positive"], default="")
    return pd.Series(told, index=balance.index, dtype="object").where(balance != 0, None)
