"""The parts that pages are made of: titles, figures, charts, tables, notices, and their manners.

Every chart and table says how it is computed and can be had as CSV.
"""

import base64
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import altair as alt
import pandas as pd
import streamlit as st

from app import figures
from app.language import language, say
from app.palette import BACKGROUNDS, BLUE, RISK
from app.pictures import png
from app.published import Answer, Published
from app.safety import escape, harmless

_STYLE = """
<style>
.block-container { max-width: 1180px; padding-top: 3.2rem; padding-bottom: 4rem; }
.st-key-period { padding-top: 1.1rem; }
.sh-question { opacity: .75; margin: -.6rem 0 0; font-size: 1.02rem; }
.sh-asof a, .sh-notice a { color: inherit; }
.sh-asof { opacity: .62; font-size: .82rem; margin: 0 0 .4rem; }
.sh-invented { display: inline-block; font-size: .82rem; margin: 0 0 .4rem; padding: .1rem .5rem;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); border-radius: 999px; }
.sh-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr));
  gap: .75rem; }
.sh-card { border: 1px solid color-mix(in srgb, currentColor 16%, transparent);
  border-radius: 8px; padding: .7rem .9rem; min-width: 0; }
.sh-card .sh-label { font-size: .8rem; opacity: .72; }
.sh-card .sh-value { font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums;
  line-height: 1.3; overflow-wrap: anywhere; }
.sh-card .sh-note { font-size: .8rem; opacity: .72; font-variant-numeric: tabular-nums; }
.sh-row { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .6rem; }
.sh-row .sh-card { padding: .5rem .8rem; }
.sh-row summary { list-style: none; cursor: pointer; }
.sh-row summary::-webkit-details-marker { display: none; }
.sh-row summary .sh-label::after { content: " ⓘ"; opacity: .6; }
.sh-row p { font-size: .82rem; line-height: 1.4; margin: .4rem 0 0; }
.sh-course { display: block; width: 100%; height: 22px; margin: .1rem 0; }
.sh-todo { margin: .2rem 0 0; padding-left: 1.2rem; line-height: 1.5; }
.sh-todo li { margin: .3rem 0; }
.sh-todo a { color: inherit; white-space: nowrap; }
.sh-footer { border-top: 1px solid color-mix(in srgb, currentColor 13%, transparent);
  padding-top: .8rem; margin-top: 1.2rem; }
.sh-big { font-size: 2.1rem; font-weight: 600; font-variant-numeric: tabular-nums;
  line-height: 1.15; }
.sh-beside { opacity: .72; line-height: 1.4; }
h3.sh-section { font-size: 1.5rem; font-weight: 600; line-height: 1.3; margin: .6rem 0 0; padding: 0;
  overflow-wrap: anywhere; }
.sh-caption { font-size: .88rem; opacity: .62; margin: 0; overflow-wrap: anywhere; }
.sh-legend { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; }
.sh-legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px;
  margin-right: .4rem; vertical-align: -.1rem; box-sizing: border-box; }
.sh-legend .sh-full { background: #0072B2; }
.sh-legend .sh-grey { background: rgba(122, 133, 143, .55); }
.sh-legend .sh-dashed { border: 1px dashed currentColor; }
.sh-legend .sh-hollow { border: 1.5px solid currentColor; border-radius: 50%; }
.sh-why { line-height: 1.5; margin: .35rem 0 0; }
.sh-scroll { overflow-x: auto; }
.sh-table { border-collapse: collapse; width: 100%; font-size: .88rem;
  font-variant-numeric: tabular-nums; }
.sh-table th { text-align: left; font-weight: 500; opacity: .72; vertical-align: bottom; }
.sh-table th, .sh-table td { padding: .34rem .7rem .34rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 13%, transparent); }
.sh-table td { vertical-align: top; }
.sh-table .sh-number { text-align: right; }
.sh-table .sh-number + .sh-text, .sh-table .sh-number + .sh-long { padding-left: 1rem; }
.sh-table td.sh-number, .sh-table td.sh-text { white-space: nowrap; }
.sh-table small { display: block; font-size: .76rem; opacity: .72; font-weight: 400; }
.sh-table .sh-long { min-width: 10rem; overflow-wrap: anywhere; }
.sh-table tr:last-child td { border-bottom: 0; }
.sh-table tr.sh-marked td { font-weight: 600; }
.sh-table a { color: inherit; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
.sh-bar { display: block; position: relative; width: 9rem; height: .6rem; margin: .25rem 0 .15rem;
  background: color-mix(in srgb, currentColor 9%, transparent); }
.sh-bar i { position: absolute; top: 0; bottom: 0; }
.sh-bar::after { content: ""; position: absolute; left: 50%; top: -.15rem; bottom: -.15rem;
  border-left: 1px solid color-mix(in srgb, currentColor 45%, transparent); }
.sh-notice { border: 1px solid color-mix(in srgb, currentColor 16%, transparent);
  border-left: 4px solid #0072B2; border-radius: 6px; padding: 1rem 1.2rem; max-width: 46rem; }
.sh-notice.sh-error { border-left-color: #D55E00; }
.sh-notice p { margin: 0; line-height: 1.5; }
.sh-notice p + p { opacity: .78; margin-top: .35rem; }
.sh-notice p:first-child { font-weight: 600; }
/* A chart's rows and definition stand under it, in the visit's language; Streamlit's own buttons
   and hints speak English only. */
[data-testid="stElementToolbar"], [data-testid="InputInstructions"] { display: none; }
@media (max-width: 640px) {
  .block-container { padding-top: 2.6rem; }
  .sh-row { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .4rem; }
  .sh-row .sh-card { padding: .35rem .5rem; }
  .sh-card .sh-value { font-size: 1.1rem; }
  .sh-course { display: none; }
  .sh-card .sh-label, .sh-card .sh-note { font-size: .74rem; }
  /* The column that a list exists for, its first, stays while the others pass below it. */
  .sh-table th:first-child, .sh-table td:first-child { position: sticky; left: 0;
    z-index: 1; background: var(--sh-page); opacity: 1; min-width: 6.5rem; max-width: 9.5rem;
    overflow-wrap: break-word; white-space: normal; }
}
@media print {
  @page { size: A4; margin: 10mm; }
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
  [class*="st-key-csv-"], [class*="st-key-how-"], [class*="st-key-png-"] { display: none !important; }
  [data-testid="stApp"], [data-testid="stMain"], [data-testid="stAppViewContainer"] {
    position: static !important; overflow: visible !important; height: auto !important; }
  /* What fills a screen of 1,200 pixels fills the width of the sheet. */
  html { zoom: .6; }
  .block-container { padding: 0; max-width: none; }
  [data-testid="stVerticalBlock"] { gap: .6rem; }
  hr { margin: .4rem 0; }
  .sh-card, .sh-notice, [data-testid="stVegaLiteChart"], .sh-table tr { break-inside: avoid; }
}
</style>
"""  # noqa: E501

