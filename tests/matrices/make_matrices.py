"""Makes ``matrices.json``: a log of 200 events, and what retentioneering 5.2 says of its paths.

It is no dependency of this project. In an environment of its own, after ``pip install
retentioneering==5.2 'mcp<2'``, run ``python tests/matrices/make_matrices.py``: the file stays byte
for byte the same.
"""

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

# It reports its use to its makers, through this package; not here.
os.environ["RETENTIONEERING_NO_TRACK"] = "1"
sys.modules["posthog"] = None  # type: ignore[assignment]

import pandas as pd  # noqa: E402

EVENTS = 200
# Where people go from where, and how often of ten times.
NEXT = {
    "start": {"home": 5, "category": 3, "product": 2},
    "home": {"category": 6, "search": 3, "exit": 1},
    "category": {"product": 6, "category": 2, "exit": 2},
    "search": {"product": 5, "search": 3, "exit": 2},
    "product": {"product": 4, "cart": 4, "exit": 2},
    "cart": {"checkout": 5, "cart": 2, "product": 1, "exit": 2},
    "checkout": {"checkout": 2, "purchase": 6, "exit": 2},
    "purchase": {"exit": 6, "home": 4},
}


def log() -> list[tuple[str, int, str]]:
    """Return the events: session, second, kind of page."""
    draw = random.Random(52)
    events: list[tuple[str, int, str]] = []
    session = 0
    while len(events) < EVENTS:
        kind, second = "start", 1000 * session
        while len(events) < EVENTS:
            kind = draw.choices(list(NEXT[kind]), list(NEXT[kind].values()))[0]
            if kind == "exit":
                break
            second += draw.randrange(1, 60)
            events.append((f"s{session:03}", second, kind))
        session += 1
    return events


def main() -> None:
    """Write the log and both matrices beside this file."""
    from retentioneering import Eventstream  # type: ignore[import-not-found]

    events = log()
    frame = pd.DataFrame(events, columns=["user_id", "timestamp", "event"])
    frame["timestamp"] = pd.Timestamp("2024-06-01") + pd.to_timedelta(frame["timestamp"], unit="s")
    stream = Eventstream(frame, {"path_cols": ["user_id"]})
    transitions = stream.transition_graph_data(edge_weight="count")
    shares = stream.transition_graph_data(edge_weight="proba_out")
    steps = stream.step_matrix_data(max_steps=10)
    found: dict[str, Any] = {
        "log": events,
        "transitions": cells(transitions),
        "transition_shares": cells(shares),
        "step_shares": cells(steps),
    }
    text = json.dumps(found, indent=None, separators=(",", ":")).replace("],[", "],\n[")
    Path(__file__).with_name("matrices.json").write_text(text + "\n", encoding="utf-8")


def cells(matrix: pd.DataFrame) -> list[list[Any]]:
    """Return the cells of a matrix that are not 0 as row, column, value."""
    return [
        [
            str(row),
            column if isinstance(column, str) else int(column),
            matrix.loc[row, column].item(),
        ]
        for row in matrix.index
        for column in matrix.columns
        if matrix.loc[row, column]
    ]


if __name__ == "__main__":
    main()
