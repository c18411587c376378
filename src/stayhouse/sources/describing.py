"""What each file of a new source is: its table, its columns, its notation, and what is in doubt."""

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import IGNORE, read_source
from stayhouse.landing.kinds import NUMBER, kinds_of, taken_as_utc
from stayhouse.landing.limits import read_limits
from stayhouse.landing.notation import Notation
from stayhouse.landing.words import folded, likeness, our_values, speaks_of, value_words
from stayhouse.sources.matching import (
    CHINESE_DAY,
    NICKNAME,
    ORDER_DISCOUNT,
    PLAIN,
    ROW_NUMBERS,
    ROWS,
    SOLD,
    Match,
    best_match,
    canonical_of,
    known_export,
    matched,
    nearest,
    says_refunds,
    why_personal,
)
from stayhouse.sources.money import judged
from stayhouse.sources.rows import PlainRows, plain_rows
from stayhouse.sources.samples import Sample, read_sample

_EPOCHS = {10: "epoch-seconds", 13: "epoch-milliseconds", 16: "epoch-microseconds"}
# Columns whose words are written into the staging SQL as ours.
_WORDED = ("status", "currency", "event_type")
_SHOWN = 20


@dataclass(frozen=True)
class Column:
    """A column of a file: its name, ours (or ``ignore``), and how it lands."""

    name: str
    ours: str
    required: bool = False
    personal: str = ""


@dataclass
class Described:
    """A table of a new source.

    ``name`` is what it lands as, ``columns`` are by their names, ``words`` are by our column what
    the files write for our values. ``unclear`` are sentences on what was not understood, ``notes``
    on what was decided. ``has_products`` is whether a row says what was bought.
    """

    name: str
    files: list[Path]
    columns: dict[str, Column]
    kinds: dict[str, str]
    notation: Notation
    has_products: bool = True
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def landed(self) -> list[str]:
        """Our names of the columns that land, each once."""
        written = (c for c in self.columns.values() if c.ours != IGNORE and c.personal != "drop")
        return list(dict.fromkeys(column.ours for column in written))


def describe(
    root: Path, paths: Sequence[Path], stated: Notation, pulled: Collection[Path] = ()
) -> tuple[list[Described], list[str]]:
    """Return the tables that files are, and a sentence on each file that is none.

    Args:
        root: the project's folder.
        paths: the files.
        stated: what options say of how they are written.
        pulled: those that are tables of a database, of which an order may come in several pulls.

    Raises:
        StayhouseError: a file cannot be read, or none of them is a table.
    """
    limits = read_limits(root)
    found: list[tuple[Sample, Match]] = []
    strange: list[str] = []
    known: list[str] = []
    for path in paths:
        sample = read_sample(path, stated, limits)
        if platform := known_export(root, sample):
            known.append(
                f"{sample.file.name} is an export that the source {platform.source} reads as it "
                f"is: 'stayhouse land {platform.source} {sample.file.path} --table "
                f"{platform.name}'."
            )
        elif match := best_match(root, sample):
            found.append((sample, match))
        else:
            shape, lacks = nearest(root, sample)
            said = says_refunds(sample)
            strange.append(
                f"{sample.file.name} is no table of ours by its columns "
                f"({', '.join(map(repr, sample.columns))}): nothing of it lands. To be {shape} it "
                f"lacks {' and '.join(lacks)}: call the column so, in the file or in a view."
                + f" It is not taken for sales, since {said!r} speaks of refunds."
                * bool(said)
            )
    if known and not found:
        raise StayhouseError(" ".join([*known, *strange]))
    if not found:
        raise StayhouseError(
            f"{' '.join(strange)} Orders need a number, a date and money; name such columns in "
            "words of docs/data.md, or write the folder by hand as 'Add a source' there says."
        )
    tables: dict[str, Described] = {}
    for sample, match in _together(root, found):
        table = _described(root, sample, match, limits.warn_rate)
        if sample.file.path in pulled:
            _with_number(table, sample)
        tables[table.name] = _merged(tables[table.name], table) if table.name in tables else table
    return list(tables.values()), known + strange


def _together(root: Path, found: list[tuple[Sample, Match]]) -> list[tuple[Sample, Match]]:
    """Return what files are beside each other: lines in one of them leave orders to another."""
    shapes = {match.shape for _, match in found}
    has_heads = any(
        m.shape == "orders" or (m.shape == ROWS and not m.has_products) for _, m in found
    )
    has_lines = any(
        m.shape == "order_lines" or (m.shape == ROWS and m.has_products) for _, m in found
    )
    if ROWS not in shapes or not (has_heads and has_lines):
        return found
    return [
        (s, matched(root, s, "order_lines" if m.has_products else "orders"))
        if m.shape == ROWS
        else (s, m)
        for s, m in found
    ]


