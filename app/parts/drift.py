"""Whether the champion is asked about people unlike those it learned from.

Features that move as time passes, whatever people do, are named in the YAML of
features.customer_snapshots (``moves_with_time``): their drift says nothing, and the table leaves
them to the CSV.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any

import yaml

from app import figures, layout
from app.language import FEATURES, name_of, say
from app.published import Published

# What is shown comes first: today's scores of the champion, then its features by how much they
# move them. A champion that is not explained has the weights of another that is.
_DRIFT = """
with champion as (
    select distinct classifier from churn.churn_scores where is_champion
){drivers},

placed as (
    select
        drift.*, weights.share_of_total,
        case
            when drift.compared_split <> 'today' then 3
            when drift.subject = champion.classifier then 0
            when drift.subject_kind = 'score'
                or list_contains(string_split($moving, ','), drift.subject) then 2
            else 1
        end as place
    from churn.churn_drift as drift
    cross join champion
    left join weights on drift.subject_kind = 'feature' and drift.subject = weights.feature
)

select
    subject_kind, subject, compared_split, psi, drift_band, baseline_mean, compared_mean,
    share_of_total, place < 2 as is_shown
from placed
order by place, share_of_total desc nulls last, psi desc nulls last, subject, compared_split
"""

_WEIGHTS = """,

weights as (
    select feature, share_of_total
    from churn.churn_drivers
    where share_of_total > 0 and classifier = (
        select drivers.classifier
        from churn.churn_drivers as drivers
        cross join champion
        order by drivers.classifier = champion.classifier desc, drivers.classifier
        limit 1
    )
)"""
_NO_WEIGHTS = """,

weights as (select null::varchar as feature, null::double as share_of_total where false)"""

_SHOWN = 12


def show(published: Published, has_drivers: bool) -> None:
    """Say whether scores have drifted, and show them and what matters for them."""
    answer = published.ask(
        _DRIFT.format(drivers=_WEIGHTS if has_drivers else _NO_WEIGHTS),
        moving=",".join(moves_with_time()),
    )
    shown = answer.frame[answer.frame["is_shown"]]
    scores = layout.rows(shown[shown["subject_kind"] == "score"])
    if scores:
        layout.remark(say(f"churn_model.scores_{scores[0]['drift_band']}"))
    column, three = layout.Column, figures.decimal
    layout.table(
        "churn_drift",
        answer,
        [
            column("subject", say("axis.subject"), is_text=True, write_row=_subject),
            column("share_of_total", say("axis.share_of_total"), figures.percent),
            column("psi", say("axis.psi"), three),
            column("drift_band", say("axis.drift_band"), lambda v: name_of("drift", v),
                   is_text=True),
            column("baseline_mean", say("axis.mean_then"), three),
            column("compared_mean", say("axis.mean_now"), three),
        ],
        "churn.churn_drift",
        *(["churn.churn_drivers"] if has_drivers else []),
        limit=min(len(shown), _SHOWN),
    )  # fmt: skip


@cache
def moves_with_time() -> tuple[str, ...]:
    """Return the features that move whatever people do."""
    (snapshots,) = yaml.safe_load(FEATURES.read_text(encoding="utf-8"))["models"]
    return tuple(snapshots["config"]["meta"]["moves_with_time"])


def _subject(row: dict[Hashable, Any]) -> str:
    if row["subject_kind"] == "feature":
        return name_of("feature", row["subject"])
    return say("churn_model.score_of", classifier=name_of("classifier", row["subject"]))
