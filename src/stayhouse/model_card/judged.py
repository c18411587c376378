"""Sections on how well the model foresees: comparison, calibration, lift, ROC, past cut-offs."""

import duckdb

from stayhouse.model_card.figures import Series, percent, plot
from stayhouse.model_card.markup import (
    Row,
    figure,
    interval,
    number,
    paragraph,
    plain,
    rows_of,
    share,
    span_of,
    table,
)

# The simplest of all stands beside the champion, so that a reader sees what the rest is worth.
_YARDSTICK = "recency"
_TENTHS = [place / 10 for place in range(0, 11, 2)]


def line_up(con: duckdb.DuckDBPyConnection) -> str:
    """Every classifier's numbers, and by which of them the champion was chosen."""
    judged = rows_of(
        con,
        "select * from churn.churn_evaluation where split = 'test' order by log_loss, classifier",
    )
    first = judged[0]
    columns = [
        "classifier", "ROC-AUC", "log loss", "Brier", "lift 10%, churn", "lift 10%, buy",
        "precision", "recall", "F1", "threshold", "calibrated",
    ]  # fmt: skip
    cells = [
        [
            plain(row["classifier"]),
            interval(row["roc_auc"], row["roc_auc_low"], row["roc_auc_high"]),
            interval(row["log_loss"], row["log_loss_low"], row["log_loss_high"]),
            number(row["brier"]),
            *(
                number(row[name], 2)
                for name in (
                    "lift_10_churn", "lift_10_buy", "precision", "recall", "f1", "threshold",
                )
            ),
            "yes" if row["is_calibrated"] else "no",
        ]
        for row in judged
    ]  # fmt: skip
    return paragraph(
        f"Judged once, on {first['customer_count']:,} customers as they were known on "
        f"{first['cut_off_date']:%Y-%m-%d}; {share(first['prevalence'])} of them did not order "
        f"in the {first['horizon_days']} days that followed. Nothing was chosen on these "
        "numbers. Intervals are of 95 %, by a bootstrap over customers; the threshold is the "
        "one of the best F1 on validation."
    ) + table(columns, cells, [bool(row["is_champion"]) for row in judged])


def champion(con: duckdb.DuckDBPyConnection) -> str:
    """The rule that chose, with its numbers, and what the choice cost."""
    competing = rows_of(
        con, "select * from churn.churn_champion order by validation_log_loss, classifier"
    )
    columns = [
        "classifier", "log loss on validation", "above the lowest", "standard error",
        "log loss on test", "regret on test", "why",
    ]  # fmt: skip
    cells = [
        [
            plain(row["classifier"]),
            *(
                number(row[name], 4)
                for name in (
                    "validation_log_loss", "gap_to_best", "gap_standard_error", "test_log_loss",
                    "test_log_loss_regret",
                )
            ),
            row["reason"],
        ]
        for row in competing
    ]  # fmt: skip
    return paragraph(
        "The rule: the lowest log loss on the validation cut-off, unless a simpler classifier "
        "is within one standard error of it (paired, by a bootstrap over customers). The "
        "regret is what the choice cost on test, against the classifier that proved best."
    ) + table(columns, cells, [bool(row["is_champion"]) for row in competing], texts=[6])


def calibration(con: duckdb.DuckDBPyConnection) -> str:
    """Whether .7 means seven in ten."""
    deciles = rows_of(con, _curve("calibration", "churn"))
    outside = [row for row in deciles if not row["low"] <= row["x"] <= row["high"]]
    told = (
        f"In {len(outside)} of {len(deciles)} tenths of the customers the predicted share lies "
        "outside of the interval around what happened."
        if outside
        else "In every tenth of the customers the predicted share lies within the interval around "
        "what happened."
    )
    picture = plot(
        "Predicted and actual share of churn by tenth of the customers, on test",
        [
            Series("as predicted", [(0, 0), (1, 1)], "guide"),
            Series(
                "what happened, with 95 % intervals",
                [(row["x"], row["y"]) for row in deciles],
                "a",
                [(row["low"], row["high"]) for row in deciles],
                has_marks=True,
            ),
        ],
        "mean predicted probability of churn",
        "share that churned",
        _TENTHS,
        _TENTHS,
    )
    cells = [
        [
            row["point_number"], f"{row['customer_count']:,}", share(row["x"]),
            span_of(row["y"], row["low"], row["high"]),
        ]
        for row in deciles
    ]  # fmt: skip
    return (
        paragraph(told)
        + '<div class="pictures">'
        + figure("Calibration of the champion, by tenth of the customers", picture)
        + table(["tenth", "customers", "predicted", "happened"], cells)
        + "</div>"
    )


