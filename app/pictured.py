"""What the pictures of charts say beside the chart: what it is called, what was chosen, its date.

Kept in the visit, as a page is drawn from its top to its end. What is chosen above the first
section is said of the whole page, below a section's heading of that section, and inside of a part
(`app/fragments.py`) of that part.
"""

from dataclasses import dataclass, field, replace

import streamlit as st

_SAID = "pictured"


@dataclass(frozen=True)
class Chosen:
    """What was chosen of a list, in the reader's words; by a chart of an SQL that has not `asked`
    in it, it is not meant.
    """

    written: str
    asked: str = ""


@dataclass(frozen=True)
class Said:
    """What the next pictures say.

    Attributes:
        heading: of the section, or the page's name above the first.
        of_page: what was chosen for the whole page, by what its list is called.
        of_section: what was chosen for the section.
        is_section: whether a section has begun.
        date: up to when the data is known.
    """

    heading: str = ""
    of_page: dict[str, Chosen] = field(default_factory=dict)
    of_section: dict[str, Chosen] = field(default_factory=dict)
    is_section: bool = False
    date: str = ""

    def chosen(self, sql: str) -> str:
        """Return what was chosen of which list, of what a chart of this SQL may be of."""
        return " · ".join(
            f"{label}: {choice.written}"
            for label, choice in (self.of_page | self.of_section).items()
            if choice.asked in sql
        )


def standing() -> Said:
    """Return what the next pictures say."""
    said: Said = st.session_state.get(_SAID, Said())
    return said


def say_again(said: Said) -> None:
    """Let the next pictures say what was said at another place of the page."""
    st.session_state[_SAID] = said


def begin_page(heading: str) -> None:
    """Begin a page, of which nothing is chosen yet."""
    say_again(Said(heading))


def begin_section(heading: str) -> None:
    """Begin a section, of which nothing is chosen yet."""
    say_again(replace(standing(), heading=heading, of_section={}, is_section=True))


def choose(label: str, written: str, asked: str = "") -> None:
    """Say what was chosen of a list; where it is empty, nothing of that list."""
    said = standing()
    kept = dict(said.of_section if said.is_section else said.of_page)
    kept.pop(label, None)
    if written:
        kept[label] = Chosen(written, asked)
    say_again(replace(said, of_section=kept) if said.is_section else replace(said, of_page=kept))


def date(text: str) -> None:
    """Say up to when the data is known."""
    say_again(replace(standing(), date=text))
