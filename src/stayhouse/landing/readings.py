"""SQL of DuckDB that tells how a text writes a number or an instant, and writes it plainly.

A number may have a currency before or behind it, brackets or a minus behind it for what is less
than nothing, and thousands apart by a mark, a blank or an apostrophe, in threes; before a point
also as in India, where lakhs and crores are apart in twos (12,34,567.00).
"""

from collections.abc import Sequence

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.notation import EPOCHS

_CURRENCY = (
    "(?:[A-Za-z]{0,3}[.]?\\p{Sc}|[A-Z]{3}|kr[.]?|zł|Kč|Fr[.]?|Rs[.]?|Ft|lei|лв[.]?|[元円圆원])"
)
# Sign, currency, sign, digits with their marks, currency, sign.
_NUMBER = (
    f"^ *([-+]?) *({_CURRENCY}?) *([-+]?) *([0-9][0-9., '']*|[.,][0-9]+) *({_CURRENCY}?) *(-?) *$"
)
_THREES = "[1-9][0-9]{0,2}"
# Two groups at least: of one they are threes.
_LAKHS = "[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"
_DATE = "([0-9]{1,2})([/.-])([0-9]{1,2})[/.-]([0-9]{4})"
_TIMES = (
    *("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f"),
    *(" %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p"),
)
_DAYS = {
    "day-first": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"),
    "month-first": ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y"),
    "": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
}


def _mark(point: str, comma: str) -> str:
    """Return when digits can only be read with ``point`` before their decimals."""
    p, c = f"[{point}]", f"[{comma}]"
    return (
        f"(regexp_full_match(d, '[0-9]*{p}[0-9]*') "
        f"and not regexp_full_match(d, '{_THREES}{p}[0-9]{{3}}'))"
        f" or regexp_full_match(d, '{_THREES}({c}[0-9]{{3}})+{p}[0-9]*')"
        f" or regexp_full_match(d, '{_THREES}({c}[0-9]{{3}}){{2,}}')"
        + (f" or regexp_full_match(d, '{_LAKHS}([.][0-9]*)?')" if point == "." else "")
    )


def _plain(point: str, comma: str) -> str:
    """Return digits with a point before their decimals, or null where they are not so written."""
    apart = "|".join(f"(?:{mark}[0-9]{{3}})+" for mark in (f"[{comma}]", " ", "''"))
    whole = f"[0-9]+|{_THREES}(?:{apart})" + (f"|{_LAKHS}" if point == "." else "")
    form = f"(?:{whole})(?:[{point}][0-9]*)?|[{point}][0-9]+"
    return (
        f"case when regexp_full_match(d, '{form}') "
        f"then replace(regexp_replace(d, '[{comma} '']', '', 'g'), '{point}', '.') end"
    )


# Blanks that do not break, the minus and the apostrophe of typesetters; then the digits, marks and
# brackets that are as wide as an East Asian sign.
_ODD = "".join(map(chr, (160, 8239, 8201, 8722, 8217, *range(0xFF08, 0xFF1A))))
_USUAL = "".join(map(chr, (32, 32, 32, 45, 39, *range(0x28, 0x3A))))

DEFINITIONS = (
    # What is less than nothing may stand in brackets.
    "create or replace temp macro number_text(c) as regexp_replace("
    f"translate(c, {literal(_ODD)}, {literal(_USUAL)}), "
    "'^([^0-9(]*)[(]([^()]*)[)] *$', '-\\1\\2')",
    f"create or replace temp macro number_digits(c) as "
    f"trim(regexp_extract(number_text(c), '{_NUMBER}', 4))",
    f"create or replace temp macro number_currency(c) as nullif(concat("
    f"regexp_extract(number_text(c), '{_NUMBER}', 2), "
    f"regexp_extract(number_text(c), '{_NUMBER}', 5)), '')",
    f"create or replace temp macro number_sign(c) as "
    f"regexp_replace(number_text(c), '{_NUMBER}', '\\1\\3\\6')",
    "create or replace temp macro mark_of_digits(d) as case "
    f"when {_mark('.', ',')} then 'point' when {_mark(',', '.')} then 'comma' "
    f"when regexp_full_match(d, '{_THREES},[0-9]{{3}}') then 'either' "
    f"when regexp_full_match(d, '{_THREES}[.][0-9]{{3}}') then 'grouped' end",
    "create or replace temp macro number_mark(c) as "
    "mark_of_digits(regexp_replace(number_digits(c), '[ '']', '', 'g'))",
    f"create or replace temp macro digits_point(d) as {_plain('.', ',')}",
    f"create or replace temp macro digits_comma(d) as {_plain(',', '.')}",
    # A time may stand behind the day, after a comma too, and a zone behind the time.
    "create or replace temp macro instant_text(c) as trim(replace(c, ', ', ' '))",
    "create or replace temp macro instant_zone(c) as regexp_extract(instant_text(c), "
    "':[0-9.]+(?: ?[AaPp][Mm])?( ?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)"
    "| [A-Z][A-Za-z]+/[A-Za-z_/+-]+)$', 1)",
    "create or replace temp macro instant_local(c) as "
    "left(instant_text(c), length(instant_text(c)) - length(instant_zone(c)))",
    f"create or replace temp macro parts_of_date(c) as regexp_extract(instant_text(c), "
    f"'^{_DATE}(?:[ T].*)?$', ['a', 'mark', 'b', 'year'])",
    "create or replace temp macro mark_of_date(p) as case when p.year = '' then null "
    "when cast(p.a as int) > 12 and cast(p.b as int) <= 12 then 'day-first' "
    "when cast(p.b as int) > 12 and cast(p.a as int) <= 12 then 'month-first' "
    "when cast(p.a as int) > 12 or p.a = p.b then null "
    # Who writes points between them writes the day first.
    "when p.mark = '.' then 'day-first' else 'either' end",
    "create or replace temp macro date_mark(c) as mark_of_date(parts_of_date(c))",
)


