"""How good each way to recommend would have been, and what that says about a mail."""

from dataclasses import dataclass
from typing import Any

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

_KINDS = ("discovery", "buy_again")
_PEOPLE = ("all", "known", "new")
_BASELINE = "popular_30d"
# All that somebody had bought, told beside what is bought again. It decides nothing: whoever bought
# few products finds all of them in a list of ten.
_ALL_OWN = "own_popular"
# Of less than so many of a hundred the next digit says something.
_SMALL = 0.05

_HELD = """
select list_kind, people
from recommendations.recommendation_evaluation
where split = 'test'
group by list_kind, people
"""

_RECORD = """
select
    model_name, reason_code, people_count, factor_count, recall, recall_low, recall_high, ndcg,
    ndcg_low, ndcg_high, map, map_low, map_high, hit, hit_low, hit_high, novelty, novelty_low,
    novelty_high, coverage, is_served
from recommendations.recommendation_evaluation
where split = 'test' and list_kind = $list_kind and people = $people
order by recall desc nulls last, model_name
"""

_WHO = """
select
    count(distinct person_id) as people,
    count(distinct person_id) filter (may_be_contacted) as contacted,
    count(distinct person_id) filter (list_kind = 'buy_again') as again,
    count(distinct person_id) filter (list_kind = 'buy_again' and may_be_contacted)
        as again_contacted
from recommendations.product_recommendations
"""


@dataclass(frozen=True)
class _Outcome:
    """What the record says of the lists that are served: a code, theirs and their rival's row."""

    code: str
    served: dict[str, Any]
    rival: dict[str, Any]


def answered(published: Published) -> None:
    """Say whether lists beat what everybody buys, and what that decides."""
    found = _outcome(published, "discovery")
    if found.code == "untold":
        layout.headline(say("recommendations.untold"), "", say("recommendations.untold_why"))
    else:
        told = _shares(found)
        note = "found_popular" if found.code == "none" else "found"
        people = figures.people(found.served["people_count"])
        layout.headline(
            say(f"recommendations.{found.code}"),
            say(f"recommendations.{note}", **told),
            say(f"recommendations.{found.code}_why", people=people, **told),
        )
    (who,) = layout.rows(published.ask(_WHO).frame)
    layout.remark(say(f"recommendations.do_{found.code}"))
    layout.remark(
        say("recommendations.whom", people=figures.people(who["people"]),
            contacted=figures.count(who["contacted"]),
            others=figures.count(who["people"] - who["contacted"]))
    )  # fmt: skip
    again = _outcome(published, "buy_again")
    if who["again"] and again.code != "untold":
        layout.remark(
            say("recommendations.again", people=figures.people(who["again"]),
                contacted=figures.count(who["again_contacted"]),
                beside=_beside(published),
                decision=say(f"recommendations.again_{again.code}"), **_shares(again))
        )  # fmt: skip


@by_itself
def show(published: Published) -> None:
    """Show every way to recommend beside what everybody buys."""
    held = {(row["list_kind"], row["people"]) for row in layout.rows(published.ask(_HELD).frame)}
    kinds = [kind for kind in _KINDS if any(kind == k for k, _ in held)]
    if not kinds:
        layout.notice(say("recommendations.untold"), say("recommendations.untold_why"))
        return
    kind = choices.few(
        say("recommendations.list"), kinds, key="recommendations-list",
        write=lambda v: name_of("recommendation_list", v),
    )  # fmt: skip
    people = choices.few(
        say("recommendations.people"), [p for p in _PEOPLE if (kind, p) in held],
        key="recommendations-people", write=lambda v: name_of("recommendation_people", v),
    )  # fmt: skip
    answer = published.ask(_RECORD, list_kind=kind, people=people)
    rows = layout.rows(answer.frame)
    told = [row for row in rows if row["recall"] is not None]
    if told:
        layout.caption(say(f"recommendations.judged_{kind}",
                           people=figures.people(told[0]["people_count"])))  # fmt: skip
        _draw(answer, told)
    else:
        layout.notice(say("recommendations.untold"), say("recommendations.untold_why"))
    column = layout.Column
    layout.table(
        "recommendations_record",
        answer,
        [
            column("model_name", say("recommendations.way"), is_long=True,
                   write=lambda v: name_of("recommendation_model", v)),
            column("recall", say("recommendations.recall"), figures.percent,
                   interval=("recall_low", "recall_high")),
            column("hit", say("recommendations.hit"), figures.percent),
            column("coverage", say("recommendations.coverage"), lambda v: figures.percent(v, 0)),
            column("novelty", say("recommendations.novelty"), lambda v: figures.decimal(v, 1),
                   is_minor=True),
            column("ndcg", say("recommendations.ndcg"), figures.decimal, is_minor=True),
            column("map", say("recommendations.map"), figures.decimal, is_minor=True),
        ],
        "recommendations.recommendation_evaluation",
        marked="is_served",
    )  # fmt: skip
    for row in rows:
        if row["recall"] is None:
            layout.caption(
                say("recommendations.no_figure",
                    way=name_of("recommendation_model", row["model_name"]),
                    why=name_of("recommendation_untold", row["reason_code"]))
            )  # fmt: skip


def _draw(answer: Any, told: list[dict[str, Any]]) -> None:
    frame = answer.frame[answer.frame["recall"].notna()]
    frame = frame.assign(model=[name_of("recommendation_model", row["model_name"]) for row in told])
    popular = [row["recall"] for row in told if row["model_name"] == _BASELINE]
    drawing = charts.dots(
        frame[["model", "recall", "recall_low", "recall_high", "is_served"]],
        "model", "recall", "recall_low", "recall_high", title=say("recommendations.recall"),
        rule=popular[0] if popular else None, stressed="is_served", from_zero=True,
    )  # fmt: skip
    layout.chart("recommendations_recall", drawing, answer,
                 "recommendations.recommendation_evaluation")  # fmt: skip


def _outcome(published: Published, list_kind: str) -> _Outcome:
    rows = layout.rows(published.ask(_RECORD, list_kind=list_kind, people="all").frame)
    served = next((row for row in rows if row["is_served"]), {})
    rival = next((row for row in rows if row["model_name"] == _BASELINE), {})
    if served.get("recall") is None or rival.get("recall") is None:
        code = "untold"
    elif served["model_name"] == _BASELINE:
        code = "none"
    elif served["recall"] <= rival["recall"]:
        code = "gone"
    else:
        code = "better" if served["recall_low"] > rival["recall_high"] else "likely"
    return _Outcome(code, served, rival)


def _beside(published: Published) -> str:
    rows = layout.rows(published.ask(_RECORD, list_kind="buy_again", people="all").frame)
    own = next((row["recall"] for row in rows if row["model_name"] == _ALL_OWN), None)
    return "" if own is None else say("recommendations.again_beside", own=figures.percent(own, 0))


def _shares(found: _Outcome) -> dict[str, str]:
    """Write what was found as shares, all with a digit more where one is small."""
    shares = {
        "share": found.served["recall"],
        "low": found.served["recall_low"],
        "high": found.served["recall_high"],
        "popular": found.rival["recall"],
        "popular_low": found.rival["recall_low"],
        "popular_high": found.rival["recall_high"],
    }
    digits = 0 if min(shares.values()) >= _SMALL else 1
    return {name: figures.percent(share, digits) for name, share in shares.items()}
