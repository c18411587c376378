"""Why dbt ended early: in its words, or in the sentence of the macro that stopped it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from stayhouse.base.disk import FULL, is_full
from stayhouse.base.project import model_files, warehouse_path
from stayhouse.base.warehouse import why_unreadable
from stayhouse.reports.causes import plain, sentence_of
from stayhouse.reports.remedies import of_parse

_BEGINS, _ENDS = "Running with dbt=", "Encountered an error:\n"
# A line of dbt's log begins with its time; the words of an error go on without one.
_NEXT_LINE = re.compile(r"^(?:\x1b\[\d*m)?\d\d:\d\d:\d\d", re.MULTILINE)
_BYTES_READ = 200_000
_UNOPENED = re.compile(r"IO Error: (?:Could not set lock on|Cannot open) file[^\n]*")


def lines_of(error: str, root: Path) -> Iterator[str]:
    """Tell an error with which dbt ended early, and what to do where that is known."""
    if is_full(error):
        yield FULL
        return
    if found := _UNOPENED.search(error):
        # Seen before by `stayhouse build`, but for what another build took while dbt began.
        yield why_unreadable(warehouse_path(root), duckdb.IOException(found[0]))
        return
    yield sentence_of(error) or error.strip()
    seeds = {path.stem for path in root.glob("seeds/*")}
    if remedy := of_parse(error, seeds | {path.stem for path, _ in model_files(root)}):
        yield f"to do: {remedy}"


def error_of_last_command(root: Path, target: Path) -> str | None:
    """Return the words in which dbt's last command ended early; None if it ran to its end.

    Such a command leaves what the one before it wrote to `target`: only dbt's log tells of it.

    Args:
        root: the project's folder.
        target: the folder that dbt wrote about the last run to.
    """
    log = Path(os.environ.get("DBT_LOG_PATH") or root / "logs") / "dbt.log"
    results = target / "run_results.json"
    if not log.is_file() or (
        results.is_file() and results.stat().st_mtime_ns > log.stat().st_mtime_ns
    ):
        return None
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _BYTES_READ))
        text = file.read().decode("utf-8", errors="replace")
    _, ended, words = text.rpartition(_BEGINS)[2].partition(_ENDS)
    return plain(_NEXT_LINE.split(words, maxsplit=1)[0]) if ended else None
