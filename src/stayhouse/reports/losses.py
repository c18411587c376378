"""What of the landed rows is in no figure: how many rows, what share of the money, why.

Read from ``core.data_quality``, which every published file holds; the command line and whoever
else tells of it say it in the same words. Of a rejected row the money is what a person would have
read, since a price that cannot be kept exactly is often why it was rejected.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from stayhouse.base import currencies
from stayhouse.base.tables import cell

_SIGNS_OF_JSON = re.compile('[{}"]')
# Rows of core.data_quality that are in no figure. An order without lines is accepted, since
# core.orders lists it, and counts nowhere.
IS_LOST = "(disposition in ('rejected', 'orphaned') or reason_code = 'order_without_lines')"
# A batch's name among those of all tables.
BATCH = "concat_ws('.', source_name, table_name, batch_id)"
# An invoice that a later file holds too is not lost: it counts from there (as the law has it).
ACCOUNT = f"""
select
    source_name, table_name, disposition, reason_code, currency, {IS_LOST} as is_lost,
    sum(row_count)::bigint as row_count,
    sum(abs(amount))::double as amount,
    coalesce(sum(row_count) filter (where amount is null), 0)::bigint as unpriced_count,
    min(example) as example
from core.data_quality
where reason_code <> 'invoice_in_later_file'
group by all
order by all
"""


@dataclass
class Money:
    """Money of one table and currency: what is lost of it, and what all of it is."""

    lost: float = 0
    all: float = 0

    @property
    def share(self) -> float:
        """The part that is lost; 0 where there is no money."""
        return self.lost / self.all if self.all else 0.0


@dataclass
class Reason:
    """Why rows are lost: their ``money`` by currency, and the rows whose money is ``unread``."""

    disposition: str
    code: str
    example: str | None = None
    row_count: int = 0
    money: dict[str, float] = field(default_factory=dict)
    unread: int = 0

    @property
    def is_of_landing(self) -> bool:
        """Whether landing rejected these as lines: what the build rejects has an example."""
        return self.disposition == "rejected" and not self.example


@dataclass
class TableLoss:
    """A source's table: its landed rows, the lost ones by reason, its money by currency.

    ``beside`` are the rows of the source's other tables, where of this one only lines are known
    that landing rejected: its rows stand under other names, such as an export's of a platform.
    """

    source: str
    table: str
    landed: int = 0
    beside: int = 0
    reasons: dict[tuple[str, str], Reason] = field(default_factory=dict)
    money: dict[str, Money] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The table as a person names it."""
        return f"{self.source}.{self.table}"

    @property
    def lost(self) -> int:
        """The rows that are in no figure."""
        return sum(reason.row_count for reason in self.reasons.values())

    @property
    def row_share(self) -> float:
        """Their share of what landed."""
        return self.lost / (self.landed + self.beside) if self.landed else 0.0

    @property
    def worst(self) -> float:
        """The largest share: of rows, or of the money of any currency."""
        return max(self.row_share, *(money.share for money in self.money.values()), 0.0)

    def share_of(self, reason: Reason) -> float:
        """The larger share that one reason lost: of rows, or of the money of any currency."""
        of_money = (
            amount / self.money[currency].all
            for currency, amount in reason.money.items()
            if currency in self.money and self.money[currency].all
        )
        return max(reason.row_count / (self.landed + self.beside), *of_money, 0.0)

    def largest(self) -> list[Reason]:
        """The reasons, those with the most rows first."""
        return sorted(self.reasons.values(), key=lambda r: (-r.row_count, r.disposition, r.code))


UNRATED = "unknown_currency"


def read_losses(
    con: duckdb.DuckDBPyConnection, *, of: Collection[str] | None = None
) -> list[TableLoss]:
    """Return every table that lost a row, the greatest loss first.

    Args:
        con: a connection to the warehouse, or to a published file.
        of: batches as ``stayhouse.reports.new_batches`` names them, where only these are asked for.

    Raises:
        duckdb.CatalogException: the file lacks the marts.
    """
    told = {
        name
        for (name,) in con.execute(
            "select column_name from duckdb_columns() where schema_name = 'core' "
            "and table_name = 'data_quality' and database_name = current_database()"
        ).fetchall()
    }
    # A warehouse of before says how much, and not in which currency or what it looked like.
    account = ACCOUNT.replace(
        "from core.data_quality",
        "from (select *{} from core.data_quality{})".format(
            "".join(f", null::varchar as {n}" for n in ("currency", "example") if n not in told),
            f" semi join (select unnest(?) as batch) on batch = {BATCH}" if of is not None else "",
        ),
    )
    return table_losses(con.execute(account, [] if of is None else [list(of)]).fetchall())


