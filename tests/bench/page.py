"""``docs/benchmarks.md``: sections that commands write, and a picture of what stands in them."""

import re

import altair as alt
import pandas as pd

from tests.building import CHECKOUT
from tests.sections import with_section

PAGE = CHECKOUT / "docs" / "benchmarks.md"
PICTURE = PAGE.with_suffix(".svg")
NOT_MEASURED = "-"
_SIZES = re.compile(r"^## (What rooms cost at )?([\d,]+) (events|customers a year)\n", re.M)


def write(section: str) -> None:
    """Put a section into the page in the place of that of its title; draw the picture anew."""
    text = with_section(PAGE.read_text(encoding="utf-8"), section)
    PAGE.write_text(text, encoding="utf-8")
    picture(text).save(PICTURE)


def tables(page: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the page's sections say of ways (events, who, seconds) and of rooms (customers,
    room, build, seconds).
    """
    ways, rooms = [], []
    starts = [*_SIZES.finditer(page)]
    for found, end in zip(starts, [*(s.start() for s in starts[1:]), len(page)], strict=True):
        size = int(found[2].replace(",", ""))
        for line in page[found.end() : end].splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not line.startswith("|") or not cells[0] or set(cells[0]) <= {"-"}:
                continue
            if found[3] == "events":
                ways.append((size, cells[0], float(cells[1])))
            elif cells[0] not in ("room", "all"):
                rooms += [
                    (size, cells[0], build, float(seconds.replace(",", "")))
                    for build, seconds in zip(("first build", "night"), cells[1:3], strict=True)
                    if seconds != NOT_MEASURED
                ]
    return (
        pd.DataFrame(ways, columns=["events", "who", "seconds"]),
        pd.DataFrame(rooms, columns=["customers", "room", "build", "seconds"]),
    )


def picture(page: str) -> alt.VConcatChart:
    """Draw CPU seconds by size: of each way to the three marts, and of each room."""
    ways, rooms = tables(page)
    ways["size"] = [f"{events:,} events" for events in ways["events"]]
    rooms["size"] = [f"{customers:,} customers a year" for customers in rooms["customers"]]
    dear_first = list(rooms.groupby("room")["seconds"].max().sort_values(ascending=False).index)
    by_way = _dots(ways, "who", list(ways["who"].unique()), "events").properties(
        height=170, title="Three marts: a first load beside other ways, and the night after it"
    )
    by_room = (
        _dots(rooms, "room", dear_first, "customers")
        .encode(shape=alt.Shape("build:N", title=None))
        .properties(height=330, title="All rooms: a first build with its fits, and a night")
    )
    return (
        alt.vconcat(by_way, by_room)
        .resolve_scale(color="independent", shape="independent")
        .configure(background="white")
        .configure_title(anchor="start")
    )


def _dots(frame: pd.DataFrame, what: str, order: list[str], by: str) -> alt.Chart:
    size = alt.Color(
        "size:N",
        title=None,
        sort=list(frame.sort_values(by)["size"].unique()),
        scale=alt.Scale(range=["#7fb2d6", "#1f5f8b", "#0b2239"]),
    )
    return (
        alt.Chart(frame, width=560)
        .mark_point(filled=True, size=80, opacity=0.9)
        .encode(
            x=alt.X("seconds:Q", title="CPU seconds, log scale", scale=alt.Scale(type="log")),
            y=alt.Y(f"{what}:N", sort=order, title=None, axis=alt.Axis(labelLimit=300, grid=True)),
            color=size,
        )
    )
