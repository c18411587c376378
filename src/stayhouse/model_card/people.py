"""Sections on whom the model is about: data, population, drivers, groups, drift."""

import duckdb

from stayhouse.model_card.figures import bars, spans
from stayhouse.model_card.markup import (
    Row,
    figure,
    number,
    paragraph,
    plain,
    points,
    rows_of,
    share,
    span_of,
    table,
)

_DRIVERS = 12
_DRIFTS = 8
_GROUPS = {"age_group": "Age", "gender": "Gender", "country": "Country"}
_SPLITS = {
    "train": "training",
    "refit": "training of the final fit",
    "validation": "validation: choices",
    "test": "test: judged once",
    "today": "today: scored",
}


def population(con: duckdb.DuckDBPyConnection) -> str:
    """Who is in it, by cut-off, and what became of them."""
    splits = rows_of(
        con,
        """
        select
            split,
            count(distinct cut_off_date) as cutoff_count,
            min(cut_off_date) as first_date,
            max(cut_off_date) as last_date,
            count(*) as row_count,
            count(distinct person_id) as person_count,
            avg(has_churned::integer) as prevalence
        from features.churn_labels
        group by split
        order by min(cut_off_date), max(cut_off_date)
        """,
    )
    cells = [
        [
            _SPLITS.get(row["split"], row["split"]),
            f"{row['cutoff_count']:,}",
            f"{row['first_date']:%Y-%m-%d}"
            + (f" to {row['last_date']:%Y-%m-%d}" if row["cutoff_count"] > 1 else ""),
            f"{row['person_count']:,}",
            f"{row['row_count']:,}",
            share(row["prevalence"]),
        ]
        for row in splits
    ]
    return paragraph(
        "A cut-off is a date at which the past is frozen: what is read of a customer was known "
        "before it. Splits are by time only; no outcome that a model was fitted on reaches into "
        "the time it is judged on."
    ) + table(["used for", "cut-offs", "dates", "customers", "rows", "churned"], cells)


def horizon(con: duckdb.DuckDBPyConnection) -> str:
    """How the horizon came about."""
    (row,) = rows_of(con, "select * from features.churn_horizon")
    if row["is_from_var"]:
        return paragraph(
            f"The horizon of {row['horizon_days']} days was set by hand"
            + (
                f"; the shop's own gaps suggest {row['suggested_days']}."
                if row["suggested_days"] is not None
                else "."
            )
        )
    covered = (
        f" {share(row['covered_gap_share'])} of {row['gap_count']:,} gaps between two orders are "
        "no longer than that."
        if row["covered_gap_share"] is not None
        else ""
    )
    return paragraph(
        f"The horizon of {row['horizon_days']} days follows from the shop's own gaps.{covered}"
    )


def drivers(con: duckdb.DuckDBPyConnection) -> str:
    """What moves the scores, and whether it did so at every cut-off."""
    whose = rows_of(
        con,
        """
        select explained_classifier, bool_or(is_champion) as is_champion
        from churn.churn_reasons
        group by explained_classifier
        """,
    )
    found = rows_of(con, "select * from churn.churn_drivers order by driver_rank, classifier")
    names = list(dict.fromkeys(str(row["classifier"]) for row in found))
    if not found:
        return paragraph("Nothing stored can be taken apart into features.", "missing")
    explained = [str(row["explained_classifier"]) for row in whose]
    name = next((name for name in explained if name in names), names[0])
    of_one = [row for row in found if row["classifier"] == name]
    shown = of_one[:_DRIVERS]
    unstable = sum(not row["is_stable"] for row in shown)
    picture = bars(
        f"Share of all contributions to the log-odds by feature, {plain(name)}",
        [
            (
                plain(row["feature"]),
                float(row["share_of_total"] or 0),
                f"{share(row['share_of_total'])} {_arrow(row)}",
                "a" if row["is_stable"] else "c",
            )
            for row in shown
        ],
    )
    families: dict[str, float] = {}
    for row in of_one:
        families[str(row["family"])] = float(row["family_share"] or 0)
    by_family = sorted(families.items(), key=lambda item: (-item[1], item[0]))
    return (
        paragraph(
            f"Taken apart is the {plain(name)}"
            + (
                ", the champion."
                if any(row["is_champion"] for row in whose if row["explained_classifier"] == name)
                else ", the fallback of the champion."
            )
            + " ▲ a larger value raises churn, ▼ lowers it, ◆ neither holds throughout. "
            f"{unstable} of these {len(shown)} are unstable (grey): they change their direction or "
            "their place from cut-off to cut-off, so no story should be built on them. What moves "
            "the score need not move the customer."
        )
        + '<div class="pictures">'
        + figure("What moves the scores most, by feature", picture)
        + table(
            ["family", "share of all contributions"],
            [[plain(family), share(part)] for family, part in by_family],
        )
        + "</div>"
    )


def reasons(con: duckdb.DuckDBPyConnection) -> str:
    """Which family is the first reason of the customers most at risk."""
    found = rows_of(
        con,
        """
        select family, count(*) as customer_count, sum(count(*)) over () as all_count
        from churn.churn_reasons
        where reason_rank = 1 and direction = 'raises'
        group by family
        order by customer_count desc, family
        """,
    )
    if not found:
        return paragraph("Nobody has a reason that raises churn.", "missing")
    picture = bars(
        "First reasons of today's customers by family",
        [
            (
                plain(row["family"]),
                float(row["customer_count"]),
                share(row["customer_count"] / row["all_count"]),
                "a",
            )
            for row in found
        ],
    )
    return figure("The first reason that raises churn, by share of today's customers", picture)


