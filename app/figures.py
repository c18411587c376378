"""How the app writes numbers, money and dates, as the reader's language does.

Numbers are grouped, have a unit and as many digits as mean something; the sign of a currency and
the order of a date come from the CLDR, by Babel.
"""

import math
from datetime import date

import pandas as pd
from babel.dates import format_skeleton
from babel.numbers import format_currency, get_currency_precision

from app.language import language, say, sign_of

NOTHING = "–"
MINUS = "−"
# Day before month, which is read the same everywhere.
_DATES = {"en": "en_GB", "zh": "zh"}


def is_nothing(value: object) -> bool:
    """Return whether a mart's value is null."""
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def count(value: object) -> str:
    """Write a count: 12,345."""
    return NOTHING if is_nothing(value) else _sign(f"{round(value):,}")  # type: ignore[call-overload]


def percent(value: object, digits: int = 1) -> str:
    """Write a share: 0.256 is 25.6 %."""
    return NOTHING if is_nothing(value) else _sign(f"{_float(value) * 100:,.{digits}f} %")


def decimal(value: object, digits: int = 3) -> str:
    """Write a figure without a unit: 0.812."""
    return NOTHING if is_nothing(value) else _sign(f"{_float(value):,.{digits}f}")


def chance(value: object) -> str:
    """Write how likely something is by chance: 0.017; what is less than 0.001 is never 0.000."""
    if not is_nothing(value) and _float(value) < 0.001:
        return say("unit.below", number=decimal(0.001))
    return decimal(value)


def money(value: object, currency: str, digits: int = 0) -> str:
    """Write an amount with the sign of its currency: £1,234; where there is none: SEK 1,234.

    It has no more decimals than its currency: yen have none.
    """
    if is_nothing(value):
        return NOTHING
    if not currency:
        return decimal(value, digits)
    digits = min(digits, get_currency_precision(currency))
    # Babel leaves out the blank that CLDR puts between letters and figures.
    blank = "\u00a0" if sign_of(currency)[-1].isalpha() else ""
    pattern = f"¤{blank}#,##0" + ("." + "0" * digits if digits else "")
    # Adding nothing takes the sign from what is rounded to 0.
    text = format_currency(
        round(_float(value), digits) + 0.0,
        currency,
        pattern,
        locale=language(),
        currency_digits=False,
    )
    return _sign(text)


def amount(value: object, currency: object) -> str:
    """Write an amount whose currency stands beside it, with the decimals of that: 1,234.50."""
    return decimal(value, 2 if is_nothing(currency) else get_currency_precision(str(currency)))


def small_money(value: object, currency: str) -> str:
    """Write an amount that may be that of one order: below 1,000 with the currency's decimals."""
    is_small = not is_nothing(value) and abs(_float(value)) < 1000
    return money(value, currency, 2 if is_small else 0)


def people(value: object) -> str:
    """Write how many people: 1 person, 12 people."""
    return say("unit.person_count" if value == 1 else "unit.people_count", number=count(value))


def change(value: float, digits: int = 1) -> str:
    """Write a relative change with its sign: 0.031 is +3.1 %."""
    text = percent(value, digits)
    return f"+{text}" if value > 0 else text


def signed(value: float) -> str:
    """Write a count with its sign."""
    return f"+{count(value)}" if value > 0 else count(value)


def points(value: float) -> str:
    """Write a difference of two shares, in percent points with its sign: 0.028 is +2.8."""
    text = decimal(value * 100, 1)
    return f"+{text}" if value > 0 else text


def day(value: object) -> str:
    """Write a date: 14 May 2025."""
    return NOTHING if is_nothing(value) else _written(value, "yMMMd")


def month(value: object) -> str:
    """Write the month of a date: May 2025."""
    return NOTHING if is_nothing(value) else _written(value, "yMMMM")


def short_month(value: object) -> str:
    """Write the month of a date without its year, for a chart: May."""
    return NOTHING if is_nothing(value) else _written(value, "MMM")


def quarter(value: object) -> str:
    """Write the quarter of a date: Q2 2025."""
    return NOTHING if is_nothing(value) else _written(value, "yQQQ")


def period(grain: str, start: object) -> str:
    """Write a month, week or day by its first day: May 2025, week of 12 May 2025, 14 May 2025."""
    if grain == "month":
        return month(start)
    return say("app.week_of", day=day(start)) if grain == "week" else day(start)


def instant(value: object) -> str:
    """Write an instant to the minute: 14 May 2025 09:30."""
    if is_nothing(value):
        return NOTHING
    return f"{day(value)} {pd.Timestamp(value):%H:%M}"  # type: ignore[arg-type]


def days(first: date, last: date) -> str:
    """Write a span of days, both of which belong to it: 1 May 2025 – 14 May 2025."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _written(value: object, skeleton: str) -> str:
    return format_skeleton(skeleton, _date(value), locale=_DATES[language()])


def _date(value: object) -> date:
    return pd.Timestamp(value).date()  # type: ignore[arg-type]


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _sign(text: str) -> str:
    return text.replace("-", MINUS) if text.startswith("-") else text
