"""What is found: a line of the doctor's report, and what a page must begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import duckdb

from stayhouse.base.build_token import read_build_token
from stayhouse.reports.currencies import rate_lines
from stayhouse.reports.losses import TableLoss, read_losses, what_is_lost, why
from stayhouse.reports.new_batches import NewBatches
from stayhouse.reports.nobody import nobodys_orders
from stayhouse.reports.prices import price_lines
from stayhouse.reports.row_remedies import remedy_of
from stayhouse.reports.unmet import unmet_ids

_REASONS = 5
_REMEDY = (
    "Mend the export as 'stayhouse doctor' says and land it again. Its rows are in core:",
    "rejected_rows and rejected_events, counts in data_quality, lines in rejected_lines.csv.",
)


@dataclass(frozen=True)
class Finding:
    """One line of the report: ``state`` is ``ok``, ``warning`` or ``problem``.

    ``lines`` say the same on a page, where that is more than the text.
    """

    state: str
    subject: str
    text: str
    lines: tuple[str, ...] = ()


def findings_of(
    con: duckdb.DuckDBPyConnection, rate: float, new: NewBatches | None = None
) -> Iterator[Finding]:
    """Yield what must be known before any figure of a warehouse, first what its build came to.

    Then what is lost, by table with the greatest loss first, and of what is new; currencies;
    prices; orders of nobody; ids that meet nothing. A mart that is not built tells nothing.

    Args:
        con: a connection to the warehouse, or to a published file.
        rate: the share of rows or of money above which a loss is a warning.
        new: the batches that it has beside the version before.
    """
    for said in (_build, partial(_losses, new=new), _rates, _prices, _nobodys, _unmet):
        try:
            yield from said(con, rate)
        except (duckdb.CatalogException, duckdb.BinderException):
            continue


def _build(con: duckdb.DuckDBPyConnection, _: float) -> Iterator[Finding]:
    if refusal := read_build_token(con).refusal:
        yield Finding("warning", "build", refusal)
    else:
        yield Finding("ok", "build", "the tables are those of one build that went well.")


def _losses(
    con: duckdb.DuckDBPyConnection, rate: float, new: NewBatches | None
) -> Iterator[Finding]:
    losses = read_losses(con)
    loud = [(loss, "") for loss in losses if loss.worst > rate]
    told = {loss.label: loss.worst for loss, _ in loud}
    # A night that is lost is a small share of years, and the day that people look at.
    if new is not None:
        where = f"Of what is new since version {new.version}, "
        of_new = read_losses(con, of=new.batches)
        loud += [
            (loss, where)
            for loss in of_new
            if loss.lost > 1 and loss.worst > told.get(loss.label, rate)
        ]
    for place, (loss, where) in enumerate(loud, 1):
        yield _lost(loss, "warning", where, _REMEDY if place == len(loud) else ())
    yield from (_lost(loss, "ok") for loss in losses if loss.worst <= rate)


def _lost(loss: TableLoss, state: str, where: str = "", remedy: tuple[str, ...] = ()) -> Finding:
    largest = loss.largest()[:_REASONS]
    more = len(loss.reasons) - len(largest)
    advised = [_advised(why(loss, reason), remedy_of(reason.code)) for reason in largest]
    told = "; ".join([*advised, *([f"{more} more reasons"] if more > 0 else [])])
    what = f"{where}{what_is_lost(loss)}"
    lines = (f"{what}.", *(f"  {why(loss, reason)}" for reason in largest), *remedy)
    return Finding(state, "rejected", f"{what}: {told}.", lines)


def _advised(reason: str, remedy: str | None) -> str:
    return f"{reason} ({remedy})" if remedy else reason


def _rates(con: duckdb.DuckDBPyConnection, _: float) -> Iterator[Finding]:
    yield from (Finding("warning", "rates", line) for line in rate_lines(con))


def _prices(con: duckdb.DuckDBPyConnection, rate: float) -> Iterator[Finding]:
    yield from (Finding("warning", "prices", line) for line in price_lines(con, rate))


def _nobodys(con: duckdb.DuckDBPyConnection, rate: float) -> Iterator[Finding]:
    found = nobodys_orders(con)
    if found.order_count:
        yield Finding("warning" if found.share > rate else "ok", "nobody", f"{found.told}.")


def _unmet(con: duckdb.DuckDBPyConnection, rate: float) -> Iterator[Finding]:
    yield from (Finding("warning", "ids", f"{told}.") for told in unmet_ids(con, rate))