def table_losses(account: Iterable[tuple[Any, ...]]) -> list[TableLoss]:
    """Return every table that lost a row, the greatest loss first.

    Args:
        account: the rows of ``ACCOUNT``.
    """
    rows = list(account)
    # All money in a currency without a rate is lost: that is told by itself, and is no share.
    unrated = {(row[0], row[4]) for row in rows if row[3] == UNRATED and row[4]}
    tables: dict[tuple[str, str], TableLoss] = {}
    for source, name, disposition, code, currency, is_lost, *measures, example in rows:
        count, amount, unpriced = measures
        loss = tables.setdefault((source, name), TableLoss(source, name))
        loss.landed += count
        if name == "events":
            # What was looked at has a price, too: nothing was paid.
            amount, unpriced = None, 0
        if name == "orders":
            # Its money is that of its lines: where none is told it counts in another row, or there
            # is none.
            unpriced = 0
        is_money = amount is not None and (is_lost or disposition == "accepted")
        if is_money and (source, currency) not in unrated:
            money = loss.money.setdefault(currency or "", Money())
            money.all += amount
            money.lost += amount if is_lost else 0
        if is_lost:
            reason = loss.reasons.setdefault((disposition, code), Reason(disposition, code))
            reason.row_count += count
            reason.example = reason.example or example
            reason.unread += unpriced
            if amount is not None:
                reason.money[currency or ""] = reason.money.get(currency or "", 0) + amount
    for loss in tables.values():
        _name_currency(loss)
        if loss.lost == loss.landed and all(r.is_of_landing for r in loss.reasons.values()):
            others = (o for o in tables.values() if o.source == loss.source and o is not loss)
            loss.beside = sum(other.landed for other in others)
    return sorted(
        (loss for loss in tables.values() if loss.lost),
        key=lambda loss: (-loss.worst, loss.source, loss.table),
    )


def _name_currency(loss: TableLoss) -> None:
    """Lay money of an unknown currency to the table's only one; among several it is no share.

    A line without its order has no currency: by itself, all money of no currency would be lost,
    and a sum of several currencies is no amount. The reason tells it all the same.
    """
    nameless = loss.money.get("")
    known = [money for currency, money in loss.money.items() if currency]
    if nameless is None or not known:
        return
    del loss.money[""]
    if len(known) == 1:
        known[0].all += nameless.all
        known[0].lost += nameless.lost
        (currency,) = loss.money
        for reason in loss.reasons.values():
            if "" in reason.money:
                reason.money[currency] = reason.money.get(currency, 0) + reason.money.pop("")


def what_is_lost(loss: TableLoss) -> str:
    """Return what share of a table is in no figure, as a sentence without its full stop."""
    text = f"{share(loss.row_share)} of the rows of {loss.label} ({loss.lost:,} of {loss.landed:,})"
    if loss.beside:
        lines = "line" if loss.lost == 1 else "lines"
        of = f"as many as {share(loss.row_share)} of its source's rows"
        text = f"{loss.lost:,} {lines} of {loss.label}, {of},"
    worth = [
        f"{share(money.share)} of its money "
        f"({currencies.amount(money.lost, currency)} of {money_of(money.all, currency)})"
        for currency, money in sorted(loss.money.items())
        if money.lost
    ]
    return f"{', '.join([text, *worth])} {'are' if loss.lost != 1 or worth else 'is'} in no figure"


def why(loss: TableLoss, reason: Reason) -> str:
    """Return one reason with its rows, its money and an example."""
    words = [f"{reason.disposition}, {reason.code}: {rows_of(reason.row_count)}"]
    words += [money_of(amount, currency) for currency, amount in sorted(reason.money.items())]
    if reason.money and loss.table == "orders":
        # Those are told too, as orphaned: it is the same money.
        words[-1] += " of their lines"
    if reason.unread and loss.money:
        words.append(
            "of money that cannot be told" if not reason.money else "and some that cannot be told"
        )
    if reason.example:
        words.append(f"such as {harmless(reason.example)}")
    return ", ".join(words)


def share(value: float) -> str:
    """Write a share: 0.1504 is 15.0%, and what is not nothing is not 0.0%."""
    return "under 0.1%" if 0 < value < 0.001 else f"{value:.1%}"


def harmless(value: str) -> str:
    """Return a value from data for a terminal: on one line, cut, without what moves the cursor.

    Of a whole row, which stands where a value was empty, its first columns, as words.
    """
    if value.startswith('{"'):
        value = _SIGNS_OF_JSON.sub("", value.replace('":', " ").replace(',"', ", "))
    return cell("".join(c if c.isprintable() else " " for c in value))


def money_of(amount: float | Decimal, currency: str) -> str:
    """Write an amount with its currency, where it has one."""
    return f"{currencies.amount(amount, currency)} {currency}".strip()


def rows_of(count: int) -> str:
    """Write a number of rows."""
    return f"{count:,} row" + ("" if count == 1 else "s")


def as_records(losses: Iterable[TableLoss]) -> list[dict[str, Any]]:
    """Return the losses by table and reason as plain records, for programs that read JSON."""
    return [
        {
            "source_name": loss.source,
            "table_name": loss.table,
            "rows": loss.landed,
            "rows_lost": loss.lost,
            "row_share": round(loss.row_share, 6),
            "money": [
                {
                    "currency": currency or None,
                    "amount": round(money.all, 4),
                    "amount_lost": round(money.lost, 4),
                    "amount_share": round(money.share, 6),
                }
                for currency, money in sorted(loss.money.items())
            ],
            "reasons": [
                {
                    "disposition": reason.disposition,
                    "reason_code": reason.code,
                    "rows": reason.row_count,
                    "rows_of_unknown_money": reason.unread if loss.money else 0,
                    "amounts": {c or "": round(a, 4) for c, a in sorted(reason.money.items())},
                    "example": reason.example,
                }
                for reason in loss.largest()
            ],
        }
        for loss in losses
    ]
