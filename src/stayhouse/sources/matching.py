"""What a file is, and which of our columns its columns are: by their names and their values."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stayhouse.landing.aliases import REQUESTS, Table, read_source
from stayhouse.landing.kinds import NUMBER, kinds_of
from stayhouse.landing.notation import Notation
from stayhouse.landing.personal import NO_VALUE
from stayhouse.landing.proposals import DATE, EMAIL, MOST, looks_personal, share_of
from stayhouse.landing.proposals import NUMBER as NUMBERS
from stayhouse.landing.words import (
    LEAST,
    columns_of,
    folded,
    is_personal_name,
    likeness,
    speaks_of,
    table_called,
)
from stayhouse.sources.samples import Sample

# The source in our own layout, of which every other one's staging is made.
PLAIN = "shop"
# A file whose rows are order lines with the columns of their orders beside them.
ROWS = "order_rows"
# Of an order's own discount, in such a file.
ORDER_DISCOUNT = "order_discount"
PRODUCT_NAME, NICKNAME = "product_name", "nickname"
# What tells two rows of one order apart.
ROW_NUMBERS = {"order_lines": "line_number", "order_charges": "charge_id"}
# What `ordered_at` and the like may also be written as: Chinese days, which need a pattern.
CHINESE_DAY = re.compile("[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日( ?)([0-9]{1,2}:[0-9]{2})?(:[0-9]{2})?")
_PHONE = re.compile(r"(0[0-9]{1,5}[ /-]?|\(0[0-9]+\) ?)[0-9][0-9 /-]{4,}[0-9]|1[3-9][0-9]{9}")
_WORD = r"[^\W\d_]+([.'-][^\W\d_]*)*"
# Two words, of which neither has a digit, or a few Chinese characters: somebody's name, and no id.
_PERSON = re.compile(rf"{_WORD}(,? {_WORD})+( [0-9]+)?|[\u4e00-\u9fff·]{{2,4}}")
# In a column that is called after a person, and not after their number, one word without a digit is
# a name too, or what somebody made of it, and so is a telephone number in groups.
_WHO = (
    "customer client buyer kunde debitor acheteur cliente comprador klient kupujący nabywca "
    "acquirente klant koper debiteur relatie 客户"
)
_WHOSE = re.compile(r"[^\W\d]+([.'-][^\W\d]*)*|\+?[0-9]{1,5}([ ./-][0-9]{2,5}){2,}|\+[0-9]{9,}")
# What some call a customer's number, and others that of the house.
_BARE = "numéro nummer numer"
# What is called so may be a part of an address, as in the Americas.
_STATES, _REGION = {"state", "estado", "stato"}, re.compile("[A-Z]{2}")
# What staging can do without: it takes the base currency, the status placed.
_FILLED = {"status", "currency"}
_NEEDS: dict[str, tuple[set[str], ...]] = {
    ROWS: ({"order_id"}, {"ordered_at"}, {"unit_price", "amount"}),
    "order_lines": (
        *({"order_id"}, {"product_id", PRODUCT_NAME}),
        *({"quantity"}, {"unit_price", "amount"}),
    ),
}
# What a column `id` is in a file that is called after its table. A number alone is that of a line.
_KEYS = {
    **{"orders": "order_id", "order_lines": "line_number", "customers": "customer_id"},
    **{"products": "product_id", "refunds": "refund_id", "reviews": "review_id"},
    "events": "event_id",
}
# So many names together are those of one platform alone.
_TELLING = 5
# In the order in which they are tried: of two that fit as well, the first.
SHAPES = (
    *(ROWS, "order_lines", "orders", "refunds", "events", "reviews", "customers", "products"),
    "order_charges",
)
# What is sold. Taken for it, refunds would be sales, or replace them.
SOLD = (ROWS, "order_lines", "orders", "order_charges")
# What of refunds has a value in every row of theirs, and of sales only where one was paid back.
_REFUNDED = ("refund_id", "refunded_at", "reason")


@cache
def plan_shapes(root: Path) -> tuple[str, ...]:
    """Return the other tables of the tracking plan: shops have no words for them but ours."""
    known = {*SHAPES, REQUESTS}
    return tuple(name for name in read_source(root, PLAIN).tables if name not in known)


@dataclass(frozen=True)
class Match:
    """Which table a file is, and by the names of its columns which of ours they are."""

    shape: str
    columns: dict[str, str]
    score: float

    @property
    def has_products(self) -> bool:
        """Whether a row says what was bought."""
        return bool({"product_id", PRODUCT_NAME} & set(self.columns.values()))


def canonical_of(shape: str) -> tuple[str, ...]:
    """Return the canonical tables whose columns a file of a shape has."""
    return ("orders", "order_lines") if shape == ROWS else (shape,)


def needs_of(root: Path, shape: str) -> tuple[set[str], ...]:
    """Return what a file of a shape must have: of each set one column."""
    if shape in _NEEDS:
        return _NEEDS[shape]
    aliases = _plain_table(root, shape).aliases
    required = {alias.our_column for alias in aliases if alias.is_required}
    return tuple({name} for name in sorted(required - _FILLED))


def known_export(root: Path, sample: Sample) -> Table | None:
    """Return the table of a platform that a file is, by its names of all that the table needs.

    A sheet that ``new-source`` wrote has one name a column, and is no platform's: a second shop may
    export as the first one does.
    """
    for sheet in sorted(root.glob("models/staging/*/aliases.csv")):
        if sheet.parent.name == PLAIN:
            continue
        for table in read_source(root, sheet.parent.name).tables.values():
            names: dict[str, set[str]] = {}
            for alias in table.aliases:
                if alias.is_required:
                    names.setdefault(alias.our_column, set()).add(alias.their_column)
            ways = names.values()
            is_platform = len(names) >= _TELLING and any(len(way) > 1 for way in ways)
            if is_platform and not any(way.isdisjoint(sample.columns) for way in ways):
                return table
    return None


def best_match(root: Path, sample: Sample) -> Match | None:
    """Return what a file is, or None where it is no table of ours."""
    found = [matched(root, sample, shape) for shape in (*SHAPES, *plan_shapes(root))]
    fitting = [
        match
        for match in found
        if all(need & set(match.columns.values()) for need in needs_of(root, match.shape))
    ]
    called = _called(root, sample)
    if called == "refunds":
        fitting = [match for match in fitting if match.shape == called]
    elif says_refunds(sample):
        fitting = [match for match in fitting if match.shape not in SOLD]
    elif any(match.shape in SOLD for match in fitting):
        fitting = [m for m in fitting if m.shape != "refunds" or _are_refunds(sample, m)]
    if called != "customers":
        # Nearly any file may have a column of customers: one with gaps in it, or with somebody
        # twice, is no list of them, and neither is one that is called after another table.
        top = max(match.score for match in found if match.shape in SHAPES)
        fitting = [
            m
            for m in fitting
            if m.shape != "customers"
            or (called is None and (m.score >= top or _lists_each_once(sample, m)))
        ]
    # What a file is called counts as a column does. max takes the first of equals.
    return max(
        fitting, key=lambda match: match.score + (called in canonical_of(match.shape)), default=None
    )


def says_refunds(sample: Sample) -> str | None:
    """Return what of a file says that its rows are refunds, no sales: its name, or a column's.

    A column of how much was paid back may be beside sales, and so may a date that few rows have.
    """
    file = sample.file
    if speaks_of(file.stem, "refunds"):
        return file.name
    if table_called(file.stem) in SOLD:
        return None
    for name in sample.columns:
        is_called = any(likeness(_numbered(name), "refunds", ours) == 1 for ours in _REFUNDED)
        if is_called and speaks_of(name, "refunds") and _is_full(sample, name):
            return name
    return None


def _are_refunds(sample: Sample, match: Match) -> bool:
    """Whether every row has what a refund must have: of sales only some are paid back."""
    return all(
        _is_full(sample, name) for name, ours in match.columns.items() if ours in _REFUNDED[:2]
    )


def _is_full(sample: Sample, name: str) -> bool:
    found = [value for value in sample.values(name) if value.strip().lower() not in NO_VALUE]
    return len(found) >= MOST * len(sample.columns[name])


def _lists_each_once(sample: Sample, match: Match) -> bool:
    """Return whether each row is of a customer, and of another one."""
    (name,) = (name for name, ours in match.columns.items() if ours == "customer_id")
    ids = [value for value in sample.columns[name] if value]
    return _is_full(sample, name) and len(set(ids)) == len(ids)


def _numbered(name: str) -> str:
    """Return a name in which a sign for a number is a word: Refund # is no sum."""
    return name.replace("#", " no")


