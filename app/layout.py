"""The parts that pages are made of: titles, figures, charts, tables, notices, and their manners.

Every chart and table says how it is computed and can be had as CSV.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import altair as alt
import pandas as pd
import streamlit as st

from app import figures
from app.language import language, say
from app.published import Answer, Published
from app.safety import escape, harmless

_STYLE = """
<style>
.block-container { max-width: 1180px; padding-top: 3.2rem; padding-bottom: 4rem; }
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
.sh-big { font-size: 2.1rem; font-weight: 600; font-variant-numeric: tabular-nums;
  line-height: 1.15; }
.sh-beside { opacity: .72; line-height: 1.4; }
h3.sh-section { font-size: 1.5rem; font-weight: 600; line-height: 1.3; margin: .6rem 0 0; padding: 0;
  overflow-wrap: anywhere; }
.sh-caption { font-size: .88rem; opacity: .62; margin: 0; overflow-wrap: anywhere; }
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
.sh-notice { border: 1px solid color-mix(in srgb, currentColor 16%, transparent);
  border-left: 4px solid #0072B2; border-radius: 6px; padding: 1rem 1.2rem; max-width: 46rem; }
.sh-notice.sh-error { border-left-color: #D55E00; }
.sh-notice p { margin: 0; line-height: 1.5; }
.sh-notice p + p { opacity: .78; margin-top: .35rem; }
.sh-notice p:first-child { font-weight: 600; }
/* A chart's rows and definition stand under it, in the visit's language; Streamlit's own buttons
   and hints speak English only. */
[data-testid="stElementToolbar"], [data-testid="InputInstructions"] { display: none; }
</style>
"""  # noqa: E501


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
    """

    name: str
    label: str
    write: Callable[[Any], str] = str
    is_text: bool = False
    is_long: bool = False
    link: Callable[[Any], str] | None = None
    interval: tuple[str, str] | None = None
    write_row: Callable[[dict[Hashable, Any]], str] | None = None


def style() -> None:
    """Put the app's style sheet into the page."""
    st.html(_STYLE)


def title(text: str, question: str = "") -> None:
    """Head a page with its name and the question that it answers."""
    st.title(text, anchor=False)
    if question:
        st.html(f'<p class="sh-question">{escape(question)}</p>')


def as_of(published: Published) -> None:
    """Say up to when everything below is known, and of an invented shop that it is one."""
    if not published.has("core.clock"):
        return
    clock = published.ask("select * from core.clock where as_of_at is not null").frame
    if clock.empty:
        return
    text = say(
        "app.as_of",
        as_of=figures.instant(clock["as_of_at"][0]),
        time_zone=clock["time_zone"][0],
        version=published.number,
    )
    st.html(f'<p class="sh-asof">{escape(text)}</p>')
    if clock.get("is_sample", pd.Series([False]))[0]:
        st.html(f'<p class="sh-invented">{escape(say("app.invented"))}</p>')


def currency(published: Published) -> str:
    """Return the currency of every amount."""
    clock = published.ask("select base_currency from core.clock").frame
    return str(clock["base_currency"][0]) if len(clock) else ""


def notice(what: str, remedy: str, is_error: bool = False) -> None:
    """Say in place of a page or a chart what is not there, and what would bring it."""
    kind = "sh-notice sh-error" if is_error else "sh-notice"
    role = ' role="alert"' if is_error else ""
    st.html(f'<div class="{kind}"{role}><p>{escape(what)}</p><p>{escape(remedy)}</p></div>')


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
    st.html(f'<h3 class="sh-section">{escape(text)}</h3>')
    if note:
        caption(note)


def caption(text: str) -> None:
    """Say something small about what stands beside it."""
    st.html(f'<p class="sh-caption">{escape(text)}</p>')


def cards(items: Iterable[tuple[str, str, str]]) -> None:
    """Show figures side by side, each with its label above and a note below."""
    st.html('<div class="sh-cards">' + "".join(_card(*item) for item in items) + "</div>")


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


def chart(key: str, drawing: alt.Chart | alt.LayerChart, answer: Answer, *marts: str) -> None:
    """Show a chart, and under it how it is computed and its rows.

    Args:
        key: the chart's name: ``words/*.toml`` has ``how.<key>``, its definition.
        drawing: the chart.
        answer: the rows that it draws.
        marts: where they come from.
    """
    drawing = drawing.properties(
        usermeta={"embedOptions": {"actions": False, "renderer": "svg"}},
        padding={"left": 0, "right": 12, "top": 4, "bottom": 0},
    ).configure_view(strokeWidth=0)
    with st.container(key=f"figure-{key}"):
        st.altair_chart(drawing, width="stretch", key=f"chart-{key}")
        computed(key, answer, *marts)


def table(
    key: str,
    answer: Answer,
    columns: Sequence[Column],
    *marts: str,
    marked: str | None = None,
    limit: int = 50,
) -> None:
    """Show an answer as a table, numbers to the right, and offer all of it as CSV.

    Args:
        key: the table's name; ``how.<key>`` is its definition.
        answer: its rows.
        columns: what is shown of them; the CSV has every column.
        marts: where the rows come from.
        marked: a column of truth values: rows to stress.
        limit: how many rows are shown.
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
        computed(key, answer, *marts)


def computed(key: str, answer: Answer, *marts: str) -> None:
    """Offer the definition, the marts and the SQL of a chart or table, and its rows."""
    with st.container(horizontal=True, gap="small"):
        with st.popover(say("app.how"), type="tertiary", key=f"how-{key}"):
            # Words of ours alone, and our marts' names: nothing of the data is read as Markdown.
            st.write(say(f"how.{key}"))
            files = ", ".join(f"`{mart}` (models/{mart.replace('.', ': ')}.yml)" for mart in marts)
            st.caption(say("app.read_from", marts=files))
            st.code(answer.sql.strip(), language="sql")
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


def _link(address: str, name: str) -> str:
    return f'<a href="{escape(address)}" target="_self">{escape(name)}</a>'


def _card(label: str, value: str, note: str) -> str:
    parts = (("sh-label", label), ("sh-value", value), ("sh-note", note))
    inner = "".join(f'<div class="{k}">{escape(text)}</div>' for k, text in parts if text)
    return f'<div class="sh-card">{inner}</div>'


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
    return text