def number_as_plain(column: str, decimal: str, plain: str, beside: str | None) -> str:
    """Return a column's numbers as staging reads them; one that is not so written as it came.

    Args:
        column: the column.
        decimal: point or comma: what stands before decimals.
        plain: the pattern of plain numbers.
        beside: when a currency beside the digits may be taken off; None: it always may.
    """
    c = identifier(column)
    written = f"concat(number_sign({c}), digits_{decimal}(number_digits({c})))"
    condition = f"digits_{decimal}(number_digits({c})) is not null"
    if beside:
        condition += f" and {beside}"
    is_plain = f"regexp_matches({c}, {literal(plain)})"
    is_left = f"{is_plain} or " if decimal == "point" else ""
    # Most have a mark or two and nothing else, which costs a tenth.
    mark, group = (".", ",") if decimal == "point" else (",", ".")
    simple = f"-?([0-9]+|{_THREES}([{group}][0-9]{{3}})+)([{mark}][0-9]*)?"
    return (
        f"case when regexp_full_match({c}, '{simple}') "
        f"then replace(replace({c}, '{group}', ''), '{mark}', '.') "
        f"when {is_left}not coalesce({condition}, false) then {c} "
        f"when regexp_matches({written}, {literal(plain)}) then {written} else {c} end"
    )


def formats_of(dates: str | None) -> list[str]:
    """Return the forms of instants without an offset that are known, with days in an order."""
    return [
        day + time
        for order in (dates or "day-first", "")
        for day in _DAYS[order]
        for time in _TIMES
    ]


def instant_as_plain(
    column: str, dates: str | None, zone: str | None, plain: str, usual: Sequence[str] = ()
) -> str:
    """Return a column's instants as staging reads them; one that is not so written as it came.

    Args:
        column: the column.
        dates: which of day and month stands first, a pattern, an epoch, or None.
        zone: that of instants without an offset; None: they are in UTC.
        plain: the pattern of plain instants.
        usual: the forms to try first.
    """
    c = identifier(column)
    if dates in EPOCHS:
        found = f"case when {_is_count(c, '')} then {_since_1970(c, EPOCHS[dates])} end"
        return f"coalesce(cast({found} as varchar), {c})"
    if dates and "%" in dates:
        read = f"try_strptime(trim({c}), {literal(dates)})"
        if "%z" in dates or "%Z" in dates:
            read = f"{read} at time zone 'UTC'"
        elif zone:
            read = _from_zone(read, literal(zone))
        return f"coalesce(cast({read} as varchar), {c})"
    local = f"instant_local({c})"
    formats = ", ".join(map(literal, dict.fromkeys([*usual, *formats_of(dates)])))
    # A year of two digits is read as one of the first century.
    form = f"'^({_DATE}|[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}|(19|20)[0-9]{{6}})([ T].*)?$'"
    naive = f"case when regexp_matches({local}, {form}) then try_strptime({local}, [{formats}]) end"
    zone_text = f"instant_zone({c})"
    without = f"cast({_from_zone(naive, literal(zone)) if zone else naive} as varchar)"
    named = (
        f"cast(try_cast(concat(cast({naive} as varchar), {zone_text}) as timestamptz) "
        "at time zone 'UTC' as varchar)"
    )
    epochs = "".join(
        f"when {_is_count(c, f'{{{digits}}}')} then cast({_since_1970(c, factor)} as varchar) "
        for digits, factor in zip((10, 13, 16), EPOCHS.values(), strict=True)
    )
    written = (
        f"case {epochs}when {zone_text} = '' then {without} "
        f"when contains({zone_text}, '/') then {named} "
        f"else concat(cast({naive} as varchar), replace({zone_text}, 'GMT', 'UTC')) end"
    )
    is_left = f"regexp_matches({c}, {literal(plain)})"
    if zone:
        is_left += f" and {zone_text} <> ''"
    # Most have a day, perhaps a time, and nothing else, which costs a fifth.
    first = f"{_DATE}|[0-9]{{4}}[{'-' if zone else ''}/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}"
    naive = f"try_strptime({c}, [{formats}])"
    simple = f"cast({_from_zone(naive, literal(zone)) if zone else naive} as varchar)"
    return (
        f"case when regexp_full_match({c}, '({first})([ T][0-9:.]+)?') "
        f"then coalesce({simple}, {c}) when {is_left} then {c} "
        f"when regexp_matches({written}, {literal(plain)}) then {written} else {c} end"
    )


def _is_count(column: str, digits: str) -> str:
    return f"regexp_full_match(trim({column}), '[0-9]{digits or '+'}([.][0-9]+)?')"


def _since_1970(column: str, micros: int) -> str:
    seconds = f"try_cast({column} as decimal(28, 9))"
    return f"make_timestamp(try_cast(trunc({seconds} * {micros}) as bigint))"


def _from_zone(naive: str, zone: str) -> str:
    return f"timezone({zone}, {naive}) at time zone 'UTC'"