def ranking(con: duckdb.DuckDBPyConnection) -> str:
    """How well it puts customers in order: lift and ROC."""
    return f'<div class="pictures">{_lift(con)}{_roc(con)}</div>'


def _lift(con: duckdb.DuckDBPyConnection) -> str:
    """What contacting the surest is worth."""
    churn = rows_of(con, _curve("lift", "churn"))
    buy = rows_of(con, _curve("lift", "buy"))
    highest = max(row["y"] for row in churn + buy)
    ticks = [float(tick) for tick in range(0, int(highest) + 2)]
    picture = plot(
        "How many times denser churners and buyers are among the surest customers, on test",
        [
            Series("chance", [(0, 1), (1, 1)], "guide"),
            Series("buyers, safest first", [(r["x"], r["y"]) for r in buy], "b", has_marks=True),
            Series(
                "churners, riskiest first", [(r["x"], r["y"]) for r in churn], "a", has_marks=True
            ),
        ],
        "share of customers, the surest first",
        "times as dense as overall",
        _TENTHS,
        ticks,
        y_format=lambda value: f"{value:.0f}x",
    )
    return figure("Lift of the champion, by share of customers", picture)


def _roc(con: duckdb.DuckDBPyConnection) -> str:
    """The champion beside recency alone."""
    lines = [Series("chance", [(0, 0), (1, 1)], "guide")]
    yardstick = rows_of(con, _curve("roc", "churn", f"c.classifier = '{_YARDSTICK}'"))
    chosen = rows_of(con, _curve("roc", "churn"))
    if yardstick and chosen and chosen[0]["classifier"] != _YARDSTICK:
        lines.append(Series("recency alone", [(r["x"], r["y"]) for r in yardstick], "b"))
    lines.append(Series("champion", [(row["x"], row["y"]) for row in chosen], "a"))
    picture = plot(
        "ROC curve of the champion on test",
        lines,
        "share of buyers taken for churners",
        "share of churners found",
        _TENTHS,
        _TENTHS,
    )
    return figure("ROC of the champion, and of recency alone", picture)


def backtest(con: duckdb.DuckDBPyConnection) -> str:
    """The same classifier at every past cut-off, fitted on what was known by then."""
    past = rows_of(
        con,
        """
        select b.*
        from churn.churn_backtest as b
        inner join churn.churn_champion as c on b.classifier = c.classifier and c.is_champion
        order by b.cut_off_date
        """,
    )
    if not past:
        return paragraph("The champion's kind is not fitted anew at past cut-offs.", "missing")
    columns = [
        "cut-off", "customers", "training rows", "ROC-AUC", "log loss", "predicted", "happened",
        "difference",
    ]  # fmt: skip
    cells = [
        [
            f"{row['cut_off_date']:%Y-%m-%d}",
            f"{row['customer_count']:,}",
            f"{row['training_row_count']:,}",
            number(row["roc_auc"]),
            number(row["log_loss"]),
            share(row["mean_probability"]),
            share(row["prevalence"]),
            f"{100 * row['calibration_gap']:+.1f} points",
        ]
        for row in past
    ]
    told = paragraph(
        f"The {plain(past[0]['classifier'])}, fitted at each past cut-off on what was known by "
        "then, before any calibration: what to expect as seasons change and history grows."
    )
    if len(past) < 3:
        return told + table(columns, cells)
    numbers = [float(place) for place in range(len(past))]
    dates = [f"{row['cut_off_date']:%y-%m}" for row in past]
    step = max(1, (len(past) + 5) // 6)
    ticks = [n for n in numbers if int(n) % step == 0 or n == numbers[-1]]
    picture = plot(
        "Predicted and actual share of churn at each past cut-off",
        [
            Series("happened", [(n, row["prevalence"]) for n, row in _pairs(past)], "b", (), True),
            Series(
                "predicted",
                [(n, row["mean_probability"]) for n, row in _pairs(past)],
                "a",
                (),
                True,
            ),
        ],
        "cut-off (year, month)",
        "share that churned",
        ticks,
        _TENTHS,
        x_format=lambda value: dates[int(value)],
        y_format=percent,
    )
    return told + figure("Churn as predicted, and as it came", picture) + table(columns, cells)


def _pairs(past: list[Row]) -> list[tuple[float, Row]]:
    return [(float(place), row) for place, row in enumerate(past)]


def _curve(curve: str, outcome: str, who: str = "e.is_champion") -> str:
    return f"""
        select c.*
        from churn.churn_curves as c
        inner join churn.churn_evaluation as e
            on c.classifier = e.classifier and c.split = e.split
        where c.split = 'test' and c.curve = '{curve}' and c.outcome = '{outcome}' and {who}
        order by c.point_number
    """
