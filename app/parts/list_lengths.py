"""What can be done with a risk: how long a list should be, and whose reasons it tells.

The page Churn asks (`app/views/churn.py`); what is said of the answers stands here.
"""

from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Answer


def bands_note(rules: Answer | None) -> str:
    """Say what the bands are by; `rules` as `show` reads them, if they were built."""
    if rules is None:
        return say("churn.bands_note")
    return say(f"churn.bands_by_{'capacity' if _rule(rules, 'capacity') else 'probability'}")


def show(answer: Answer, currency: str) -> None:
    """Show whom each rule would have chosen at the test cut-off, and what a list finds.

    Args:
        answer: the champion's rows of `churn.churn_thresholds`.
        currency: what net sales are in.
    """
    layout.section(say("churn.list_length"))
    row = _rule(answer, "capacity") or _rule(answer, "probability")
    if row and row["selected_count"]:
        layout.remark(
            say(
                f"churn.list_of_{row['rule_name']}",
                share=_short(row["selected_share"]),
                threshold=figures.percent(row["threshold"], 0),
                day=figures.day(row["cut_off_date"]),
                days=figures.count(row["horizon_days"]),
                precision=figures.percent(row["precision"], 0),
                prevalence=figures.percent(row["prevalence"], 0),
                recall=_short(row["recall"]),
                sales=_short(row["net_sales_share"]),
            )
        )
    column = layout.Column
    layout.table(
        "churn_thresholds",
        answer,
        [
            column("rule_name", say("axis.rule"), lambda v: name_of("rule", v), is_text=True),
            column("threshold", say("axis.from_probability"), figures.percent),
            column("selected_count", say("unit.people"), figures.count),
            column("selected_share", say("unit.of_people"), figures.percent),
            column("precision", say("axis.left_of_chosen"), figures.percent),
            column("recall", say("axis.chosen_of_left"), figures.percent),
            column("net_sales", say("unit.net_sales_so_far", currency=currency), figures.count),
            column("net_sales_share", say("axis.of_net_sales"), figures.percent),
        ],
        "churn.churn_thresholds",
        "churn.churn_evaluation",
    )


def explained(answer: Answer) -> None:
    """Say whose reasons are told, where the champion cannot be taken apart.

    Args:
        answer: `explained_classifier` and `champion`, a row for each pair of them.
    """
    for row in layout.rows(answer.frame):
        if row["explained_classifier"] != row["champion"]:
            layout.caption(
                say(
                    "churn.explained",
                    explained=name_of("classifier", row["explained_classifier"]),
                    champion=name_of("classifier", row["champion"]),
                )
            )


def _rule(answer: Answer, name: str) -> dict[str, Any] | None:
    return next((row for row in layout.rows(answer.frame) if row["rule_name"] == name), None)


def _short(share: float) -> str:
    """Write a share for a sentence: whole percents, with one decimal where they are few."""
    return figures.percent(share, 0 if figures.is_nothing(share) or share >= 0.05 else 1)
