"""Whether the warehouse reads what the planted customers wrote as it was meant.

A planted text has one sentiment, that of its stars, one topic and one language. Words of praise
stand in complaints and the other way round, so that counting words does not tell them.
"""

import pandas as pd
from scipy.stats import poisson
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
# What is tested of a shop: weeks that are over. All that rises by plan is delivery, since parcels
# of December come late, some of them in January; customers' drivers move no topic.
ALARMS = """
    select
        count(*) filter (is_alert and not is_planted)::double as alarms,
        count(distinct period_start) filter (grain = 'week' and p_value is not null)
        / 52.18 as years
    from (
        select *, theme = 'delivery' and month(period_start) in (12, 1) as is_planted
        from feedback.feedback_alerts
    )
"""
MOST_ALARMS_A_YEAR = 4.0
_TEXT = """
## Feedback

Macro F1 of the sentiment of reviews in words, each judged by a fit that had not seen it; at least
{en:.2f} in English from {en_texts:,} reviews on and {zh:.2f} in Chinese from {zh_texts:,} on (a
shop of this size has fewer, and under 300 none is learnt); and among whose themes the planted topic
is, of messages too (at least {themes:.0%} is asked for).

{table}

Alerts of themes that nothing was planted to raise (all but delivery in December and January), over
all themes, categories, weeks and months: {alarms:.1f} a year of {years:.0f} years, by chance alone
at most {most:.0f} (`feedback_false_alarms_a_year`).
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


def alarms(shop: Shop) -> pd.Series:
    """Return how many alerts were raised by nothing, `alarms`, and in how many `years`."""
    return shop.both(ALARMS).iloc[0]


class Texts:
    """The shops so far, and what the page says of them."""

    reads = ("review_sentiment", "int_feedback__themes", "feedback_alerts")

    def __init__(self) -> None:
        self._sentiments: list[pd.DataFrame] = []
        self._themes: list[pd.Series] = []
        self._alarms: list[pd.Series] = []

    def add(self, shop: Shop) -> None:
        self._sentiments.append(sentiments(shop))
        self._themes.append(themes(shop))
        self._alarms.append(alarms(shop))

    def failures(self) -> list[str]:
        right = pd.DataFrame(self._themes).mean()
        false = self._false_alarms()
        # So many of the years' alerts are more than chance by 1 in 100 (Poisson).
        most = poisson.ppf(0.99, MOST_ALARMS_A_YEAR * false["years"])
        said = [
            f"themes of texts in {language} are right for {share:.1%}"
            for language, share in right.items()
            if share < LEAST_THEMES
        ]
        if false["alarms"] > most:
            said.append(
                f"{false['alarms']:.0f} alerts in {false['years']:.1f} years are of nothing "
                f"planted, where at most {most:.0f} are chance"
            )
        return said

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
        false = self._false_alarms()
        (en, en_texts), (zh, zh_texts) = LEAST_F1["en"], LEAST_F1["zh"]
        return _TEXT.format(
            en=en, en_texts=en_texts, zh=zh, zh_texts=zh_texts, themes=LEAST_THEMES,
            table=markdown(heads, rows), alarms=false["alarms"] / false["years"],
            years=false["years"], most=MOST_ALARMS_A_YEAR,
        )  # fmt: skip

    def _false_alarms(self) -> pd.Series:
        """Alerts of nothing planted and years, of all shops together."""
        return pd.DataFrame(self._alarms).sum()