# What a page keeps for its pictures: the heading above them, and their date.
_TITLE, _DATE = "picture-title", "picture-date"
_TO_TYPE = re.compile("`([^`]+)`")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: the answer's column.
        label: its heading, with its unit.
        write: makes text of a value; a column with it is a number, unless `is_text`.
        is_text: left, not right.
        is_long: a sentence, which needs room.
        link: the address that a value leads to.
        interval: the answer's columns with the ends of its interval, written below it.
        write_row: makes text of the whole row instead, where a value alone does not say enough.
        bar: how far a bar beside the text goes from its middle: to 1, the right, or -1, the left.
    """

    name: str
    label: str
    write: Callable[[Any], str] = str
    is_text: bool = False
    is_long: bool = False
    link: Callable[[Any], str] | None = None
    interval: tuple[str, str] | None = None
    write_row: Callable[[dict[Hashable, Any]], str] | None = None
    bar: Callable[[Any], float] | None = None


@dataclass(frozen=True)
class Figure:
    """One figure of a row.

    Attributes:
        label: its name.
        value: what it is, written.
        notes: what it is compared with, a line each.
        means: its definition, shown when somebody asks.
        line: its course over the period; nulls leave gaps.
    """

    label: str
    value: str
    notes: str
    means: str
    line: Sequence[Any]


def style() -> None:
    """Put the app's style sheet into the page."""
    st.html(_STYLE + f"<style>:root {{ --sh-page: {BACKGROUNDS[is_dark()]}; }}</style>")


