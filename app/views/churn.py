"""Churn: who is about to leave, why, and whether the model may be asked at all."""

from typing import Any

import streamlit as st

from app import charts, choices, figures, layout, people
from app.fragments import by_itself
from app.language import name_of, say
from app.palette import RISK
from app.parts import list_lengths
from app.published import Answer, Published
from app.registry import Page

_READINESS = """
select
    is_ready, reason_code, horizon_days, buyer_count, required_buyer_count, history_days,
    required_history_days, as_of_date
from churn.churn_readiness
"""

_CHAMPION = """
select
    scores.classifier, scores.horizon_days, scores.as_of_date,
    test.roc_auc, test.roc_auc_low, test.roc_auc_high, test.prevalence, test.lift_10_churn
from (select distinct classifier, horizon_days, as_of_date from churn.churn_scores
    where is_champion) as scores
left join churn.churn_evaluation as test
    on scores.classifier = test.classifier and test.split = 'test'
"""

_BANDS = """
select
    risk_band,
    count(*) as people_count,
    count(*) / sum(count(*)) over () as people_share,
    coalesce(sum(rfm.net_sales), 0)::double as net_sales
from churn.churn_scores as scores
left join segments.rfm_segments as rfm on scores.person_id = rfm.person_id
where is_champion
group by risk_band
order by min(churn_probability) desc
"""

_DISTRIBUTION = """
select
    least(floor(churn_probability * 20), 19) / 20 as probability_from,
    risk_band,
    count(*) as people_count
from churn.churn_scores
where is_champion
group by all
order by all
"""

_THRESHOLDS = """
select
    rules.rule_name, rules.threshold, rules.selected_count, rules.selected_share, rules.precision,
    rules.recall, rules.net_sales::double as net_sales, rules.net_sales_share,
    test.prevalence, rules.horizon_days, rules.cut_off_date
from churn.churn_thresholds as rules
inner join churn.churn_evaluation as test
    on rules.classifier = test.classifier and test.split = 'test'
where rules.is_champion
order by rules.selected_count, rules.rule_name
"""

_EXPLAINED = """
select distinct explained_classifier, scores.classifier as champion
from churn.churn_reasons
cross join (select distinct classifier from churn.churn_scores where is_champion) as scores
"""

# $bands and $segments are lists of names with commas; none means all.
_PEOPLE = """
select
    scores.person_id, scores.risk_band, rfm.order_count, scores.churn_probability as probability,
    scores.churn_probability * rfm.net_sales as at_stake
from churn.churn_scores as scores
left join segments.rfm_segments as rfm on scores.person_id = rfm.person_id
where scores.is_champion
    and ($bands = '' or list_contains(string_split($bands, ','), scores.risk_band))
    and ($segments = '' or list_contains(string_split($segments, ','), rfm.segment))
"""

_SEGMENTS = "select distinct segment from segments.rfm_segments order by segment"

_ORDERS = ("at_stake", "probability")
_BAND_ORDER = ("high", "medium", "low")


def _render(published: Published) -> None:
    readiness = layout.rows(published.ask(_READINESS).frame)[0]
    if not readiness["is_ready"]:
        layout.notice(
            say("churn.not_ready", reason=_why_not(readiness)),
            say(
                "churn.not_ready_remedy",
                buyers=figures.count(readiness["buyer_count"]),
                required_buyers=figures.count(readiness["required_buyer_count"]),
                days=figures.count(readiness["history_days"]),
                required_days=figures.count(readiness["required_history_days"]),
            ),
        )
        return
    if published.is_empty("churn.churn_scores"):
        layout.notice(say("churn.no_scores"), say("churn.no_scores_remedy"))
        return
    thresholds = None
    if published.has("churn.churn_thresholds") and not published.is_empty("churn.churn_thresholds"):
        thresholds = published.ask(_THRESHOLDS)
    currency = layout.currency(published)
    # Whom to write to is what people come for; how far to trust it follows.
    layout.section(say("churn.who"), say("churn.who_note"))
    if published.has("churn.churn_reasons", "explained_classifier"):
        list_lengths.explained(published.ask(_EXPLAINED))
    _people(published)
    if thresholds is not None:
        list_lengths.show(thresholds, currency)
    layout.section(say("churn.bands"), list_lengths.bands_note(thresholds))
    _distribution(published.ask(_DISTRIBUTION))
    _bands(published.ask(_BANDS), currency)
    layout.section(say("churn.trust"))
    _champion(published.ask(_CHAMPION))