def fairness(con: duckdb.DuckDBPyConnection) -> str:
    """Who is picked, and who is picked wrongly, by group."""
    found = rows_of(
        con,
        """
        select *
        from churn.churn_evaluation_by_segment
        where is_champion
        order by segment_kind, segment
        """,
    )
    everybody = [row for row in found if row["segment_kind"] == "all"]
    if not everybody:
        return paragraph("No group was judged.", "missing")
    (whole,) = everybody
    parts = [
        paragraph(
            f"From a probability of {number(whole['threshold'])} on a customer is taken for a "
            f"churner; of all {whole['customer_count']:,} that were judged "
            f"{share(whole['selection_rate'])}. Intervals are of 95 % (Wilson). Groups differ in "
            "how often they churn, so different shares alone are no fault; different error rates "
            "are what to look at. * = the interval leaves out the value of all customers."
        )
    ]
    columns = [
        "group", "customers", "churned", "taken for churners", "buyers taken for churners",
        "churners missed", "ROC-AUC",
    ]  # fmt: skip
    for kind, title in _GROUPS.items():
        groups = [row for row in found if row["segment_kind"] == kind]
        known = [row for row in groups if row["segment"] != "unknown"]
        if not known:
            parts.append(paragraph(f"{title}: nothing is known of these customers.", "missing"))
            continue
        picture = spans(
            f"Buyers who were taken for churners, by {title.lower()}",
            [
                (
                    str(row["segment"]),
                    float(row["false_positive_rate"]),
                    float(row["false_positive_rate_low"]),
                    float(row["false_positive_rate_high"]),
                )
                for row in groups
                if row["false_positive_rate"] is not None
            ],
            float(whole["false_positive_rate"] or 0),
        )
        cells = [
            [
                row["segment"],
                f"{row['customer_count']:,}",
                share(row["prevalence"]),
                *(
                    _marked(row, whole, name)
                    for name in ("selection_rate", "false_positive_rate", "false_negative_rate")
                ),
                number(row["roc_auc"]),
            ]
            for row in groups
        ]
        parts += [
            f"<h3>{title}</h3>",
            table(columns, cells),
            figure("Buyers taken for churners; the dashed line is all customers", picture),
        ]
    return "".join(parts)


def drift(con: duckdb.DuckDBPyConnection) -> str:
    """Whether today's customers are like those that were learned from."""
    found = rows_of(
        con,
        """
        select *
        from churn.churn_drift
        where compared_split = 'today'
        order by psi desc, subject_kind, subject
        """,
    )
    if not found:
        return paragraph("Nothing was compared.", "missing")
    moved = [row for row in found if row["drift_band"] == "drift"]
    cells = [
        [
            plain(row["subject"]),
            row["subject_kind"],
            number(row["psi"]),
            row["drift_band"],
            number(row["baseline_mean"], 2),
            number(row["compared_mean"], 2),
        ]
        for row in found[:_DRIFTS]
    ]
    return paragraph(
        f"{len(moved)} of {len(found)} features and scores have drifted since training by the "
        "population stability index (above .25). In a young shop many must: nobody could have been "
        "a customer for long when it learned."
    ) + table(["what", "kind", "index", "band", "mean then", "mean today"], cells)


def limits(con: duckdb.DuckDBPyConnection) -> str:
    """What the model cannot do, said plainly."""
    (ready,) = rows_of(con, "select * from churn.churn_readiness")
    days = int(ready["history_days"])
    sentences = []
    if days < 365 + int(ready["horizon_days"]):
        sentences.append(
            f"The shop's history of {days} days has not shown every season with its outcome. What "
            "a season does to customers cannot have been learned; expect the level of the "
            "probabilities to be off when a new season begins, more than their order."
        )
    elif days < 2 * 365 + int(ready["horizon_days"]):
        sentences.append(
            f"The shop's history of {days} days shows each season once: what was the season and "
            "what was that year cannot be told apart."
        )
    return points(
        [
            *sentences,
            "It is about customers with at least one net order. Not in it are visitors who never "
            "bought, guests on devices that many share, bots, and people who were erased; a person "
            "who buys under two addresses that were never seen together counts as two.",
            "Nothing here is causal. A reason says what the score rests on, not what would change "
            "the customer's mind; whether contacting somebody helps takes an experiment with a "
            "control group.",
            "Whoever does not order within the horizon counts as churned, also if they come back "
            "later.",
            "What happened outside of the landed data is not seen: other channels, competitors, "
            "prices elsewhere, holidays to come.",
            "Contacting customers by these scores changes who orders, and so what the next fit "
            "learns from.",
        ]
    )


def _arrow(row: Row) -> str:
    return {"raises": "▲", "lowers": "▼"}.get(str(row["direction"]), "◆")


def _marked(row: Row, whole: Row, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    text = span_of(row[name], low, high)
    if whole[name] is not None and low is not None and not low <= whole[name] <= high:
        return f"{text} *"
    return text