def title(text: str, question: str = "") -> None:
    """Head a page with its name and the question that it answers."""
    st.title(text, anchor=False)
    if question:
        st.html(f'<p class="sh-question">{escape(question)}</p>')


def begin(published: Published) -> None:
    """Say of an invented shop that it is one, and remember what its pictures say of their date."""
    clock = _clock(published)
    st.session_state[_DATE] = ""
    if not clock:
        return
    invented = say("app.invented") if clock.get("is_sample") else ""
    if invented:
        st.html(f'<p class="sh-invented">{escape(invented)}</p>')
    date = say("app.until", day=figures.instant(clock["as_of_at"]))
    st.session_state[_DATE] = f"{date} {invented}".strip()


def footer(published: Published) -> None:
    """Say up to when everything above is known, and of which publication it is."""
    clock = _clock(published)
    if not clock:
        return
    text = say(
        "app.as_of",
        as_of=figures.instant(clock["as_of_at"]),
        time_zone=clock["time_zone"],
        version=published.number,
    )
    st.html(f'<p class="sh-asof sh-footer">{escape(text)}</p>')


def _clock(published: Published) -> dict[str, Any]:
    """Return the row of the clock; empty where nothing is known yet."""
    if not published.has("core.clock"):
        return {}
    answer = published.ask("select * from core.clock where as_of_at is not null")
    return next(iter(rows(answer.frame)), {})


def currency(published: Published) -> str:
    """Return the currency of every amount."""
    clock = published.ask("select base_currency from core.clock").frame
    return str(clock["base_currency"][0]) if len(clock) else ""


def notice(what: str, remedy: str, is_error: bool = False) -> None:
    """Say in place of a page or a chart what is not there, and what would bring it."""
    kind = "sh-notice sh-error" if is_error else "sh-notice"
    role = ' role="alert"' if is_error else ""
    st.html(f'<div class="{kind}"{role}><p>{_spoken(what)}</p><p>{_spoken(remedy)}</p></div>')


def alert(lines: Sequence[str], link: tuple[str, str]) -> None:
    """Say what a person must know before anything else, and where there is more of it.

    Args:
        lines: sentences, the first the loudest.
        link: an address and what it is called.
    """
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    st.html(f'<div class="sh-notice sh-error" role="alert">{said}{_link(*link)}</div>')


def beside(text: str, link: tuple[str, str]) -> None:
    """Say something small under a page's title, and where there is more of it."""
    st.html(f'<p class="sh-asof">{escape(text)} {_link(*link)}</p>')


def section(text: str, note: str = "") -> None:
    """Head a part of a page."""
    st.session_state[_TITLE] = text
    st.html(f'<h3 class="sh-section">{escape(text)}</h3>')
    if note:
        caption(note)


def caption(text: str) -> None:
    """Say something small about what stands beside it."""
    st.html(f'<p class="sh-caption">{escape(text)}</p>')


def legend(items: Iterable[tuple[str, str]]) -> None:
    """Say what the cells of a grid look like: the class of a small one, and what it means."""
    said = "".join(f'<span><i class="sh-{kind}"></i>{escape(text)}</span>' for kind, text in items)
    st.html(f'<p class="sh-caption sh-legend">{said}</p>')


def cards(items: Iterable[tuple[str, str, str]]) -> None:
    """Show figures side by side, each with its label above and a note below."""
    st.html('<div class="sh-cards">' + "".join(_card(*item) for item in items) + "</div>")


def figures_row(key: str, items: Sequence[Figure]) -> None:
    """Show figures side by side, each with its course; a click on one opens its definition."""
    with st.container(key=f"{key}-figures"):
        st.html('<div class="sh-row">' + "".join(map(_figure, items)) + "</div>")


def to_do(lines: Iterable[tuple[str, str, str]]) -> None:
    """Show a list: a sentence each, the address that it leads to, and what that is called."""
    said = "".join(
        f"<li>{escape(sentence)} {_link(address, name)}</li>" for sentence, address, name in lines
    )
    st.html(f'<ul class="sh-todo">{said}</ul>')