def nearest(root: Path, sample: Sample) -> tuple[str, list[str]]:
    """Return the table that a file is called after, or comes nearest to, and what it lacks."""
    called = _called(root, sample)
    if called in (None, *SOLD) and says_refunds(sample):
        called = "refunds"
    shapes = SHAPES if called is None else [called]
    matches = [matched(root, sample, shape) for shape in shapes]
    best = max(matches, key=lambda match: match.score)
    lacks = [
        " or ".join(sorted(need))
        for need in needs_of(root, best.shape)
        if not need & set(best.columns.values())
    ]
    return " and ".join(canonical_of(best.shape)), lacks


def _called(root: Path, sample: Sample) -> str | None:
    """Return the table that a file is called after."""
    stem = sample.file.stem
    return table_called(stem) or (stem if stem in plan_shapes(root) else None)


def matched(root: Path, sample: Sample, shape: str) -> Match:
    """Return the columns of a file as those of a shape, each of ours at most once."""
    scores = sorted(
        (
            (score, -place, name, ours)
            for place, name in enumerate(sample.columns)
            for table in canonical_of(shape)
            for column, least in _known_columns(root, table).items()
            if (score := _score(root, sample, name, table, column)) >= least
            # Beside products it is a line's, unless it is called the order's.
            if (shape, table, column) != (ROWS, "orders", "discount")
            or likeness(name, "order_lines", column) < 1
            for ours in [
                ORDER_DISCOUNT if (shape, table, column) == (ROWS, "orders", "discount") else column
            ]
        ),
        key=lambda found: (-found[0], -found[1], found[3]),
    )
    columns: dict[str, str] = {}
    total = 0.0
    for score, _, name, ours in scores:
        if name not in columns and ours not in columns.values():
            columns[name] = ours
            total += score
    return Match(shape, columns, total)


