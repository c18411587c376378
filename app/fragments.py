"""Parts of a page that are drawn again by themselves, and drawing that ends in words if it fails.

Streamlit draws a whole page again for each choice. What most controls move is one part of it: that
part is a fragment, and the rest of the page stays as it is (docs/decisions/app/fragments.md).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from app import layout, pictured, published
from app.language import chosen_language, say, speaking
from app.pictured import Said
from app.published import Published, VersionGoneError

_log = logging.getLogger(__name__)
Given = ParamSpec("Given")


def by_itself(
    draw: Callable[Concatenate[Published, Given], None],
) -> Callable[Concatenate[Published, Given], None]:
    """Let the controls inside of a part draw that part alone, with what the page gave it.

    What is chosen inside is of use inside only: the rest of the page does not see it. Where another
    version was published meanwhile, or another theme chosen, the whole page is drawn.
    """

    @st.fragment
    @wraps(draw)
    def part(said: Said, version: Published, /, *args: Given.args, **kwargs: Given.kwargs) -> None:
        whole_if_outdated(version)
        # Drawn later, it stands below the heading that it stood below at first.
        pictured.say_again(said)
        with drawing(draw.__module__):
            draw(version, *args, **kwargs)
        # What was chosen inside moves nothing that follows; a section that began inside goes on.
        left = pictured.standing()
        is_same = left.heading == said.heading
        pictured.say_again(said if is_same else replace(left, of_section={}, of_page=said.of_page))

    @wraps(draw)
    def shown(version: Published, /, *args: Given.args, **kwargs: Given.kwargs) -> None:
        part(pictured.standing(), version, *args, **kwargs)

    return shown


def whole_if_outdated(version: Published) -> None:
    """Draw the whole page where what is seen is of another version or theme than it would be now.

    Streamlit asks for no run when the theme is changed in its menu, and figures in cells are drawn
    in the colours of one theme.
    """
    if not version.is_current() or not layout.is_in_theme():
        st.rerun()


@contextmanager
def drawing(what: str) -> Iterator[None]:
    """Draw in the visit's language and of one version; whatever goes wrong ends in a sentence.

    Args:
        what: the page or part, for the log.
    """
    try:
        with speaking(chosen_language()), published.one_drawing():
            yield
    except VersionGoneError:
        st.rerun()
    except Exception:  # Whatever it is, people get a sentence, and the log the rest.
        _log.exception("page %s", what)
        layout.notice(say("app.failed"), say("app.failed_remedy"), is_error=True)