def remark(text: str) -> None:
    """Say one sentence about what stands above it."""
    st.html(f'<p class="sh-why">{escape(text)}</p>')


def headline(value: str, note: str, why: str) -> None:
    """Show one figure large, what it is beside it, and a sentence on why it is so."""
    st.html(
        f'<div class="sh-big">{escape(value)}</div>'
        f'<div class="sh-beside">{escape(note)}</div>'
        f'<p class="sh-why">{escape(why)}</p>'
    )


def chart(
    key: str,
    drawing: alt.Chart | alt.LayerChart,
    answer: Answer,
    *marts: str,
    on_click: Callable[[], None] | None = None,
) -> None:
    """Show a chart, and under it how it is computed and its rows.

    Args:
        key: the chart's name: ``words/*.toml`` has ``how.<key>``, its definition.
        drawing: the chart.
        answer: the rows that it draws.
        marts: where they come from.
        on_click: called with a click on a mark; ``st.session_state["chart-<key>"]`` says which.
    """
    pictured = drawing
    drawing = drawing.properties(
        usermeta={"embedOptions": {"actions": False, "renderer": "svg"}},
        padding={"left": 0, "right": 12, "top": 4, "bottom": 0},
    ).configure_view(strokeWidth=0)
    with st.container(key=f"figure-{key}"):
        st.altair_chart(
            drawing, width="stretch", key=f"chart-{key}", on_select=on_click or "ignore"
        )
        computed(key, answer, *marts, drawing=pictured)


def table(
    key: str,
    answer: Answer,
    columns: Sequence[Column],
    *marts: str,
    marked: str | None = None,
    limit: int = 50,
    has_csv: bool = True,
) -> None:
    """Show an answer as a table, numbers to the right, and offer all of it as CSV.

    Args:
        key: the table's name; ``how.<key>`` is its definition.
        answer: its rows.
        columns: what is shown of them; the CSV has every column.
        marts: where the rows come from.
        marked: a column of truth values: rows to stress.
        limit: how many rows are shown.
        has_csv: whether its rows can be had; people's are for a purpose only (`app.people`).
    """
    shown = answer.frame.head(limit)
    head = "".join(f'<th class="{_kind(c)}">{escape(c.label)}</th>' for c in columns)
    body = []
    for row in shown.to_dict("records"):
        cells = "".join(f'<td class="{_kind(c)}">{_cell(c, row)}</td>' for c in columns)
        stress = ' class="sh-marked"' if marked and row[marked] is True else ""
        body.append(f"<tr{stress}>{cells}</tr>")
    with st.container(key=f"figure-{key}"):
        st.html(
            f'<div class="sh-scroll"><table class="sh-table" data-table="{key}">'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        )
        if len(answer.frame) > limit:
            caption(
                say(
                    "app.shown_of",
                    shown=figures.count(limit),
                    total=figures.count(len(answer.frame)),
                )
            )
        computed(key, answer, *marts, has_csv=has_csv)


def computed(
    key: str,
    answer: Answer,
    *marts: str,
    has_csv: bool = True,
    drawing: alt.Chart | alt.LayerChart | None = None,
) -> None:
    """Offer the definition, the marts and the SQL of a chart or table, its rows and its picture."""
    with st.container(horizontal=True, gap="small"):
        with st.popover(say("app.how"), type="tertiary", key=f"how-{key}"):
            # Words of ours alone, and our marts' names: nothing of the data is read as Markdown.
            st.write(say(f"how.{key}"))
            files = ", ".join(f"`{mart}` (models/{mart.replace('.', ': ')}.yml)" for mart in marts)
            st.caption(say("app.read_from", marts=files))
            st.code(answer.sql.strip(), language="sql")
        if has_csv:
            st.download_button(
                say("app.csv"),
                # Made when somebody asks for it.
                data=lambda: harmless(answer.frame).to_csv(index=False).encode(),
                file_name=f"{key}.csv",
                mime="text/csv",
                type="tertiary",
                on_click="ignore",
                key=f"csv-{key}",
            )
        if drawing is None:
            return
        title, date = (st.session_state.get(kept, "") for kept in (_TITLE, _DATE))
        dark = is_dark()
        definition = say(f"how.{key}")
        st.download_button(
            say("app.png"),
            data=lambda: png(drawing, title, definition, date, dark),
            file_name=f"{key}.png",
            mime="image/png",
            type="tertiary",
            on_click="ignore",
            key=f"png-{key}",
        )


