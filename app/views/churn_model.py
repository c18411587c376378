"""Churn model: how well each classifier foresaw, on what it had not seen."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.parts import drift
from app.published import Answer, Published
from app.registry import Page

# Nights between fits apply the last one to the people of their own day.
_FIT = """
select max(fitted_as_of_date) as fitted_date, cast(max(as_of_at) as date) as as_of_date
from churn.churn_model_comparison
cross join core.clock
"""

_EVALUATION = """
select
    classifier, is_champion, is_calibrated, customer_count, prevalence,
    roc_auc, roc_auc_low, roc_auc_high, log_loss, log_loss_low, log_loss_high, brier,
    pr_auc_churn, pr_auc_buy, precision, recall, f1, accuracy, threshold,
    lift_10_churn, lift_10_buy, horizon_days, cut_off_date
from churn.churn_evaluation
where split = $split
order by roc_auc desc, classifier
"""

_CHAMPION = """
select
    classifier, is_champion, reason, validation_log_loss, gap_to_best, gap_standard_error,
    test_log_loss, test_log_loss_regret, test_roc_auc, test_roc_auc_regret,
    reason_code, is_best_on_validation
from churn.churn_champion
order by validation_log_loss, classifier
"""

_CURVE = """
select
    curves.classifier, x, y, low, high, customer_count
from churn.churn_curves as curves
where split = 'test' and curve = $curve and outcome = 'churn' and classifier = $classifier
order by x, point_number
"""

_BACKTEST = """
select
    classifier, cut_off_date, customer_count, prevalence, mean_probability, roc_auc, log_loss
from churn.churn_backtest
order by cut_off_date, classifier
"""

_DRIVERS = """
select
    family, feature, direction, driver_rank, share_of_total, is_stable
from churn.churn_drivers
where classifier = $classifier
order by driver_rank
"""

_FAIRNESS = """
select
    segment, customer_count, prevalence, prevalence_low, prevalence_high, mean_probability,
    selection_rate, selection_rate_low, selection_rate_high,
    false_positive_rate, false_positive_rate_low, false_positive_rate_high,
    false_negative_rate, false_negative_rate_low, false_negative_rate_high, roc_auc
