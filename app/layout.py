"""The parts that pages are made of: titles, figures, charts, tables, notices, and their manners.

Every chart and table says how it is computed and can be had as CSV.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import altair as alt
import pandas as pd
import streamlit as st

from app import figures, pictured
from app.language import language, say
from app.palette import BACKGROUNDS, RISK
from app.pictures import png
from app.published import Answer, Published
from app.safety import escape, harmless

_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")

# The theme in which a page was drawn.
_DARK = "drawn-dark"
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
        is_minor: left out on a phone, where the others have no room beside it.
        bar: how far a bar beside the text goes from its middle: to 1, the right, or -1, the left.
        quoted: the answer's column with the language of what a customer wrote; null: it is ours.
    """

    name: str
    label: str
    write: Callable[[Any], str] = str
    is_text: bool = False
    is_long: bool = False
    link: Callable[[Any], str] | None = None
    interval: tuple[str, str] | None = None
    write_row: Callable[[dict[Hashable, Any]], str] | None = None
    is_minor: bool = False
    bar: Callable[[Any], float] | None = None
    quoted: str | None = None


def style() -> None:
    """Put the app's style sheet into the page, in the theme that all of it is drawn in."""
    st.session_state[_DARK] = is_dark()
    on_paper = "invert(1) hue-rotate(180deg)" if is_dark() else "none"
    colours = f"--sh-page: {BACKGROUNDS[is_dark()]}; --sh-on-paper: {on_paper};"
    st.html(f"<style>{_STYLE}:root {{ {colours} }}</style>")


def title(text: str, question: str = "") -> None:
    """Head a page with its name and the question that it answers."""
    pictured.begin_page(text)
    st.title(text, anchor=False)
    if question:
        st.html(f'<p class="sh-question">{escape(question)}</p>')


def begin(published: Published) -> None:
    """Say of an invented shop that it is one, and remember what its pictures say of their date."""
    clock = _clock(published)
    if not clock:
        return
    invented = say("app.invented") if clock.get("is_sample") else ""
    if invented:
        st.html(f'<p class="sh-invented">{escape(invented)}</p>')
    date = say("app.until", day=figures.instant(clock["as_of_at"]))
    pictured.date(f"{date} {invented}".strip())


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


def warning(lines: Sequence[str]) -> None:
    """Say what the shop itself must mend, the first sentence the loudest."""
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    st.html(f'<div class="sh-notice sh-warning" role="status">{said}</div>')


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
    pictured.begin_section(text)
    st.html(f'<h3 class="sh-section">{escape(text)}</h3>')
    if note:
        caption(note)


def caption(text: str) -> None:
    """Say something small about what stands beside it."""
    st.html(f'<p class="sh-caption">{escape(text)}</p>')


def hint_of_narrow(text: str) -> None:
    """Say something small where a wide grid does not fit, as on a phone."""
    st.html(f'<p class="sh-caption sh-narrow">{escape(text)}</p>')


def legend(items: Iterable[tuple[str, str]]) -> None:
    """Say what the cells of a grid look like: the class of a small one, and what it means."""
    said = "".join(f'<span><i class="sh-{kind}"></i>{escape(text)}</span>' for kind, text in items)
    st.html(f'<p class="sh-caption sh-legend">{said}</p>')


def cards(items: Iterable[tuple[str, str, str]]) -> None:
    """Show figures side by side, each with its label above and a note below."""
    st.html('<div class="sh-cards">' + "".join(_card(*item) for item in items) + "</div>")


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
        padding={"left": 0, "right": 12, "top": 4, "bottom": 6},
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
        said, dark = pictured.standing(), is_dark()
        definition = say(f"how.{key}")
        st.download_button(
            say("app.png"),
            data=lambda: png(drawing, said, answer.sql, definition, dark),
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


def person_link(person: object, page: str = "customer") -> str:
    """Return the address of a person's page, or of another one about that person."""
    return f"{page}?person={quote(str(person), safe='')}&lang={language()}"


def is_dark() -> bool:
    """Return whether the visitor looks at the dark theme."""
    return bool(st.context.theme.type == "dark")


def is_in_theme() -> bool:
    """Return whether the visitor looks at the theme in which the page was drawn."""
    return bool(st.session_state.get(_DARK, is_dark()) == is_dark())


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


def _kind(column: Column) -> str:
    kind = "sh-long" if column.is_long else "sh-text" if column.is_text else "sh-number"
    return f"{kind} sh-minor" if column.is_minor else kind


def _cell(column: Column, row: dict[Hashable, Any]) -> str:
    value = row[column.name]
    if figures.is_nothing(value):
        return figures.NOTHING
    text = escape(column.write_row(row) if column.write_row else column.write(value))
    if column.link is not None:
        text = f'<a href="{escape(column.link(value))}" target="_self">{text}</a>'
    if column.quoted is not None and not figures.is_nothing(row[column.quoted]):
        text = f'<q lang="{escape(str(row[column.quoted]))}">{text}</q>'
    if column.interval is not None:
        low, high = (column.write(row[end]) for end in column.interval)
        text += f"<small>{escape(low)} – {escape(high)}</small>"
    return text + (_bar(column.bar(value)) if column.bar is not None else "")


def _bar(length: float) -> str:
    """Draw a bar from the middle; the words beside it say the same."""
    left, colour = (50.0, RISK["high"]) if length > 0 else (50 + 50 * length, RISK["low"])
    style = f"left: {left:.1f}%; width: {50 * abs(length):.1f}%; background: {colour}"
    return f'<span class="sh-bar" aria-hidden="true"><i style="{style}"></i></span>'
