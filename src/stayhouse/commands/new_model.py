"""``stayhouse new-model``: a public mart that passes every check, to be changed into an answer.

It fills what stands in ``scaffold``: the SQL (every row of a mart that stands, column by column, or
how many rows it has by some of its columns), the YAML beside it (grain, contract, meanings, a unit
test), a law that ties the two marts together, and a question, unfinished.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap
from typing import Any

import duckdb
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.base.rooms import FLOORS

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 50
_USAGE = "make new-model ROOM=retention NAME=loyal_customers"
# Where each mart has its question and the need that it serves.
_PAGES = ("docs/questions.md", "docs/coverage.md")
# Two values of a type, as YAML, for the rows of the unit test.
_EXAMPLES = {
    "varchar": ("a", "b"),
    "boolean": ("true", "false"),
    "date": ('"2024-01-01"', '"2024-01-02"'),
    "timestamp": ('"2024-01-01 00:00:00"', '"2024-01-02 00:00:00"'),
}


@dataclass(frozen=True)
class Start:
    """A mart to start from: its room and name, what a row is, its key, its columns as in YAML."""

    room: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[dict[str, str], ...]


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``new-model``."""
    parser = subparsers.add_parser(
        "new-model",
        help="write a new mart that passes every check, to start from",
        description="Write the SQL, the YAML and a law of a new public mart. It holds every row of "
        "a mart that stands, or counts them, and passes every check as it is.",
    )
    parser.add_argument("room", metavar="ROOM", help="the room that asks the question")
    parser.add_argument("name", metavar="NAME", help="a plain noun, such as loyal_customers")
    parser.add_argument(
        "--from",
        dest="start",
        metavar="MODEL",
        default="customers",
        help="the public mart to start from, of this room or a lower floor (default: customers)",
    )
    parser.add_argument(
        "--by",
        metavar="COLUMNS",
        default="",
        help="columns of that mart, with commas between: one row for each of their values, with "
        "the number of rows (default: every row, with all columns)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    files = new_model(root, args.room, args.name, args.start, _names(args.by))
    pages = stubs(root, args.room, args.name)
    write_all(root, files, pages)
    for path in files:
        print(f"wrote {path}")
    for path in pages:
        print(f"added to {path}")
    print(
        f"\nIt builds and passes as it is: make build MODEL={args.name}."
        "\nNow make it an answer: say in the SQL's first line what it asks, keep the columns it "
        "needs,\nchange YAML, unit test and law with it. In docs/questions.md put the question in "
        f"place of TO DO;\nin docs/coverage.md name {args.room}.{args.name} in the row of the need "
        "that it serves, and delete the\nline TO DO: `make test` fails while one is left. A word "
        "that shops use in several ways gets its\none meaning in docs/definitions.md."
    )
    return 0


def new_model(
    root: Path, room: str, name: str, start_name: str, by: Sequence[str] = ()
) -> dict[str, str]:
    """Return the texts of a new mart's files by their path from the project's folder.

    Args:
        root: the project's folder.
        room: a room above staging that has a folder.
        name: a name that nothing has yet.
        start_name: the public mart to start from, of the same room or a lower floor.
        by: columns of it whose rows are counted; none for every row with all columns.

    Raises:
        StayhouseError: one of them will not do; nothing is written here.
    """
    _check_room(root, room)
    _check_name(root, name)
    start = _start(root, room, start_name or "customers", is_counted=bool(by))
    law = f"tests/laws/{name}_agrees_with_{start.name}.sql"
    if (root / law).exists():
        raise StayhouseError(f"{law} stands already: choose another NAME.")
    columns = {column["name"]: column for column in start.columns}
    if unknown := [column for column in by if column not in columns]:
        near = get_close_matches(unknown[0], columns, n=3, cutoff=0.5) or list(columns)[:9]
        raise StayhouseError(
            f"{start.name} has no column {unknown[0]}: give BY columns that it has, such as "
            f"{', '.join(near)}."
        )
    key = by or start.key
    rows = [
        ", ".join(f"{name}: {_example(columns[name]['data_type'], place)}" for name in key)
        for place in (0, 1)
    ]
    values = {
        **{"room": room, "name": name, "start": start, "rows": rows},
        "by": [columns[column] for column in by],
        "optional": [column for column in by if column not in start.key],
    }
    kind, law_of = ("counts", "counts_law") if by else ("mart", "law")
    return {
        f"models/{room}/{name}.sql": _filled(f"{kind}.sql", **values),
        f"models/{room}/{name}.yml": _filled(f"{kind}.yml", **values),
        law: _filled(f"{law_of}.sql", **values),
    }


def stubs(root: Path, room: str, name: str) -> dict[str, str]:
    """Return the pages that speak of each mart with an unfinished line of a new one, by their path.

    Raises:
        StayhouseError: a page is missing.
    """
    try:
        questions, coverage = ((root / page).read_text(encoding="utf-8") for page in _PAGES)
    except OSError as error:
        raise StayhouseError(
            f"{error.filename} cannot be read ({error.strerror}): nothing was written, bring it "
            "back and run the command again."
        ) from error
    question = _filled("question.md", room=room, name=name)
    return {
        _PAGES[0]: _with_question(questions, room, question),
        _PAGES[1]: f"{coverage.rstrip()}\n\nTO DO in which row above stands `{room}.{name}`?\n",
    }


def write_all(root: Path, files: dict[str, str], pages: dict[str, str]) -> None:
    """Write files that do not exist yet and pages that do: all, or none where one cannot be.

    Raises:
        StayhouseError: a file cannot be written.
    """
    written: list[Path] = []
    before: dict[Path, str] = {}
    try:
        for name, text in files.items():
            with (root / name).open("x", encoding="utf-8") as file:
                written.append(root / name)
                file.write(text)
        for name, text in pages.items():
            kept = (root / name).read_text(encoding="utf-8")
            with (root / name).open("r+", encoding="utf-8") as file:
                before[root / name] = kept
                file.write(text)
                file.truncate()
    except OSError as error:
        for path in written:
            path.unlink()
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")
        raise StayhouseError(
            f"{error.filename} cannot be written ({error.strerror}): nothing was written, mend "
            "that and run the command again."
        ) from error


def _check_room(root: Path, room: str) -> None:
    rooms = [
        name for name, floor in FLOORS.items() if floor > 0 and (root / "models" / name).is_dir()
    ]
    if not room:
        raise StayhouseError(f"make new-model needs a ROOM ({', '.join(rooms)}): {_USAGE}.")
    if room == "staging":
        raise StayhouseError(
            "staging holds what a source brought, one view a table: 'Add a source' in docs/data.md "
            f"says how, and a mart belongs into one of {', '.join(rooms)}."
        )
    if room not in rooms:
        raise StayhouseError(f"There is no room {room}: choose one of {', '.join(rooms)}.")


def _check_name(root: Path, name: str) -> None:
    if not name:
        raise StayhouseError(f"make new-model needs a NAME: {_USAGE}.")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise StayhouseError(
            f"{name!r} is no name for a mart: use lower case letters, digits and single "
            f"underscores, a letter first, {_LONGEST_NAME} at most, such as loyal_customers."
        )
    if name.startswith(("int_", "ml_", "stg_")):
        raise StayhouseError(
            f"{name} would be private, and new-model writes public marts: give it a plain noun, or "
            "write it by hand as CONTRIBUTING.md says."
        )
    with duckdb.connect() as con:
        reserved = con.execute(
            "select keyword_name from duckdb_keywords() where keyword_category = 'reserved'"
        ).fetchall()
    if (name,) in reserved:
        raise StayhouseError(f"{name} is a word of SQL: choose another NAME, such as {name}_facts.")
    for pattern in ("models/**/{}.sql", "models/**/{}.yml", "python_models/**/{}.py", "seeds/{}.*"):
        for path in sorted(root.glob(pattern.format(name))):
            raise StayhouseError(
                f"{path.relative_to(root)} stands already: choose another NAME, or change that one."
            )


def _names(words: str) -> list[str]:
    """Return the names of a list with commas, each once."""
    return list(dict.fromkeys(name for word in words.split(",") if (name := word.strip())))


def _start(root: Path, room: str, name: str, *, is_counted: bool) -> Start:
    marts = {
        path.stem: (other, path)
        for other, floor in FLOORS.items()
        for path in sorted((root / "models" / other).rglob("*.yml"))
        if floor > 0 and not path.stem.startswith(("int_", "_"))
    }
    if name not in marts:
        near = get_close_matches(name, marts, n=3, cutoff=0.5)
        said = (
            f"did you mean {', '.join(near)}?"
            if near
            else "`find models -name '*.yml'` shows them all."
        )
        raise StayhouseError(f"There is no public mart {name} to start FROM: {said}")
    its_room, path = marts[name]
    if its_room != room and FLOORS[its_room] >= FLOORS[room]:
        raise StayhouseError(
            f"{its_room}.{name} is not below {room}, and data goes up: start FROM a mart "
            f"of {room} or of a lower floor, such as customers."
        )
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    grain = next(test["grain"]["arguments"] for test in spec["data_tests"] if "grain" in test)
    if grain.get("optional") and not is_counted:
        raise StayhouseError(
            f"The key of {its_room}.{name} may be null, so no law can follow its rows one "
            "by one: count them BY some of its columns, or start FROM another mart, such as "
            "customers."
        )
    first = re.split(r"[:.;]\s|\.$", " ".join(spec["description"].split()))[0]
    return Start(its_room, name, first, tuple(grain["columns"]), tuple(spec["columns"]))


def _filled(template: str, **values: Any) -> str:
    """Return a text of the scaffold with values for what stands in ``<< >>``."""
    return _SCAFFOLD.get_template(template).render(**values)


def _with_question(page: str, room: str, question: str) -> str:
    """Return docs/questions.md with a question at the end of its room."""
    begins = page.find(f"\n## {room}:")
    ends = page.find("\n## ", begins + 1) if begins >= 0 else -1
    cut = len(page) if ends < 0 else ends
    return f"{page[:cut].rstrip()}\n\n{question}{page[cut:]}"


def _example(data_type: str, place: int) -> str:
    return _EXAMPLES.get(data_type.lower(), ("1", "2"))[place]


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar in double quotes, on one line."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _listed(columns: Sequence[dict[str, str]]) -> str:
    """Return the names of columns as a sentence lists them."""
    *most, last = (column["name"] for column in columns)
    return f"{', '.join(most)} and {last}" if most else last


def _wrapped(text: str, prefix: str) -> str:
    """Return a text in lines of at most 98 characters, each after a prefix."""
    return "\n".join(wrap(text, 98, initial_indent=prefix, subsequent_indent=prefix))


# What the files are made from, for whoever wants them otherwise. dbt's own braces stay as they are.
_SCAFFOLD = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "scaffold"),
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
    trim_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
_SCAFFOLD.filters |= {"quoted": _quoted, "wrapped": _wrapped, "listed": _listed}
