"""Seeds as a spreadsheet saves them: what dbt would say in a traceback is said in a sentence."""

import csv
import io
from pathlib import Path

from stayhouse.base.errors import StayhouseError


def check_seeds(root: Path) -> None:
    """Refuse a seed that dbt could not read; what its rows hold, macro check_seed looks at.

    Args:
        root: the project's folder.

    Raises:
        StayhouseError: a file is not UTF-8, is empty, or has a line of more or fewer values.
    """
    for path in sorted((root / "seeds").rglob("*.csv")):
        if wrong := wrong_in(path, path.relative_to(root).as_posix()):
            raise StayhouseError(wrong)


def wrong_in(path: Path, name: str) -> str | None:
    """Return what is wrong with the file of a seed, with what to do; None where nothing is."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        return (
            f"{name} line {number} holds a letter that is not UTF-8: save the file as UTF-8 (a "
            "spreadsheet calls it CSV UTF-8) and build again."
        )
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next((line for line in lines if line), [])
    if not header:
        return (
            f"{name} is empty: its first line must be the names of its columns (`git checkout "
            f"{name}` brings back what stood); lines below it may be missing."
        )
    if len(header) == 1 and ";" in header[0]:
        return (
            f"{name} has semicolons between its values: save it with commas (a spreadsheet asks "
            "for the separator) and build again."
        )
    for line in lines:
        if line and len(line) != len(header):
            return (
                f"{name} line {lines.line_num} has {len(line)} values where the first line has "
                f"{len(header)}: write a comma between any two values, also empty ones, and a "
                "value that holds a comma in double quotes."
            )
    return None
