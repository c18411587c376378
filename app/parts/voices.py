"""What customers say more of than before, whom to answer, and how well their words were read."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from app import choices, figures, layout, people
from app.language import name_of, say
from app.parts.open_alerts import open_alerts, sentence, theme_of
from app.published import Published

_SOURCES = """
select source_name from feedback.feedback_themes_monthly group by 1 order by sum(text_count) desc, 1
"""

# A category can be chosen where it has a month of which anything is told.
_CATEGORIES = """
select level_value
from feedback.feedback_themes_monthly
where source_name = $source and level = 'category'
group by level_value
having not bool_and(is_withheld)
order by sum(text_count) desc, level_value
"""

_ROSE = """
select
    level, level_value, theme, grain, period_start, mention_count, text_count, mention_share,
    share_before, p_value
from feedback.feedback_alerts
where source_name = $source and is_alert and not is_open
    and period_start >= (select open_day - interval 12 month from core.clock)
order by period_start desc, p_value, level, level_value, theme, grain
"""

_CANDIDATES = """
select language, words, text_count, text_share
from feedback.theme_candidates
where source_name = $source
order by text_count desc, language, candidate
"""

_TESTED = """
select count(*) as tested from feedback.feedback_alerts
where source_name = $source and p_value is not null
"""

# Four weeks back from the clock: what is older has been answered, or comes too late. A message is
# of somebody who waits, whatever its words sound like.
_DAYS = 28
_SHOWN = 12
_WRITTEN = """
    select
        'review' as text_kind, source_name, review_id as text_id, person_id, language, themes,
        rating, created_at as written_at
    from feedback.review_sentiment
    where sentiment = 'negative'
    union all
    select
        'message', source_name, event_id, person_id, language, themes, null, written_at
    from feedback.support_messages
"""

_WHOM = f"""
select
    count(*) as texts, count(distinct person_id) as people,
    count(*) filter (person_id is null) as of_nobody
from ({_WRITTEN})
where source_name = $source
    and written_at >= (select as_of_at - interval {_DAYS} day from core.clock)
"""

# Of each person the newest text: the words of a review, and what a message is about.
_TO_ANSWER = f"""
select
    w.person_id, w.written_at, coalesce(left(r.text, 300), w.themes) as said,
    case when r.text is not null then w.language end as text_language,
    timezone(k.time_zone, timezone('UTC', w.written_at))::date as written_on
from ({_WRITTEN}) as w
cross join core.clock as k
left join core.reviews as r
    on w.text_kind = 'review' and w.source_name = r.source_name and w.text_id = r.review_id
where w.source_name = $source and w.person_id is not null
    and w.written_at >= k.as_of_at - interval {_DAYS} day
qualify row_number() over (
    partition by w.person_id order by w.written_at desc, w.text_kind, w.text_id
) = 1
"""

_MODELS = """
select
    language, model_name, text_count, judged_count, accuracy, macro_f1, reason_code, is_used
from feedback.review_models
order by language, model_name desc
"""

_LEFT_OUT = """
select text_kind, reason, text_count
from feedback.feedback_left_out
where source_name = $source and reason <> 'counted'
order by text_kind, reason
"""

_OF_NO_CATEGORY = """
select count(*) as reviews
from feedback.review_sentiment as s
left join core.products as p on s.source_name = p.source_name and s.product_id = p.product_id
where s.source_name = $source and p.category is null
"""

_CONTRADICTING = """
select
    count(*) filter (is_contradicting) as contradicting,
    count(*) filter (model_used in ('text', 'vectors', 'emoji') and rating is not null) as judged
from feedback.review_sentiment
where source_name = $source
"""


@dataclass(frozen=True)
class Place:
    """Of which texts a part tells: the shop's source, and all or those of one category."""

    source: str
    level: str
    value: str


def choose_source(published: Published) -> str:
    """Return the source with the most texts, or of several the one that is chosen."""
    sources = published.ask(_SOURCES).frame["source_name"].tolist()
    if len(sources) < 2:
        return str(sources[0])
    return str(choices.one(say("axis.source"), sources, key="feedback-source"))


def choose_place(published: Published, source: str) -> Place:
    """Let one of the categories of which something is told be chosen; at first all."""
    categories = published.ask(_CATEGORIES, source=source).frame["level_value"].tolist()
    if not categories:
        return Place(source, "all", "all")
    # Nothing that a shop may call a category: an empty name lands as none.
    chosen = choices.one(
        say("feedback.category"), ["", *categories], key="feedback-category",
        write=lambda name: name or say("feedback.all"),
    )  # fmt: skip
    return Place(source, "category", chosen) if chosen else Place(source, "all", "all")


def answer(published: Published, source: str) -> None:
    """Say of which themes more was written than before, or that nothing rose."""
    alerts = [row for row in open_alerts(published) if row["source_name"] == source]
    if alerts:
        rising = say("feedback.rising", count=figures.count(len(alerts)))
        layout.headline(rising, say("feedback.rose"), say("feedback.rose_why"))
        for row in alerts:
            layout.remark(sentence(row))
    elif published.ask(_TESTED, source=source).frame["tested"][0]:
        layout.headline(say("feedback.nothing"), "", say("feedback.nothing_why"))
    else:
        layout.headline(say("feedback.untold"), "", say("feedback.untold_why"))


