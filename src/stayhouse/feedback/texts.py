"""What is told of each text: its language, what became of it, and its sentiment.

One outcome a text: `judged`, `empty`, `emoji_only`, `too_long` (its beginning is judged),
`mixed_language` (judged as of the larger script), `no_model`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.feedback.languages import NONE, is_mixed, languages_of
from stayhouse.feedback.sentiments import Plan, classes_of, sentiments_of

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
}
# The theme of a text that speaks of none.
OTHER = "other"


def judge_texts(
    texts: pd.DataFrame,
    words: pd.DataFrame,
    emoji: pd.DataFrame,
    themes: pd.DataFrame,
    meta: Mapping[str, Any],
) -> pd.DataFrame:
    """Return one row per text with what is told of it.

    Args:
        texts: `source_name`, `text_kind` (`review` or `message`), `text_id`, `text` (null: none)
            and `rating` from 1 to 5 (null: none). May be empty.
        words: `language`, `word` and `sentiment` (`positive` or `negative`): what tells where a
            language has too few rated texts for a model.
        emoji: `emoji` and `sentiment`.
        themes: `theme`, `language` and `words`, or phrases, with a comma between.
        meta: the fields of `Plan`.

    Returns:
        The columns of `COLUMNS`. `model_used` is `text` (learnt from the shop's own ratings),
        `lexicon`, `emoji`, `stars`, or null where nothing tells: `sentiment` and `probability` are
        then null. `probability` is null but of `text`, which alone has learnt one. `themes`: all
        of which a text has a word, by the alphabet and with a comma between, else `other`; null
        where nothing is written.
    """
    plan = Plan(**meta)
    if texts.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    texts = texts.sort_values(["source_name", "text_kind", "text_id"], ignore_index=True)
    whole = texts["text"].fillna("").astype("object").str.strip()
    read = whole.str.slice(0, plan.longest)
    language = languages_of(read)
    stars = texts["rating"].where(texts["text_kind"] == "review").astype("float64")
    told = sentiments_of(
        pd.DataFrame({"text": read, "language": language, "stars": stars})[language.isin(_JUDGED)],
        plan,
    ).reindex(texts.index)
    by = pd.DataFrame(
        {
            "text": told["sentiment"],
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
        "no_model": told["sentiment"].isna() & (used != "lexicon"),
        "too_long": whole.str.len() > plan.longest,
        "mixed_language": is_mixed(read),
    }
    found = texts[["source_name", "text_kind", "text_id"]].assign(
        language=language,
        outcome_code=np.select(list(outcomes.values()), list(outcomes), default="judged"),
        sentiment=[None if pd.isna(name) else str(by.at[row, name]) for row, name in used.items()],
        probability=told["probability"],
        model_used=used,
        lexicon_sentiment=by["lexicon"],
        themes=_themes_of(read, language, themes).where(whole != "", None),
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


def _themes_of(texts: pd.Series, language: pd.Series, themes: pd.DataFrame) -> pd.Series:
    """The themes of which a text has a word of its own language, by the alphabet."""
    found = pd.Series("", index=texts.index, dtype="object")
    for (theme, own), part in themes.sort_values("theme").groupby(["theme", "language"]):
        words = [word.strip() for word in ",".join(part["words"].fillna("")).lower().split(",")]
        if not any(words):
            # An empty pattern is found in every text.
            continue
        pattern = _any_of(filter(None, words), str(own))
        has = texts.where(language == own, "").str.lower().str.contains(pattern, regex=True)
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
