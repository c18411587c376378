"""The model card as one HTML page that asks nobody for anything: rows of marts into `card.html`."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from stayhouse.base.errors import StayhouseError

_PROPER = {"bg_nbd": "BG/NBD", "mlp": "MLP", "cnn": "CNN", "gru": "GRU"}


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

    def query(sql: str) -> list[dict[str, Any]]:
        result = con.execute(str(sql))
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, map(_plain_number, row), strict=True)) for row in result.fetchall()]

    def is_there(mart: str) -> bool:
        try:
            con.table(mart)
        except duckdb.CatalogException:
            return False
        return True

    def section(title: str, mart: str, caller: Callable[[], str]) -> Markup:
        try:
            if not is_there(mart):
                body = _left_out(f"this file has no {mart}")
            elif not query(f"from {mart} limit 1"):
                body = _left_out(f"{mart} is empty")
            else:
                body = Markup(caller())
        except (duckdb.CatalogException, duckdb.BinderException, UndefinedError) as error:
            lacking = str(error).splitlines()[0]
            body = _left_out(f"{mart} or what it stands beside is older ({lacking})")
        return Markup("<section>\n<h2>{}</h2>{}</section>").format(title, body)

    if not (is_there("churn.churn_readiness") and query("from churn.churn_readiness")):
        raise StayhouseError(
            "This file has no churn.churn_readiness, so there is no model to write about: run "
            "'dbt build' first, or name another file with --db."
        )
    (ready,) = query("from churn.churn_readiness")
    environment = Environment(
        loader=PackageLoader("stayhouse.documents.model_card", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": _number, "share": _share, "plain": _plain}
    return environment.get_template("card.html").render(
        query=query, is_there=is_there, section=section, ready=ready, commit=commit
    )


def _left_out(why: str) -> Markup:
    return Markup('\n<p class="missing">Left out: {}.</p>\n').format(why)


def _plain_number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many digits behind the point; a dash where there is none."""
    return "-" if value is None or value != value else f"{value:,.{digits}f}"


def _share(value: float | None) -> str:
    """Return a share in per cent with one digit."""
    return "-" if value is None or value != value else f"{100 * value:.1f}%"


def _plain(name: str) -> str:
    """Return a name of a mart as words."""
    return _PROPER.get(name, name.replace("_", " "))