def rose_before(published: Published, source: str) -> None:
    """List what rose in the last twelve months and is over, so that a season is known again."""
    found = published.ask(_ROSE, source=source)
    if found.frame.empty:
        return
    layout.caption(say("feedback.rose_before"))
    column = layout.Column
    layout.table(
        "feedback_rose",
        found,
        [
            column("theme", say("feedback.theme"), write_row=theme_of,
                   is_text=True),
            column("period_start", say("feedback.when"), is_text=True,
                   write_row=lambda row: figures.period(row["grain"], row["period_start"])),
            column("mention_count", say("feedback.mentions"), figures.count),
            column("mention_share", say("feedback.share"), figures.percent),
            column("share_before", say("feedback.share_before"), figures.percent),
        ],
        "feedback.feedback_alerts",
        limit=10,
    )  # fmt: skip


def candidates(published: Published, source: str) -> None:
    """Name the words of texts that speak of no theme: a person may make a theme of them."""
    for row in layout.rows(published.ask(_CANDIDATES, source=source).frame.head(3)):
        layout.caption(
            say("feedback.candidate", words=row["words"], texts=figures.count(row["text_count"]),
                share=figures.percent(row["text_share"], 0),
                language=name_of("text_language", row["language"]))
        )  # fmt: skip


def answer_whom(published: Published, source: str) -> None:
    """Say how many people wait for an answer."""
    (row,) = layout.rows(published.ask(_WHOM, source=source).frame)
    if row["texts"]:
        layout.remark(
            say("feedback.answer_whom", people=figures.people(row["people"]),
                texts=figures.count(row["texts"]), days=_DAYS)
        )  # fmt: skip
    else:
        layout.remark(say("feedback.answer_nobody", days=_DAYS))


def to_answer(published: Published, source: str) -> None:
    """List who wrote something negative of late, the newest first."""
    (row,) = layout.rows(published.ask(_WHOM, source=source).frame)
    if not row["people"]:
        layout.notice(say("feedback.answer_nobody", days=_DAYS), say("feedback.answer_remedy"))
        return
    column = layout.Column
    people.listed(
        "feedback_people", published, _TO_ANSWER,
        "feedback.review_sentiment", "feedback.support_messages", "core.reviews",
        order="written_at desc", limit=_SHOWN,
        extra=[
            column("said", say("feedback.text"), write_row=_said, is_long=True,
                   quoted="text_language"),
            column("written_on", say("feedback.written"), figures.day, is_text=True),
        ],
        source=source,
    )  # fmt: skip
    if row["of_nobody"]:
        layout.caption(say("feedback.of_nobody", texts=figures.count(row["of_nobody"])))


def judged(published: Published, source: str) -> None:
    """Say which model read each language and how well, and what was left out."""
    column = layout.Column
    layout.table(
        "feedback_models",
        published.ask(_MODELS),
        [
            column("language", say("feedback.language"), lambda v: name_of("text_language", v),
                   is_text=True),
            column("model_name", say("feedback.model"), lambda v: name_of("text_model", v),
                   is_text=True),
            column("text_count", say("feedback.rated"), figures.count),
            column("judged_count", say("feedback.judged_texts"), figures.count),
            column("accuracy", say("feedback.right"), lambda v: figures.percent(v, 0)),
            column("macro_f1", say("feedback.macro_f1"), lambda v: figures.decimal(v, 2),
                   is_minor=True),
            column("reason_code", say("feedback.why_not"), is_long=True,
                   write=lambda v: name_of("text_model_reason", v)),
        ],
        "feedback.review_models",
        marked="is_used",
    )  # fmt: skip
    (row,) = layout.rows(published.ask(_CONTRADICTING, source=source).frame)
    layout.caption(
        say("feedback.contradicting", count=figures.count(row["contradicting"]),
            judged=figures.count(row["judged"]))
    )  # fmt: skip
    ((reviews,),) = published.ask(_OF_NO_CATEGORY, source=source).frame.to_numpy()
    if reviews:
        layout.caption(say("feedback.of_no_category", count=figures.count(reviews)))
    for left in layout.rows(published.ask(_LEFT_OUT, source=source).frame):
        layout.caption(
            say(f"feedback.left_out_{left['reason']}", count=figures.count(left["text_count"]),
                kind=name_of("text_kinds", left["text_kind"]))
        )  # fmt: skip


def _said(row: dict[Hashable, Any]) -> str:
    """Say what somebody wrote: their words, or what a message is about."""
    if not figures.is_nothing(row["text_language"]):
        return str(row["said"])
    themes = str(row["said"]).split(",")
    named = say("feedback.comma").join(name_of("theme", theme) for theme in themes)
    return say("feedback.message_about", themes=named)