def _why_not(readiness: dict[str, Any]) -> str:
    code = str(readiness["reason_code"])
    # One code for each split that may have met the same end.
    split = code.removeprefix("one_sided_")
    return say(
        f"churn.{code if split == code else 'one_sided'}",
        split=name_of("split", split),
        **{
            word: figures.count(readiness[name])
            for word, name in (
                ("buyers", "buyer_count"),
                ("required_buyers", "required_buyer_count"),
                ("days", "history_days"),
                ("required_days", "required_history_days"),
                ("horizon", "horizon_days"),
            )
        },
    )


def _champion(answer: Answer) -> None:
    row = layout.rows(answer.frame)[0]
    layout.cards(
        [
            (
                say("churn.horizon"),
                say("unit.days", count=figures.count(row["horizon_days"])),
                say("churn.scored", day=figures.day(row["as_of_date"])),
            ),
            (say("churn.champion"), name_of("classifier", row["classifier"]), say("churn.chosen")),
            (
                say("churn.auc"),
                figures.decimal(row["roc_auc"]),
                f"{figures.decimal(row['roc_auc_low'])} – {figures.decimal(row['roc_auc_high'])}",
            ),
            (
                say("churn.lift"),
                f"{figures.decimal(row['lift_10_churn'], 2)} ×",
                say("churn.base_rate", share=figures.percent(row["prevalence"])),
            ),
        ]
    )
    layout.computed("churn_champion_card", answer, "churn.churn_scores", "churn.churn_evaluation")


def _distribution(answer: Answer) -> None:
    names = [name_of("band", band) for band in _BAND_ORDER]
    frame = answer.frame.assign(
        name=[name_of("band", v) for v in answer.frame["risk_band"]],
        probability_to=answer.frame["probability_from"] + 0.05,
    )
    drawing = charts.histogram(
        frame, "probability_from", "probability_to", "people_count", "name", names=names,
        fixed={name_of("band", k): colour for k, colour in RISK.items()},
        x_title=say("axis.churn_probability"), y_title=say("unit.people"),
    )  # fmt: skip
    layout.chart("churn_distribution", drawing, answer, "churn.churn_scores")


def _bands(answer: Answer, currency: str) -> None:
    column = layout.Column
    layout.table(
        "churn_bands",
        answer,
        [
            column("risk_band", say("axis.band"), lambda v: name_of("band", v), is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("people_share", say("unit.of_people"), figures.percent),
            column("net_sales", say("unit.net_sales_so_far", currency=currency), figures.count),
        ],
        "churn.churn_scores",
        "segments.rfm_segments",
    )


@by_itself
def _people(published: Published) -> None:
    first, second, third = st.columns([2, 2, 2])
    with first:
        bands = choices.some(
            say("churn.choose_band"), _BAND_ORDER, key="churn-band", default=["high"],
            write=lambda v: name_of("band", v),
        )  # fmt: skip
    with second:
        segments = choices.some(
            say("churn.choose_segment"), list(published.ask(_SEGMENTS).frame["segment"]),
            key="churn-segment", write=lambda v: name_of("segment", v),
        )  # fmt: skip
    with third:
        order = choices.one(
            say("churn.choose_order"), _ORDERS, key="churn-order",
            write=lambda v: say(f"churn.by_{v}"),
        )  # fmt: skip
    column = layout.Column
    people.listed(
        "churn_people",
        published,
        _PEOPLE,
        "churn.churn_scores",
        "segments.rfm_segments",
        order=f"{order} desc nulls last",
        bands=",".join(bands),
        segments=",".join(segments),
        extra=[
            column(
                "risk_band",
                say("axis.band"),
                lambda v: name_of("band", v),
                is_text=True,
                is_minor=True,
            ),
            column("order_count", say("unit.orders"), figures.count, is_minor=True),
        ],
    )


PAGE = Page(
    name="churn",
    order=40,
    room="churn",
    needs=("churn.churn_readiness", "churn.churn_scores", "churn.churn_evaluation",
           "segments.rfm_segments"),
    render=_render,
)  # fmt: skip
