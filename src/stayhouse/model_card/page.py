"""The model card as one HTML page that asks nobody for anything."""

from collections.abc import Callable
from html import escape

import duckdb

from stayhouse.errors import StayhouseError
from stayhouse.model_card import judged, people
from stayhouse.model_card.markup import Row, number, paragraph, plain, points, rows_of, share
from stayhouse.model_card.style import CSS

Section = Callable[[duckdb.DuckDBPyConnection], str]

# Title, what is written, the marts that it reads, and whether it needs a model.
_SECTIONS: tuple[tuple[str, Section, str, bool], ...] = (
    ("Data and population", people.population, "features.churn_labels", False),
    ("Horizon", people.horizon, "features.churn_horizon", False),
    ("How well it foresees", judged.line_up, "churn.churn_evaluation", True),
    ("Who was chosen, and why", judged.champion, "churn.churn_champion", True),
    ("Calibration", judged.calibration, "churn.churn_curves", True),
    ("Order: lift and ROC", judged.ranking, "churn.churn_curves", True),
    ("Over past cut-offs", judged.backtest, "churn.churn_backtest", True),
    ("What moves the scores", people.drivers, "churn.churn_drivers", True),
    ("Reasons of today's customers", people.reasons, "churn.churn_reasons", True),
    ("Groups", people.fairness, "churn.churn_evaluation_by_segment", True),
    ("Drift", people.drift, "churn.churn_drift", True),
    ("Limits", people.limits, "churn.churn_readiness", False),
)


def page(con: duckdb.DuckDBPyConnection, commit: str | None = None) -> str:
    """Return the card of the churn model whose marts a connection reads.

    A mart that is absent leaves its section out, with one sentence. Where the shop's history
    carries no model the page says why, and what it can say all the same.

    Args:
        con: reads the marts by room and name.
        commit: of the project, if known.

    Raises:
        StayhouseError: the file holds no churn marts at all.
    """
    try:
        found = rows_of(con, "select * from churn.churn_readiness")
    except duckdb.CatalogException:
        found = []
    if not found:
        raise StayhouseError(
            "This file has no churn.churn_readiness, so there is no model to write about: run "
            "'dbt build' first, or name another file with --db."
        )
    (ready,) = found
    parts = [_head(con, ready), _section("What it is for", _use(ready))]
    for title, section, mart, needs_model in _SECTIONS:
        if needs_model and not ready["is_ready"]:
            continue
        parts.append(_section(title, _written(con, section, mart)))
    parts.append(_section("Made again", _again(ready, commit)))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Churn model card, {ready['as_of_date']:%Y-%m-%d}</title>\n"
        f"<style>{CSS}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _written(con: duckdb.DuckDBPyConnection, section: Section, mart: str) -> str:
    room, name = mart.split(".")
    there = con.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [room, name],
    ).fetchall()
    if there[0][0] == 0:
        return paragraph(f"Left out: this file has no {mart}.", "missing")
    if con.execute(f"select count(*) from {mart}").fetchall()[0][0] == 0:
        return paragraph(f"Left out: {mart} is empty.", "missing")
    try:
        return section(con)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        lacking = str(error).splitlines()[0]
        return paragraph(
            f"Left out: {mart} or what it stands beside is older ({lacking}).", "missing"
        )


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{body}\n</section>"


def _head(con: duckdb.DuckDBPyConnection, ready: Row) -> str:
    head = "<h1>Churn model card</h1>" + paragraph(
        f"Who does not order again within {ready['horizon_days']} days? As of "
        f"{ready['as_of_date']:%Y-%m-%d}.",
        "soft",
    )
    if not ready["is_ready"]:
        return head + f"<p><b>No model: {escape(str(ready['reason']))}</b></p>"
    try:
        scored = rows_of(
            con,
            """
            select count(*) as customer_count, avg((risk_band = 'high')::integer) as high_share
            from churn.churn_scores
            where is_champion
            """,
        )
        (best,) = rows_of(
            con, "select * from churn.churn_evaluation where split = 'test' and is_champion"
        )
    except (duckdb.CatalogException, ValueError):
        return head
    tiles = [
        (plain(best["classifier"]), "champion"),
        (number(best["roc_auc"]), "ROC-AUC on test"),
        (number(best["log_loss"]), "log loss on test"),
        (number(best["lift_10_churn"], 2), "lift for churners at 10 %"),
        (f"{scored[0]['customer_count']:,}", "customers scored today"),
        (share(scored[0]["high_share"]), "of them at high risk"),
    ]
    return (
        head
        + '<div class="tiles">'
        + "".join(
            f'<div class="tile"><b>{escape(value)}</b><span>{escape(name)}</span></div>'
            for value, name in tiles
        )
        + "</div>"
    )


def _use(ready: Row) -> str:
    days = ready["horizon_days"]
    return points(
        [
            f"It ranks the shop's buyers by how likely each is not to order in the next {days} "
            "days, so that a team knows whom to look at first, and says what each score rests on.",
            "It is meant for choosing whom to write to or call, for planning how many that will "
            "be, and for watching whether a shop keeps its customers.",
            "It is not meant for prices or terms that somebody gets, for decisions on credit or on "
            "a person's rights, or as proof that a campaign worked.",
            "Contact only those who agreed to it: core.customers holds consent, the scores do not.",
        ]
    )


def _again(ready: Row, commit: str | None) -> str:
    which = (
        f"The project's commit when this page was written: {commit}."
        if commit
        else "The project's commit is not known: this page was written outside of a git checkout."
    )
    variables = (
        f"{{as_of: '{ready['as_of_date']:%Y-%m-%d}', churn_horizon_days: {ready['horizon_days']}}}"
    )
    return (
        paragraph(
            "A build is a function of landed data, commit and vars: the same three give the same "
            "scores. Other vars than these two are as dbt_project.yml of that commit has them, "
            "unless the build was given others."
        )
        + f'<pre>dbt build --vars "{escape(variables, quote=False)}"\nstayhouse model-card</pre>'
        + paragraph(which)
    )