@contextmanager
def folded(key: str, label: str) -> Iterator[None]:
    """Fold up what is drawn inside, for whoever unfolds it; the label is of our words alone."""
    with st.container(key=key), st.expander(label):
        yield


def person_link(person: object) -> str:
    """Return the address of a person's page."""
    return f"customer?person={quote(str(person), safe='')}&lang={language()}"


def is_dark() -> bool:
    """Return whether the visitor looks at the dark theme."""
    return bool(st.context.theme.type == "dark")


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries, nulls as None."""
    return [
        {str(k): None if figures.is_nothing(v) else v for k, v in row.items()}
        for row in frame.to_dict("records")
    ]


def _spoken(text: str) -> str:
    """Return a sentence as HTML; what stands between backticks is something to type."""
    return _TO_TYPE.sub(r"<code>\1</code>", escape(text))


def _link(address: str, name: str) -> str:
    return f'<a href="{escape(address)}" target="_self">{escape(name)}</a>'


def _card(label: str, value: str, note: str) -> str:
    parts = (("sh-label", label), ("sh-value", value), ("sh-note", note))
    inner = "".join(f'<div class="{k}">{escape(text)}</div>' for k, text in parts if text)
    return f'<div class="sh-card">{inner}</div>'


def _figure(figure: Figure) -> str:
    notes = "".join(f"<div>{escape(note)}</div>" for note in figure.notes.splitlines())
    return (
        f'<details class="sh-card"><summary><div class="sh-label">{escape(figure.label)}</div>'
        f'<div class="sh-value">{escape(figure.value)}</div>{_course(figure.line)}'
        f'<div class="sh-note">{notes}</div></summary><p>{escape(figure.means)}</p></details>'
    )


def _course(line: Sequence[Any]) -> str:
    """Draw a course as a line without axes, from 0 to its largest value; gaps are closed."""
    known = [(i, float(v)) for i, v in enumerate(line) if not figures.is_nothing(v)]
    if len(known) < 2:
        return ""
    low = min(0.0, *(value for _, value in known))
    top = max(value for _, value in known)
    height = (top - low) or 1.0
    points = " ".join(
        f"{100 * i / (len(line) - 1):.1f},{21 - 20 * (value - low) / height:.1f}"
        for i, value in known
    )
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 22" preserveAspectRatio="none">'
        f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="1.5" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    # Streamlit takes drawings out of a page's HTML, and lets images be.
    code = base64.b64encode(drawing.encode()).decode()
    return f'<img class="sh-course" alt="" src="data:image/svg+xml;base64,{code}">'


def _kind(column: Column) -> str:
    if column.is_long:
        return "sh-long"
    return "sh-text" if column.is_text else "sh-number"


def _cell(column: Column, row: dict[Hashable, Any]) -> str:
    value = row[column.name]
    if figures.is_nothing(value):
        return figures.NOTHING
    text = escape(column.write_row(row) if column.write_row else column.write(value))
    if column.link is not None:
        text = f'<a href="{escape(column.link(value))}" target="_self">{text}</a>'
    if column.interval is not None:
        low, high = (column.write(row[end]) for end in column.interval)
        text += f"<small>{escape(low)} – {escape(high)}</small>"
    return text + (_bar(column.bar(value)) if column.bar is not None else "")


def _bar(length: float) -> str:
    """Draw a bar from the middle; the words beside it say the same."""
    left, colour = (50.0, RISK["high"]) if length > 0 else (50 + 50 * length, RISK["low"])
    style = f"left: {left:.1f}%; width: {50 * abs(length):.1f}%; background: {colour}"
    return f'<span class="sh-bar" aria-hidden="true"><i style="{style}"></i></span>'