def _known_columns(root: Path, table: str) -> dict[str, float]:
    """Return how like ours a name must be: exactly, where shops have no words for a column."""
    ours = dict.fromkeys(_plain_table(root, table).landed_columns, 1.0)
    return ours | dict.fromkeys(columns_of(table), LEAST * 0.95)


def why_personal(name: str, values: list[str]) -> str | None:
    """Return why a column looks personal; None where it does not."""
    if why := looks_personal(name, values):
        return why
    if share_of(values, _PHONE) >= MOST and not is_plain_name(name):
        return "since it holds telephone numbers"
    return None


def is_plain_name(name: str) -> bool:
    """Return whether a column is called like a number or an id, which may look like a phone's."""
    return any(
        likeness(name, table, column) == 1
        for table in SHAPES[1:]
        for column in columns_of(table)
        if column not in (NICKNAME, "email_hash")
    )


def _score(root: Path, sample: Sample, name: str, table: str, ours: str) -> float:
    values = sample.values(name)
    has_addresses = share_of(values, EMAIL) > 1 - MOST
    if ours == "email_hash":
        # An address is one whatever its column is called.
        return max(likeness(name, table, ours), LEAST) if has_addresses else 0.0
    score = likeness(name, table, ours)
    if (
        ours == _KEYS.get(table)
        and folded(name) == "id"
        and table_called(sample.file.stem) == table
    ):
        score = 1.0
    if ours == "refund_id" and likeness(_numbered(name), "beside", "refund") == 1:
        # How much was paid back, or whether: no number of a refund.
        return 0.0
    if ours == "product_id" and folded(name) == "itemid":
        # Of lines it may be the line's own: what is called a product, or an article, goes before.
        score *= 0.97
    if ours == "amount" and table == "order_lines" and likeness(name, "beside", "paid") < 1:
        # Of what was due and what was paid, what was paid goes before.
        score *= 0.99
    if has_addresses or (score < 1 and is_personal_name(name)):
        return 0.0
    if ours == "customer_id" and share_of(values, _PERSON) > 1 - MOST:
        return 0.0
    may_be_region = ours == "status" and folded(name) in _STATES
    if may_be_region and share_of(values, _REGION) >= MOST:
        return 0.0
    is_bare = ours == "customer_id" and folded(name) in map(folded, _BARE.split())
    if is_bare and len(set(values)) < len(values):
        return 0.0
    is_who = ours == "customer_id" and folded(name) in map(folded, _WHO.split())
    if is_who and share_of(values, _WHOSE) > 1 - MOST:
        return 0.0
    kind = kinds_of(root, _plain_table(root, table), Notation()).get(ours)
    if kind == NUMBER and values and share_of(values, NUMBERS) < MOST:
        return 0.0
    if kind and kind != NUMBER and values:
        dates = max(share_of(values, DATE), share_of(values, CHINESE_DAY))
        return score if dates >= MOST else 0.0
    return score


@cache
def _plain_table(root: Path, table: str) -> Table:
    return read_source(root, PLAIN).tables[table]
