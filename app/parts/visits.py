"""How visits go: the ways to an order and away, pages that are slow, searches that find nothing."""

from collections.abc import Hashable
from typing import Any

from app import choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

_PATHS = """
select path_kinds, path_rank, session_count, session_share
from behavior.top_paths
where goal = $goal
order by path_rank
"""

_SLOW = """
select
    page_kind, median_load_ms / 1000 as median_seconds, q95_load_ms / 1000 as q95_seconds,
    session_count, slow_session_count, slow_session_count / session_count as slow_share,
    slow_exit_rate, slow_exit_low, slow_exit_high, other_exit_rate, other_exit_low, other_exit_high
from behavior.slow_pages
where device_type = 'all'
order by session_count desc, page_kind
"""

_SEARCHES = """
select
    term, search_count, people_count, no_result_share, no_click_share, bought_after_share
from behavior.search_terms
order by term = 'rare', search_count * coalesce(no_result_share, 0) desc, search_count desc, term
"""

_SHOWN = 10


@by_itself
def paths(published: Published) -> None:
    """Show the ways that most visits take, to an order or away."""
    goal = choices.few(
        say("funnel.goal"), ("purchase", "exit"), key="funnel-goal",
        write=lambda g: say(f"funnel.goal_{g}"),
    )  # fmt: skip
    answer = published.ask(_PATHS, goal=goal)
    if answer.frame.empty:
        layout.notice(say("funnel.no_path"), say("funnel.no_path_remedy"))
        return
    column = layout.Column
    layout.table(
        "funnel_paths",
        answer,
        [
            column("path_kinds", say("funnel.path"), is_text=True, is_long=True, write_row=_way),
            column("session_count", say("funnel.sessions"), figures.count),
            column("session_share", say("funnel.share"), figures.percent),
        ],
        "behavior.top_paths",
        limit=_SHOWN,
    )


def slow_pages(published: Published) -> None:
    """Show how fast each kind of page is, and who leaves where it is slow."""
    answer = published.ask(_SLOW)
    if answer.frame.empty:
        layout.notice(say("funnel.no_load"), say("funnel.no_load_remedy"))
        return
    column = layout.Column
    layout.table(
        "funnel_slow",
        answer,
        [
            column("page_kind", say("funnel.page"), lambda v: name_of("page_kind", v),
                   is_text=True),
            column("session_count", say("funnel.sessions"), figures.count),
            column("median_seconds", say("funnel.median_seconds"), _seconds),
            column("q95_seconds", say("funnel.q95_seconds"), _seconds),
            column("slow_share", say("funnel.slow"), figures.percent),
            column("slow_exit_rate", say("funnel.slow_exit"), figures.percent,
                   interval=("slow_exit_low", "slow_exit_high")),
            column("other_exit_rate", say("funnel.other_exit"), figures.percent,
                   interval=("other_exit_low", "other_exit_high")),
        ],
        "behavior.slow_pages",
        limit=_SHOWN,
    )  # fmt: skip


def searches(published: Published) -> None:
    """Show what was searched, most of what found nothing first."""
    answer = published.ask(_SEARCHES)
    if answer.frame.empty:
        layout.notice(say("funnel.no_search"), say("funnel.no_search_remedy"))
        return
    column = layout.Column
    layout.table(
        "funnel_searches",
        answer,
        [
            column("term", say("funnel.term"), is_text=True,
                   write_row=lambda row: _term(row, published)),
            column("search_count", say("funnel.searches"), figures.count),
            column("people_count", say("unit.people"), figures.count),
            column("no_result_share", say("funnel.no_result"), figures.percent),
            column("no_click_share", say("funnel.no_click"), figures.percent),
            column("bought_after_share", say("funnel.bought_after"), figures.percent),
        ],
        "behavior.search_terms",
        limit=_SHOWN,
    )  # fmt: skip


def _way(row: dict[Hashable, Any]) -> str:
    # The mart names twenty ways to each end, and the rest as one.
    if row["path_rank"] > 20:
        return say("funnel.other_ways")
    return " → ".join(name_of("page_kind", kind) for kind in row["path_kinds"].split(" > "))


def _term(row: dict[Hashable, Any], published: Published) -> str:
    if row["term"] != "rare":
        return str(row["term"])
    return say("funnel.rare", people=figures.count(published.setting("search_min_people")))


def _seconds(value: object) -> str:
    return figures.decimal(value, 1)
