"""Whether the warehouse reads what the planted customers wrote as it was meant.

A planted text has one sentiment, that of its stars, one topic and one language. Words of praise
stand in complaints and the other way round, so that counting words does not tell them.
"""

import pandas as pd
from sklearn.metrics import f1_score

from tests.truth.shop import Shop
from tests.truth.tables import markdown

# Macro F1 of reviews by the model of their language, from so many of them on.
LEAST_F1 = {"en": (0.95, 10_000), "zh": (0.90, 1_200)}
LEAST_THEMES = 0.9

SENTIMENTS = """
    select t.language, t.sentiment as planted, r.sentiment as found, r.model_used,
        r.language as found_language
    from truth.reviews as t
    inner join feedback.review_sentiment as r using (review_id)
    where t.topic is not null
    order by t.review_id
"""
# A text has one topic; words of another theme may stand beside those of its own:
# "no cheap workmanship" speaks of a price too.
THEMES = """
    select t.text_kind, t.language, list_contains(h.themes, t.topic) as is_right
    from (
        select 'review' as text_kind, review_id as text_id, topic, language from truth.reviews
        union all
        select 'message', event_id, topic, language from truth.support_messages
    ) as t
    inner join (
        select text_kind, text_id, list(theme) as themes
        from feedback.int_feedback__themes
        group by text_kind, text_id
    ) as h using (text_kind, text_id)
    where t.topic is not null
    order by t.text_kind, t.text_id
"""
_TEXT = """
## Feedback

Macro F1 of the sentiment of reviews in words, each judged by a fit that had not seen it; at least
{en:.2f} in English from {en_texts:,} reviews on and {zh:.2f} in Chinese from {zh_texts:,} on (a
shop of this size has fewer, and under 300 none is learnt); and among whose themes the planted topic
is, of messages too (at least {themes:.0%} is asked for).

{table}
"""


def sentiments(shop: Shop) -> pd.DataFrame:
    """Return by language how many reviews its model judged, and how well: `texts`, `f1`."""
    found = shop.both(SENTIMENTS)
    learnt = found[found["model_used"] == "text"].groupby("language")
    return pd.DataFrame(
        {
            "texts": learnt.size(),
            "f1": learnt.apply(
                lambda own: f1_score(own["planted"], own["found"], average="macro"),
                include_groups=False,
            ),
        }
    )


def languages(shop: Shop) -> float:
    """Return the share of reviews in words whose language is told right."""
    found = shop.both(SENTIMENTS)
    return float((found["language"] == found["found_language"]).mean())


def themes(shop: Shop) -> pd.Series:
    """Return by language the share of reviews and messages among whose themes their topic is."""
    found = shop.both(THEMES)
    return found.groupby("language")["is_right"].mean()


class Texts:
    """The shops so far, and what the page says of them."""

    reads = ("review_sentiment", "int_feedback__themes")

    def __init__(self) -> None:
        self._sentiments: list[pd.DataFrame] = []
        self._themes: list[pd.Series] = []

    def add(self, shop: Shop) -> None:
        self._sentiments.append(sentiments(shop))
        self._themes.append(themes(shop))

    def failures(self) -> list[str]:
        right = pd.DataFrame(self._themes).mean()
        return [
            f"themes of texts in {language} are right for {share:.1%}"
            for language, share in right.items()
            if share < LEAST_THEMES
        ]

    def text(self) -> str:
        found = pd.concat(self._sentiments)
        right = pd.DataFrame(self._themes)
        rows = []
        for language in right.columns:
            own = found[found.index == language]
            rows.append(
                (
                    str(language),
                    f"{len(own)}",
                    f"{own['texts'].mean():,.0f}" if len(own) else "",
                    f"{own['f1'].mean():.3f}" if len(own) else "",
                    f"{own['f1'].min():.3f}" if len(own) else "",
                    f"{right[language].mean():.1%}",
                    f"{right[language].min():.1%}",
                )
            )
        heads = (
            *("language", "shops with a model", "reviews judged by it", "macro F1", "lowest"),
            *("themes right", "lowest share"),
        )
        (en, en_texts), (zh, zh_texts) = LEAST_F1["en"], LEAST_F1["zh"]
        return _TEXT.format(
            en=en, en_texts=en_texts, zh=zh, zh_texts=zh_texts, themes=LEAST_THEMES,
            table=markdown(heads, rows),
        )  # fmt: skip