def _described(root: Path, sample: Sample, match: Match, warn_rate: float) -> Described:
    plain = read_source(root, PLAIN)
    required = {
        alias.our_column
        for table in canonical_of(match.shape)
        for alias in plain.tables[table].aliases
        if alias.is_required
    }
    kinds = {ORDER_DISCOUNT: NUMBER}
    for name in canonical_of(match.shape):
        kinds |= kinds_of(root, plain.tables[name], Notation())
    unclear, notes, columns = [], [], {}
    is_sold = match.shape in SOLD
    ours_of, known = _with_buyer(sample, match), " or ".join(canonical_of(match.shape))
    for name in sample.columns:
        ours, personal = ours_of.get(name, (IGNORE, ""))
        if ours == IGNORE and not personal and (why := why_personal(name, sample.values(name))):
            personal = "drop"
            notes.append(f"{name!r} looks personal, {why}: it is never written.")
        elif ours == IGNORE and not personal and likeness(name, "beside", "shipping") == 1:
            notes.append(f"{name!r} is what the shipping cost, no sale: it does not land.")
        elif ours == IGNORE and not personal and likeness(name, "beside", "refund") == 1:
            unclear.append(
                f"{name!r} is money that was paid back, which an order has no column for: sales "
                "are before it, until a file of refunds (order, amount, date) lands too."
            )
        elif ours == IGNORE and not personal and is_sold and speaks_of(name, "refunds"):
            unclear.append(
                f"{name!r} speaks of refunds, which {known} has no column for: it does not land "
                "(ignore). If these rows are refunds, do not land them as sales."
            )
        elif ours == IGNORE and not personal:
            unclear.append(f"{name!r} is no column of {known} here: it does not land (ignore).")
        columns[name] = Column(name, ours, ours in required, personal)
    table = Described(match.shape, [sample.file.path], columns, {}, sample.notation)
    table.has_products, table.unclear, table.notes = match.has_products, unclear, notes
    table.kinds = {ours: kind for ours, kind in kinds.items() if ours in table.landed}
    table.notation = replace(table.notation, columns=_written_as(table, sample))
    rows = plain_rows(
        root, sample, {c.name: c.ours for c in columns.values() if c.ours in table.landed},
        table.kinds, table.notation, warn_rate,
    )  # fmt: skip
    table.notation = rows.notation
    table.unclear += [*rows.doubts, *_without_zone(table, sample)]
    if match.shape == ROWS:
        _with_money(table, rows)
    for ours in _WORDED:
        _with_words(root, table, sample, ours)
    if {"customer_id", "email_hash", "visitor_id"}.isdisjoint(table.landed) and match.shape in (
        ROWS, "orders", "events",
    ):  # fmt: skip
        table.unclear.append(
            "No column tells who buys, so nobody comes back: give the one that does a row in the "
            "sheet as customer_id, with the word hash where it names a person."
        )
    return table


def _with_number(table: Described, sample: Sample) -> None:
    """Let the numeric key of a table tell apart the parts of an order, where nothing else does."""
    ours = ROW_NUMBERS.get("order_lines" if table.name == ROWS else table.name)
    if ours is None or ours in table.landed:
        return
    for column in table.columns.values():
        values = sample.columns[column.name]
        is_free = column.ours == IGNORE and not column.personal
        is_key = all(v and v.isdecimal() for v in values) and len(set(values)) == len(values)
        if is_free and is_key:
            table.columns[column.name] = replace(column, ours=ours)
            table.kinds[ours] = NUMBER
            said = f"{column.name!r} is no column"
            table.unclear = [line for line in table.unclear if not line.startswith(said)]
            table.notes.append(
                f"{column.name!r} is another one in every row, so it is taken for the number that "
                "tells apart the rows of an order."
            )
            return


def _with_buyer(sample: Sample, match: Match) -> dict[str, tuple[str, str]]:
    """Return our column of each and how it lands: what names a customer lands as a hash."""
    ours = set(match.columns.values())
    found = {}
    for name, column in match.columns.items():
        if column == "email_hash":
            found[name] = column, "hash"
        elif column == NICKNAME:
            has_id = "customer_id" in ours
            found[name] = (IGNORE, "drop") if has_id else ("customer_id", "hash")
        else:
            found[name] = column, ""
    return found


