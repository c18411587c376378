"""Which of our columns an unknown one may be: by its name, and by what its values look like.

A score from 0 to 1, for a person to judge: nothing lands by a proposal.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stayhouse.base.currencies import CODES
from stayhouse.landing.aliases import IGNORE, Table
from stayhouse.landing.personal import NO_VALUE
from stayhouse.landing.words import is_personal_name, likeness_anywhere

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"\+[0-9][0-9 ()/.-]{7,}")
DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ T].*)?|[0-9]{10}|[0-9]{13}")
# As landing reads one (`readings`): a currency may stand at either end, letters before its sign, as
# in R$, and between thousands an apostrophe or a blank that does not break.
_SIGN = "[A-Za-z]{1,3}[.]?[$£¥\u20a0-\u20cf]"
_CURRENCY = rf"(?:{'|'.join(sorted(CODES))}|{_SIGN}|kr[.]?|zł|Kč|Fr[.]?|Rs[.]?|[元円圆원])"
NUMBER = re.compile(
    rf"(?:{_CURRENCY} ?)?[^0-9A-Za-z]{{0,3}}[0-9][0-9., '\u2019\u00a0\u202f\u2009]*"
    rf"(?:{_CURRENCY}|[^0-9A-Za-z]{{0,3}})"
)
_LEAST = 0.5
# What a name is worth whose values say otherwise.
_UNLIKE = 0.4
# The share of values that must look like something.
MOST = 0.8


@dataclass(frozen=True)
class Proposal:
    """What an unknown column may be: one of ours with a score, or None; why it is personal."""

    column: str
    ours: str | None
    score: float
    personal: str | None

    def __str__(self) -> str:
        """Return it as a line: the column, what it may be, and what to write."""
        if self.personal:
            word = "its row needs the word hash, or drop"
            ours = f" ({self.ours}, {self.score:.2f})" if self.ours else ""
            return f"{self.column!r} looks personal, {self.personal}{ours}: {word}"
        if self.ours:
            return f"{self.column!r} may be {self.ours} ({self.score:.2f})"
        return f"{self.column!r} is like none of ours: our_column {IGNORE} leaves it out"


def propose(
    table: Table,
    unknown: Sequence[str],
    known: set[str],
    kinds: Mapping[str, str],
    samples: Mapping[str, Sequence[str | None]],
) -> list[Proposal]:
    """Return a proposal for each unknown column, each of our columns at most once.

    Args:
        table: the table.
        unknown: the columns that the sheet does not name.
        known: our columns that the file has already.
        kinds: what our columns of instants and numbers hold.
        samples: some values of the columns.
    """
    free = {a.our_column for a in table.aliases if a.our_column not in (*known, IGNORE)}
    scores = sorted(
        (
            (score, column, ours)
            for column in unknown
            for ours in free
            if (score := _score(table, column, ours, kinds, samples.get(column, ()))) >= _LEAST
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    chosen: dict[str, tuple[str | None, float]] = {}
    for score, column, ours in scores:
        if column not in chosen and ours not in {taken for taken, _ in chosen.values()}:
            chosen[column] = ours, score
    found = []
    for column in unknown:
        name, score = chosen.get(column, (None, 0.0))
        personal = looks_personal(column, samples.get(column, ()))
        found.append(Proposal(column, name, score, personal))
    return found


def looks_personal(column: str, values: Sequence[str | None]) -> str | None:
    """Return why a column looks personal, by its values or its name; None where it does not."""
    if share_of(values, EMAIL) > 1 - MOST:
        return "since it holds e-mail addresses"
    if share_of(values, PHONE) > 1 - MOST:
        return "since it holds telephone numbers"
    return "by its name" if is_personal_name(column) else None


def _score(
    table: Table, column: str, ours: str, kinds: Mapping[str, str], values: Sequence[str | None]
) -> float:
    """Return how like a column is to one of ours: by its names, less where its values are not."""
    sheet = [a.their_column for a in table.aliases if a.our_column == ours]
    score = likeness_anywhere(column, ours, sheet)
    form = {"number": NUMBER, "instant": DATE, "day": DATE}.get(kinds.get(ours, ""))
    if form and values and share_of(values, form) < MOST:
        return _UNLIKE * score
    return score


def share_of(values: Sequence[str | None], pattern: re.Pattern[str]) -> float:
    """Return the share of the values that look like something, of those that are there."""
    present = [v.strip() for v in values if v and v.strip().lower() not in NO_VALUE]
    return sum(bool(pattern.fullmatch(v)) for v in present) / len(present) if present else 0.0
