"""The period that pages share: what was chosen on one stands on the next, and in the address.

Periods are whole local days of the shop, and end with the last one that is complete.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from app import choices, figures
from app.language import say
from app.published import Published

KEY = "period"
_OWN = "period-own"
_DAYS = {"7": 7, "28": 28, "90": 90}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_OPTIONS = (*_DAYS, *_MONTHS, "all", "own")

_HISTORY = """
select
    (select min(local_day) from core.orders where is_order) as first_order_day,
    (select min(local_day) from core.sessions) as first_visit_day,
    open_day
from core.clock
"""
_HISTORY_WITHOUT_VISITS = _HISTORY.replace("(select min(local_day) from core.sessions)", "null")


@dataclass(frozen=True)
class Period:
    """Days of the shop, the first and the last included.

    Attributes:
        kind: as it was chosen: so many days, calendar months, everything, or one's own.
        first, last: its days.
        known_from: the first day of the shop's orders, before which nothing is compared; without
            orders, of its visits.
    """

    kind: str
    first: date
    last: date
    known_from: date

    @property
    def day_count(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_month(self) -> bool:
        """Whether it is a month of the calendar, whole."""
        return self.first.day == 1 and self.last == _month_end(self.first)

    def before(self) -> "Period | None":
        """Return the period before it, as long; None where the shop's history begins later.

        Calendar months are followed by calendar months, which may have a day more.
        """
        if self.kind in _MONTHS:
            return self._known(_months_before(self.first, _MONTHS[self.kind]), self.first)
        return self._known(self.first - timedelta(days=self.day_count), self.first)

    def year_ago(self) -> "Period | None":
        """Return the same days a year ago; None where the shop's history begins later."""
        if self.kind in _MONTHS:
            first = _months_before(self.first, 12)
            return self._known(first, _months_before(self.last + timedelta(days=1), 12))
        # The same days of the week, which matter more to a shop than the same date.
        first = self.first - timedelta(days=364)
        return self._known(first, first + timedelta(days=self.day_count))

    def write(self) -> str:
        """Say which days it has: April 2025, or its first and last day."""
        return figures.month(self.first) if self.is_month else figures.days(self.first, self.last)

    def _known(self, first: date, end: date) -> "Period | None":
        if self.kind == "all" or first < self.known_from:
            return None
        return Period(self.kind, first, end - timedelta(days=1), self.known_from)


# Where no day is complete, a page that has something to show shows all of it.
ALWAYS = Period("always", date.min, date.max, date.min)


def choose(published: Published, default: str) -> Period:
    """Let a period be chosen, and return it; `ALWAYS` where no day is complete yet.

    Args:
        published: what is looked at.
        default: what a page shows until something was chosen on any page.
    """
    has_visits = published.has("core.sessions", "local_day")
    known = published.ask(_HISTORY if has_visits else _HISTORY_WITHOUT_VISITS).frame
    days = [v for v in (known.iloc[0] if len(known) else ()) if not figures.is_nothing(v)]
    if len(days) < 2:
        return ALWAYS
    *firsts, open_day = (v.date() for v in days)
    # Of two the orders' stands first: visits may be known for longer, and sell nothing.
    known_from, first, last = firsts[0], min(firsts), open_day - timedelta(days=1)
    if last < first:
        return ALWAYS
    kind = choices.one(
        say("app.period"), _OPTIONS, key=KEY, default=_OPTIONS.index(default),
        write=lambda v: say(f"app.period_{v}"), has_label=False,
    )  # fmt: skip
    if kind == "own":
        return Period(kind, *_own(first, last), known_from)
    return Period(kind, *span(kind, first, last), known_from)


def span(kind: str, first: date, last: date) -> tuple[date, date]:
    """Return the days of a kind of period in a history of complete days.

    Months, a quarter and a year are the latest of the calendar that are over. Where the history is
    shorter, it begins with the history.
    """
    if kind == "all":
        return first, last
    if kind in _DAYS:
        return max(first, last - timedelta(days=_DAYS[kind] - 1)), last
    months = _MONTHS[kind]
    tomorrow = last + timedelta(days=1)
    end = date(tomorrow.year, (tomorrow.month - 1) // months * months + 1, 1)
    begin = max(first, _months_before(end, months))
    # A shop so young that no such period is over has all of its days.
    return (begin, end - timedelta(days=1)) if begin < end else (first, last)


def _own(first: date, last: date) -> tuple[date, date]:
    standing = choices.days(_OWN, span("28", first, last))
    begin, end = (min(max(day, first), last) for day in standing)
    st.session_state[_OWN] = (min(begin, end), end)
    chosen = st.date_input(
        say("app.period_days"), key=_OWN, min_value=first, max_value=last,
        on_change=choices.keep, args=(_OWN,),
    )  # fmt: skip
    choices.carry(_OWN)
    # Between two clicks there is one day.
    ends = chosen if isinstance(chosen, tuple) else (chosen,)
    return (ends[0], ends[-1]) if ends else (first, last)


def _months_before(day: date, months: int) -> date:
    """Return the first day of the month that lies so many months before a first day."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