def _written_as(table: Described, sample: Sample) -> dict[str, str]:
    """Return the pattern or the epoch of the instants that have one."""
    found = {}
    for column in table.columns.values():
        values = sample.values(column.name)
        if table.kinds.get(column.ours) in (None, NUMBER) or not values:
            continue
        days = [CHINESE_DAY.fullmatch(value.strip()) for value in values]
        digits = {len(value.strip()) if value.strip().isdecimal() else 0 for value in values}
        if all(days) and days[0]:
            blank, time, seconds = days[0].groups()
            clock = f"{blank}%H:%M" + (":%S" if seconds else "") if time else ""
            found[column.ours] = f"%Y年%m月%d日{clock}"
        elif len(digits) == 1 and (epoch := _EPOCHS.get(digits.pop())):
            found[column.ours] = epoch
    return found


def _without_zone(table: Described, sample: Sample) -> list[str]:
    if table.notation.zone:
        return []
    return [
        sentence
        for column in table.columns.values()
        if table.kinds.get(column.ours) not in (None, NUMBER)
        and table.notation.columns.get(column.ours) not in _EPOCHS.values()
        and (sentence := taken_as_utc(column.name, sample.values(column.name)))
    ]


def _with_money(table: Described, rows: PlainRows) -> None:
    """Let the values say what the money of rows is; change the columns and take notes."""
    for ours, (becomes, why) in judged(rows, table.landed, table.has_products).items():
        for name, column in table.columns.items():
            if column.ours == ours:
                table.columns[name] = replace(column, ours=becomes)
                table.notes.append(f"{name!r} {why}")
        if (kind := table.kinds.pop(ours, None)) and becomes != IGNORE:
            table.kinds[becomes] = kind
    for ours in ("ordered_at", "customer_id", "status"):
        if ours in table.landed and (count := rows.varied(ours)):
            names = [c.name for c in table.columns.values() if c.ours == ours]
            table.unclear.append(
                f"{names[0]!r} differs between the rows of {count:,} orders: the first row of an "
                "order counts."
            )


def _with_words(root: Path, table: Described, sample: Sample, ours: str) -> None:
    """Note which words of a column are which of our values, and which are unknown."""
    known = value_words(ours)
    by_word = {
        language: {folded(word) or word: value for word, value in words.items()}
        for language, words in known.items()
    }
    plain = our_values(ours) | (_event_types(root) if ours == "event_type" else set())
    for column in table.columns.values():
        if column.ours != ours:
            continue
        seen = {value.strip().lower() for value in sample.values(column.name)}
        if ours == "currency":
            plain = plain | {word for word in seen if re.fullmatch("[a-z]{3}", word)}
        strange = sorted(word for word in seen if word not in {p.lower() for p in plain})
        seen_in = {
            language: {w: found[key] for w in strange if (key := folded(w) or w) in found}
            for language, found in by_word.items()
        }
        # The words of the language that were not seen will come another day. Of languages that
        # share words it is the one that has most of them; what it lacks, others may have.
        order = sorted(seen_in, key=lambda language: len(seen_in[language]), reverse=True)
        words = {w: v for language in reversed(order) for w, v in seen_in[language].items()}
        if words:
            later = known[order[0]].items()
            table.words[ours] = {**words, **{w: v for w, v in later if w not in plain}}
        if unknown := [word for word in strange if word not in words]:
            shown = ", ".join(map(repr, unknown[:_SHOWN]))
            more = f" and {len(unknown) - _SHOWN:,} more" if len(unknown) > _SHOWN else ""
            table.unclear.append(
                f"{column.name!r} has words that are none of {', '.join(sorted(plain))} here: "
                f"{shown}{more}; the build rejects such rows until staging says what they are."
                if ours != "currency"
                else f"{column.name!r} has {shown}{more}, which is no currency of three letters."
            )


def _event_types(root: Path) -> set[str]:
    """Return what the build takes for an event type: shops have no words for most of them.

    Of a project that takes the package, its own list, if it has one.
    """
    sheet = root / "seeds" / "event_types.csv"
    if not sheet.exists():
        return set()
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        return {row["event_type"] for row in csv.DictReader(file)}


def _merged(one: Described, other: Described) -> Described:
    """Return two files of one table as one: what the first says of a column counts."""
    for name, column in other.columns.items():
        one.columns.setdefault(name, column)
    one.files += other.files
    one.kinds = {**other.kinds, **one.kinds}
    one.notation = one.notation.over(other.notation)
    for ours, words in other.words.items():
        one.words[ours] = {**words, **one.words.get(ours, {})}
    one.unclear += [line for line in other.unclear if line not in one.unclear]
    one.notes += [line for line in other.notes if line not in one.notes]
    return one
