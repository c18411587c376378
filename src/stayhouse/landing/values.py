"""The marks of numbers and the order of dates: found in a file's values, written as staging reads.

Looked at is what a reader has written, all of it text, by DuckDB. A file in plain notation costs
one look. Else the file as a whole tells what a comma or a first number means: 1.249,00 and
31/01/2024 have one reading, 1,249 and 01/02/2024 have two. Where no value tells, the person does.
What does not fit is not touched: the build rejects it with its reason.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.kinds import DAY, INSTANT, NUMBER, PLAIN_NUMBER
from stayhouse.landing.notation import EPOCHS, ORDERS, Notation
from stayhouse.landing.readings import DEFINITIONS, formats_of, instant_as_plain, number_as_plain
from stayhouse.landing.signs import CurrencyOf, are_one_currency, codes_of, may_mean
from stayhouse.landing.unread import shown

# So many values with a point and three digits behind it may be by chance.
_FEWEST = 3
_GROUPED = "^-?[1-9][0-9]{0,2}([.][0-9]{3})+$"


@dataclass(frozen=True)
class Mark:
    """Values that speak for one reading: how many, and the first of them."""

    count: int
    column: str
    value: str
    row: int

    @property
    def place(self) -> str:
        """The first value and where it stands."""
        return f"{self.value} in {self.column} (line {self.row:,})"


def _code(column: str) -> str:
    """Return the SQL of a row's currency as staging reads it; one that is empty is null."""
    return f"nullif(upper(trim({identifier(column)})), '')"


@dataclass
class Values:
    """What was found in the values of a file.

    ``written`` holds by column the SQL expression of its values as staging reads them, for those
    that are not plain. ``doubts`` are sentences; ``beside`` are those of them that say why
    amounts stay beside a currency. ``sign`` is the SQL of the signs that are taken off a row, with
    blanks between them, where another table says its currency.
    """

    notation: Notation
    written: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    sign: str | None = None


@dataclass(frozen=True)
class _Question:
    """What a file must tell: which of two notations it has, and the option that says it."""

    option: str
    words: tuple[str, str]
    # The readings of a value that has two.
    readings: Callable[[str], tuple[str, str]]


_DECIMAL = _Question(
    "--decimal",
    ("point", "comma"),
    lambda value: (re.sub("[^0-9]", "", value), re.sub("[^0-9]+", ".", value).strip(".")),
)


def _two_days(value: str) -> tuple[str, str]:
    first, second, year = (int(part) for part in re.findall("[0-9]+", value)[:3])
    return f"{year}-{second:02}-{first:02}", f"{year}-{first:02}-{second:02}"


_DATES = _Question("--dates", ("day-first", "month-first"), _two_days)


def read_values(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    kinds: Mapping[str, str],
    stated: Notation,
    remembered: Notation,
    plain_instant: str,
    warn_rate: float,
    currency_of: CurrencyOf | None,
    file_name: str,
    refuse: Callable[[str], None],
) -> Values:
    """Return how the values of a file are written, and how to write them plainly.

    Args:
        con: a connection whose time zone is UTC.
        relation: the rows, all text, with ``landed_row``.
        kinds: what each column holds that is looked at (``kinds_of``).
        stated: what options and ``format.toml`` state.
        remembered: how the table's latest batch was written, for what this file does not tell.
        plain_instant: the pattern of instants that staging reads.
        warn_rate: the share of values that may speak against all others.
        currency_of: what says the currency of amounts; None: nothing is compared with it.
        file_name: the file, for messages.
        refuse: is told of a value that has two readings where nothing tells which is meant; where
            it does not raise, the values stay as they came.
    """
    if not kinds:
        return Values(replace(stated, zone=None))
    look = _Look(con, relation, kinds, file_name, warn_rate, refuse)
    foreign, doubts = look.first()
    if stated.zone and not look.has_instants():
        stated = replace(stated, zone=None)
    own = {c for c, said in stated.columns.items() if "%" in said or said in EPOCHS}
    is_stated = own or stated.decimal or stated.dates or stated.zone
    if not (any(foreign.values()) or is_stated or remembered.decimal == "comma"):
        # The file is plain, as most are.
        return Values(stated, doubts=doubts)
    for definition in DEFINITIONS:
        con.execute(definition)
    numbers = [c for c, kind in kinds.items() if kind == NUMBER]
    instants = [c for c, kind in kinds.items() if kind != NUMBER and c not in own]
    decimal, dates = stated.decimal, stated.dates
    is_told = any(foreign[c] for c in numbers) or remembered.decimal == "comma"
    if numbers and not decimal and is_told:
        decimal = look.told(_DECIMAL, numbers, "number_mark", remembered.decimal)
    if not dates and any(foreign[c] for c in instants):
        dates = look.told(_DATES, instants, "date_mark", remembered.dates)
    values = Values(replace(stated, decimal=decimal, dates=dates))
    amounts = [c for c in numbers if foreign[c]]
    signs = look.currencies(amounts) if amounts else []
    beside = look.beside(signs, amounts, currency_of, values) if signs else {}
    for column, kind in kinds.items():
        said = stated.columns.get(column) if column in own else dates
        zone = None if kind == DAY else stated.zone
        if kind == NUMBER and (foreign[column] or decimal == "comma"):
            values.written[column] = number_as_plain(
                column, decimal or "point", PLAIN_NUMBER, beside.get(column)
            )
        elif kind != NUMBER and (foreign[column] or zone or column in own or "%" in (said or "")):
            values.written[column] = instant_as_plain(
                column, said, zone, plain_instant, look.usual(column, said)
            )
    if decimal != "comma":
        values.doubts += doubts
    return values


