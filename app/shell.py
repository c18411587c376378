"""What surrounds a page: the list of pages, the language, and what is said when nothing can be."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import streamlit as st

from app import fragments, layout, losses, period, pictured, published
from app.language import LANGUAGES, language, say
from app.published import NothingPublishedError, Published, VersionGoneError
from app.registry import Page, pages_of
from stayhouse.base.errors import StayhouseError

_LOOK_AGAIN_SECONDS = 20


def show() -> None:
    """Draw the app once; Streamlit calls this for each click."""
    st.set_page_config(page_title="Stayhouse", layout="wide")
    layout.style()
    try:
        version = published.current()
        pages = pages_of(version)
    except (NothingPublishedError, StayhouseError):
        _choose_language()
        layout.title(say("app.name"))
        layout.notice(say("app.nothing_published"), say("app.nothing_published_remedy"))
        return
    except VersionGoneError:
        st.rerun()
    if not pages:
        _choose_language()
        layout.notice(say("app.no_page"), say("app.nothing_published_remedy"))
        return
    # The words of the list are those of the language chosen before, so it is asked for first.
    _choose_language()
    listed = [
        st.Page(
            _drawn(partial(draw, page, version)),
            title=say(f"{page.name}.title"),
            url_path=page.name,
            default=page is pages[0],
        )
        for page in pages
    ]
    # Of more than twelve pages it would fold up the last ones.
    chosen = st.navigation(listed, expanded=True)
    _watch(version)
    chosen.run()


def warm() -> None:
    """Draw the first page for nobody: who comes first finds it loaded, and its answers known."""
    with suppress(NothingPublishedError, VersionGoneError, StayhouseError):
        version = published.current()
        for page in pages_of(version)[:1]:
            draw(page, version)


def _drawn(drawing: Callable[[], None]) -> Callable[[], None]:
    """Give Streamlit a plain function, since it asks for a name."""

    def page() -> None:
        drawing()

    return page


def draw(page: Page, version: Published) -> None:
    """Draw a page, or say what is missing; whatever goes wrong ends in a sentence."""
    with fragments.drawing(page.name):
        _draw(page, version)


def _draw(page: Page, version: Published) -> None:
    chosen = _head(page, version)
    layout.begin(version)
    losses.banner(version, is_listed=page.lists_losses)
    if version.is_empty(page.needs[0]) and not page.says_empty:
        layout.notice(say(f"{page.name}.empty"), say(f"{page.name}.remedy"))
    elif page.period:
        page.render(version, chosen)
    else:
        page.render(version)
    layout.footer(version)


def _head(page: Page, version: Published) -> period.Period:
    """Say what a page is, and let its period be chosen beside it."""
    title, question = say(f"{page.name}.title"), say(f"{page.name}.question")
    if not page.period or not version.has("core.clock") or version.is_empty(page.needs[0]):
        layout.title(title, question)
        return period.ALWAYS
    left, right = st.columns([5, 2], vertical_alignment="top")
    with left:
        layout.title(title, question)
    with right:
        chosen = period.choose(version, page.period)
        if chosen is not period.ALWAYS:
            layout.caption(chosen.write())
            pictured.choose(say("app.period"), chosen.write(), str(chosen.first))
    return chosen


def _choose_language() -> None:
    with st.sidebar:
        st.radio(
            say("app.language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(language()),
            format_func=lambda tongue: LANGUAGES[tongue],
            horizontal=True,
            key="language",
            label_visibility="collapsed",
        )
    st.query_params["lang"] = language()


@st.fragment(run_every=_LOOK_AGAIN_SECONDS)
def _watch(version: Published) -> None:
    """Draw an open page again when something else was published, or another theme was chosen."""
    fragments.whole_if_outdated(version)
