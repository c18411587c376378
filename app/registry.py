"""The app's pages: every file in ``app/views`` is one, and nothing else names it.

A file holds ``PAGE``. A page whose marts the published file does not hold is not shown; one whose
first mart is empty says why.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from app import views
from app.published import Published


@dataclass(frozen=True)
class Page:
    """A page: what it is called, where it stands, what it must have, how it is drawn.

    Attributes:
        name: its address, and the section of its words.
        order: its place in the list.
        room: the room whose question it answers.
        needs: the marts without which there is no page; the first must have rows.
        render: draws it from a published version, and from a period where it has one.
        period: the period that it shows until another is chosen; without one it has none.
        lists_losses: it tells of what was lost itself, if it is not much.
        says_empty: it says itself why its first mart is empty, and shows what there is.
    """

    name: str
    order: int
    room: str
    needs: tuple[str, ...]
    render: Callable[..., None]
    period: str = ""
    lists_losses: bool = False
    says_empty: bool = False


@cache
def all_pages() -> tuple[Page, ...]:
    """Return every page, in order."""
    found = [
        importlib.import_module(f"{views.__name__}.{module.name}").PAGE
        for module in pkgutil.iter_modules(views.__path__)
    ]
    return tuple(sorted(found, key=lambda page: (page.order, page.name)))


def pages_of(published: Published) -> list[Page]:
    """Return the pages whose marts this version holds."""
    return [page for page in all_pages() if all(published.has(mart) for mart in page.needs)]