from churn.churn_evaluation_by_segment
where classifier = $classifier and segment_kind = $kind
order by customer_count desc, segment
"""


def _render(published: Published) -> None:
    split = choices.few(
        say("churn_model.choose_split"), ["test", "validation"], key="churn-model-split",
        write=lambda v: name_of("split", v),
    )  # fmt: skip
    evaluation = published.ask(_EVALUATION, split=split)
    if evaluation.frame.empty:
        layout.notice(say("churn_model.empty"), say("churn_model.remedy"))
        return
    if published.has("churn.churn_model_comparison", "fitted_as_of_date"):
        _age(published.ask(_FIT))
    _evaluation(evaluation)
    champion = next(iter(evaluation.frame.query("is_champion")["classifier"]), None)
    if _stands(published, "churn.churn_champion"):
        layout.section(say("churn_model.champion"), say("churn_model.champion_note"))
        _champion(published.ask(_CHAMPION))
    if champion is not None:
        _of_the_champion(published, str(champion))
    if _stands(published, "churn.churn_backtest"):
        layout.section(say("churn_model.backtest"), say("churn_model.backtest_note"))
        _backtest(published.ask(_BACKTEST))
    if _stands(published, "churn.churn_drift"):
        layout.section(say("churn_model.drift"), say("churn_model.drift_note"))
        drift.show(published, _stands(published, "churn.churn_drivers"))


def _age(answer: Answer) -> None:
    fit = answer.frame.iloc[0]
    if fit["fitted_date"] < fit["as_of_date"]:
        fitted, today = (figures.day(fit[column]) for column in ("fitted_date", "as_of_date"))
        layout.caption(say("churn_model.fitted", fitted=fitted, today=today))


def _of_the_champion(published: Published, champion: str) -> None:
    if _stands(published, "churn.churn_curves"):
        calibration = published.ask(_CURVE, curve="calibration", classifier=champion)
        if not calibration.frame.empty:
            layout.section(say("churn_model.calibration"), say("churn_model.calibration_note"))
            drawing = charts.against_diagonal(
                calibration.frame, "x", "y", "low", "high",
                x_title=say("axis.predicted"), y_title=say("axis.happened"),
            )  # fmt: skip
            layout.chart("churn_calibration", drawing, calibration, "churn.churn_curves")
    if _stands(published, "churn.churn_drivers"):
        drivers = published.ask(_DRIVERS, classifier=champion)
        if not drivers.frame.empty:
            layout.section(say("churn_model.drivers"), say("churn_model.drivers_note"))
            _drivers(drivers)
    if _stands(published, "churn.churn_evaluation_by_segment"):
        layout.section(say("churn_model.fairness"), say("churn_model.fairness_note"))
        _fairness(published, champion)


def _stands(published: Published, mart: str) -> bool:
    return published.has(mart) and not published.is_empty(mart)


def _evaluation(answer: Answer) -> None:
    first = answer.frame.iloc[0]
    layout.section(
        say("churn_model.judged"),
        say(
            "churn_model.judged_note",
            people=figures.count(first["customer_count"]),
            day=figures.day(first["cut_off_date"]),
            share=figures.percent(first["prevalence"]),
            days=figures.count(first["horizon_days"]),
        ),
    )
    frame = answer.frame.assign(name=[name_of("classifier", v) for v in answer.frame["classifier"]])
    drawing = charts.dots(
        frame, "name", "roc_auc", "roc_auc_low", "roc_auc_high", title=say("axis.roc_auc"),
        value_format=".3f", stressed="is_champion",
    )  # fmt: skip
    layout.chart("churn_evaluation_auc", drawing, answer, "churn.churn_evaluation")
    column, three, two = layout.Column, figures.decimal, lambda v: figures.decimal(v, 2)
    layout.table(
        "churn_evaluation",
        answer,
        [
            column(
                "classifier", say("axis.classifier"), lambda v: name_of("classifier", v),
                is_text=True,
            ),
            column("roc_auc", "ROC-AUC", three, interval=("roc_auc_low", "roc_auc_high")),
            column("log_loss", say("axis.log_loss"), three,
                   interval=("log_loss_low", "log_loss_high")),
            column("brier", "Brier", three),
            column("pr_auc_churn", say("axis.pr_auc_churn"), three),
            column("pr_auc_buy", say("axis.pr_auc_buy"), three),
            column("precision", say("axis.precision"), three),
            column("recall", say("axis.recall"), three),
            column("f1", "F1", three),
            column("lift_10_churn", say("axis.lift_churn"), two),
            column("lift_10_buy", say("axis.lift_buy"), two),
        ],
        "churn.churn_evaluation",
        marked="is_champion",
    )  # fmt: skip


def _verdict(row: dict[Hashable, Any], judged: pd.DataFrame) -> str:
    """Say what the mart's reason of a classifier says, in the visit's language."""
    champion, best = (
        judged[judged[column]].iloc[0] for column in ("is_champion", "is_best_on_validation")
    )
    return say(
        f"churn_model.{row['reason_code']}",
        champion=name_of("classifier", champion["classifier"]),
        best=name_of("classifier", best["classifier"]),
        lowest=figures.decimal(best["validation_log_loss"], 4),
        gap=figures.decimal(row["gap_to_best"], 4),
        error=figures.decimal(row["gap_standard_error"], 4),
    )


def _champion(answer: Answer) -> None:
    column, three = layout.Column, figures.decimal
    layout.table(
        "churn_champion",
        answer,
        [
            column(
                "classifier", say("axis.classifier"), lambda v: name_of("classifier", v),
                is_text=True,
            ),
            column("validation_log_loss", say("axis.validation_log_loss"), three),
            column("gap_to_best", say("axis.gap_to_best"), three),
            column("gap_standard_error", say("axis.standard_error"), three),
            column("test_log_loss", say("axis.test_log_loss"), three),
            column("test_log_loss_regret", say("axis.regret"), three),
            column("reason", say("axis.verdict"), is_text=True, is_long=True,
                   write_row=lambda row: _verdict(row, answer.frame)),
        ],
        "churn.churn_champion",
        marked="is_champion",
    )  # fmt: skip


def _backtest(answer: Answer) -> None:
    frame = answer.frame
    order = list(frame.groupby("classifier")["roc_auc"].mean().sort_values(ascending=False).index)
    shown = order[:4]
    frame = frame[frame["classifier"].isin(shown)]
    frame = frame.assign(name=[name_of("classifier", v) for v in frame["classifier"]])
    drawing = charts.lines(
        frame, "cut_off_date", "roc_auc", None, None, x_title=say("axis.cut_off"),
        y_title=say("axis.roc_auc"), series="name", y_format=".2f", is_date=True, from_zero=False,
    )  # fmt: skip
    layout.chart("churn_backtest", drawing, answer, "churn.churn_backtest")


def _drivers(answer: Answer) -> None:
    column = layout.Column
    layout.table(
        "churn_drivers",
        answer,
        [
            column("driver_rank", "#", figures.count),
            column("feature", say("axis.feature"), lambda v: name_of("feature", v), is_text=True),
            column("family", say("axis.family"), lambda v: name_of("family", v), is_text=True),
            column("direction", say("axis.direction"), lambda v: name_of("direction", v),
                   is_text=True),
            column("share_of_total", say("axis.share_of_total"), figures.percent),
            column("is_stable", say("axis.is_stable"),
                   lambda v: say("app.yes") if v else say("app.no"), is_text=True),
        ],
        "churn.churn_drivers",
        limit=12,
    )  # fmt: skip


@by_itself
def _fairness(published: Published, champion: str) -> None:
    kinds = published.ask(
        "select distinct segment_kind from churn.churn_evaluation_by_segment "
        "where segment_kind <> 'all' order by all"
    ).frame["segment_kind"]
    if kinds.empty:
        return
    kind = choices.one(
        say("churn_model.choose_kind"), list(kinds), key="churn-model-kind",
        write=lambda v: name_of("segment_kind", v),
    )  # fmt: skip
    answer = published.ask(_FAIRNESS, classifier=champion, kind=kind)

    def whole(value: object) -> str:
        return figures.percent(value, 0)

    column = layout.Column
    layout.table(
        "churn_fairness",
        answer,
        [
            column("segment", say("axis.group"), lambda v: name_of("group", v), is_text=True),
            column("customer_count", say("unit.people"), figures.count),
            column("mean_probability", say("axis.predicted"), whole),
            *(
                column(name, say(f"axis.{word}"), whole, interval=(f"{name}_low", f"{name}_high"))
                for name, word in (
                    ("prevalence", "happened"),
                    ("selection_rate", "selected"),
                    ("false_positive_rate", "false_alarms"),
                    ("false_negative_rate", "missed"),
                )
            ),
        ],
        "churn.churn_evaluation_by_segment",
    )


PAGE = Page(
    name="churn_model", order=45, room="churn", needs=("churn.churn_evaluation",), render=_render
)