@dataclass(frozen=True)
class _Look:
    """Questions to the rows of one file."""

    con: duckdb.DuckDBPyConnection
    relation: str
    kinds: Mapping[str, str]
    file_name: str
    warn_rate: float
    refuse: Callable[[str], None]

    def first(self) -> tuple[dict[str, int], list[str]]:
        """Return how many values of each column may not be plain, and a sentence on each column of
        numbers in which every point may separate thousands.

        What the engine reads by itself and staging does not, such as 1e5, cannot be helped here.
        """
        measures = []
        for column, kind in self.kinds.items():
            c = identifier(column)
            if kind == NUMBER:
                grouped = f"contains({c}, '.') and regexp_matches({c}, '{_GROUPED}')"
                measures += [
                    f"count({c}) - count(try_cast({c} as double))",
                    f"count(*) filter (where contains({c}, '.'))",
                    f"count(*) filter (where {grouped})",
                    f"arg_min({c}, landed_row) filter (where {grouped})",
                ]
            else:
                is_plain = f"not contains({c}, '/') and not contains({c}, 'GMT')"
                read = f"count(try_cast({c} as timestamptz)) filter (where {is_plain})"
                measures += [f"count({c}) - {read}", "0", "0", "null"]
        row = self._rows(f"select {', '.join(measures)} from {self.relation}")[0]
        quarters = list(zip(self.kinds, row[::4], row[1::4], row[2::4], row[3::4], strict=True))
        doubts = [
            f"{column}: all {grouped:,} values with a point have three digits after it, such as "
            f"{example}; it is read as a decimal point, so where it separates thousands say "
            "--decimal comma."
            for column, _, pointed, grouped, example in quarters
            if grouped >= _FEWEST and grouped == pointed
        ]
        return {column: foreign for column, foreign, *_ in quarters}, doubts

    def has_instants(self) -> bool:
        """Return whether there is any value that a zone could be that of."""
        columns = [identifier(c) for c, kind in self.kinds.items() if kind == INSTANT]
        value = f"coalesce({', '.join([*columns, 'null'])})"
        return bool(self._rows(f"select 1 from {self.relation} where {value} <> '' limit 1"))

    def told(
        self, question: _Question, columns: list[str], mark: str, remembered: str | None
    ) -> str | None:
        """Return which of two notations the values have; None where they need neither.

        Refuses the file where they do not tell, or contradict each other.
        """
        marks = self._marks(columns, mark)
        first, second = (marks.get(word) for word in question.words)
        way = " or ".join(f"{question.option} {word}" for word in question.words)
        if first and second:
            share = min(first.count, second.count) / (first.count + second.count)
            if share > self.warn_rate:
                self.refuse(
                    f"{self.file_name} has {first.place}, which is {question.words[0]} "
                    f"({first.count:,} such), and {second.place}, which is {question.words[1]} "
                    f"({second.count:,} such): mend the export, or say {way}. What is "
                    "written the other way is then rejected where it shows, and read as this one "
                    "where it does not."
                )
            return question.words[0] if first.count > second.count else question.words[1]
        if first or second:
            return question.words[0] if first else question.words[1]
        if remembered in question.words and marks:
            return remembered
        if either := marks.get("either"):
            one, other = question.readings(either.value)
            self.refuse(
                f"{self.file_name}: {either.place} is {one} or {other}, and no value of the file "
                f"tells which: say {way}."
            )
        return None

    def _marks(self, columns: list[str], mark: str) -> dict[str, Mark]:
        values = " union all ".join(self._distinct(column) for column in columns)
        rows = self._rows(
            "select mark, sum(n)::bigint, arg_min(column_name, row), arg_min(value, row), min(row) "
            f"from (select *, {mark}(value) as mark from ({values})) "
            "where mark is not null group by mark"
        )
        return {row[0]: Mark(*row[1:]) for row in rows}

    def _distinct(self, column: str) -> str:
        """Return a query for a column's values, each once: of instants their days are enough."""
        c = identifier(column)
        value = c if self.kinds[column] == NUMBER else f"regexp_extract(trim({c}), '^[^ ,T]+')"
        return (
            f"select {literal(column)} as column_name, {value} as value, count(*) as n, "
            f"min(landed_row) as row from {self.relation} where {c} is not null group by all"
        )

    def currencies(self, columns: list[str]) -> list[str]:
        """Return what stands beside the digits of amounts."""
        values = " union all ".join(self._distinct(column) for column in columns)
        rows = self._rows(
            f"select distinct number_currency(value) as sign from ({values}) "
            "where sign is not null order by sign"
        )
        return [sign for (sign,) in rows]

    def beside(
        self, signs: list[str], amounts: list[str], currency_of: CurrencyOf | None, values: Values
    ) -> dict[str, str]:
        """Return by column when what stands beside an amount may be taken off, where it is not
        always; what is doubtful is added to ``values``.
        """
        told, of = f"amounts stand beside {' and '.join(signs)}", currency_of
        if of and of.column and (said := self._said(of.column)):
            return self._beside_their_own(signs, amounts, of.column, said, values)
        if of and of.table and not of.column:
            # Signs are held against orders, which may land another day.
            beside = ", ".join(f"number_currency({identifier(c)})" for c in amounts)
            values.sign = f"nullif(concat_ws(' ', {beside}), '')"
            if not all(of.base in (codes_of(sign) or ()) for sign in signs):
                values.doubts.append(
                    f"{told}, and base_currency is {of.base}: they are taken to be in the currency "
                    f"that {of.table} says of their order."
                )
            return {}
        if not are_one_currency(signs):
            values.beside.append(
                f"{told}, which are different currencies: none is taken off, since the currency "
                "belongs in a column of its own."
            )
            values.doubts += values.beside
            return {c: f"number_currency({identifier(c)}) is null" for c in amounts}
        if of and not all(may_mean(sign, of.base) for sign in signs):
            self.refuse(
                f"{self.file_name}: {told}, no column says their currency, and base_currency "
                f"is {of.base}: set base_currency in dbt_project.yml to theirs, or give the "
                "currency a column of its own."
            )
        return {}

    def _said(self, column: str) -> set[str]:
        """Return the currencies that rows say; none where the file lacks the column."""
        rows = self._rows(f"select distinct {_code(column)} as code from {self.relation}")
        return {code for (code,) in rows if code}

    def _beside_their_own(
        self, signs: list[str], amounts: list[str], column_of: str, said: set[str], values: Values
    ) -> dict[str, str]:
        """Return the same of a file that says the currency of each row."""
        own = _code(column_of)
        known = {sign: codes for sign in signs if (codes := codes_of(sign)) is not None}
        # Some exports say the currency on the first of an order's rows only.
        arms = "".join(
            f"when {literal(sign)} then coalesce("
            f"{own} in ({', '.join(map(literal, sorted(codes)))}), {not codes.isdisjoint(said)}) "
            for sign, codes in known.items()
        )
        fitting = {}
        for column in amounts if arms else []:
            c = identifier(column)
            fits = f"(case number_currency({c}) {arms}else true end)"
            count, value, currency, row = self._rows(
                f"select count(*), arg_min({c}, landed_row), "
                f"arg_min(coalesce({own}, 'none'), landed_row), min(landed_row) "
                f"from {self.relation} where {c} is not null and not {fits}"
            )[0]
            if count:
                fitting[column] = fits
                stand = "1 amount stands" if count == 1 else f"{count:,} amounts stand"
                values.beside.append(
                    f"{column}: {stand} beside the sign of another currency than the row's, which "
                    f"is not taken off, such as {shown(value)} where the row says "
                    f"{shown(currency)} (line {row:,})."
                )
        values.doubts += values.beside
        return fitting

    def usual(self, column: str, dates: str | None) -> list[str]:
        """Return the forms of the first instants of a column, which most others have."""
        if dates and dates not in ORDERS:
            return []
        c = identifier(column)
        forms = formats_of(dates)
        counts = ", ".join(f"count(try_strptime(instant_local({c}), {literal(f)}))" for f in forms)
        sample = f"select {c} from {self.relation} where {c} is not null limit 200"
        found = zip(self._rows(f"select {counts} from ({sample})")[0], forms, strict=True)
        return [form for count, form in sorted(found, reverse=True) if count]

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()
