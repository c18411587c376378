"""``stayhouse new-model``: a public mart that passes every check, to be changed into an answer.

It writes three files: the SQL (every row of a mart that stands, column by column), the YAML beside
it (grain, contract, meanings, a unit test) and a law that ties the two marts together.
"""

import argparse
import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap

import duckdb
import yaml

from stayhouse import project
from stayhouse.errors import StayhouseError
from stayhouse.rooms import FLOORS

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 50
_USAGE = "make new-model ROOM=retention NAME=loyal_customers"
# Two values of a type, as YAML, for the rows of the unit test.
_EXAMPLES = {
    "varchar": ("a", "b"),
    "boolean": ("true", "false"),
    "date": ('"2024-01-01"', '"2024-01-02"'),
    "timestamp": ('"2024-01-01 00:00:00"', '"2024-01-02 00:00:00"'),
}


@dataclass(frozen=True)
class Start:
    """A mart to start from: its room and name, what a row is, its key, and (name, type, meaning)
    of each column as its YAML has them."""

    room: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[tuple[str, str, str], ...]


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``new-model``."""
    parser = subparsers.add_parser(
        "new-model",
        help="write a new mart that passes every check, to start from",
        description="Write the SQL, the YAML and a law of a new public mart. It holds every row of "
        "a mart that stands, and passes every check as it is.",
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
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    files = new_model(root, args.room, args.name, args.start)
    write_all(root, files)
    for path in files:
        print(f"wrote {path}")
    print(
        f"\nIt passes as it is: dbt build -s +{args.name}, then dbt show -s {args.name}."
        "\nNow make it an answer: say in the SQL's first line what it asks, keep the columns it "
        "needs,\nchange YAML, unit test and law with it. Two lines are left to you, and no check "
        "asks for them:\nits question with a query in docs/questions.md, its mart in "
        "docs/coverage.md."
    )
    return 0


def new_model(root: Path, room: str, name: str, start_name: str) -> dict[str, str]:
    """Return the texts of a new mart's files by their path from the project's folder.

    Args:
        root: the project's folder.
        room: a room above staging that has a folder.
        name: a name that nothing has yet.
        start_name: the public mart to start from, of the same room or a lower floor.

    Raises:
        StayhouseError: one of them will not do; nothing is written here.
    """
    _check_room(root, room)
    _check_name(root, name)
    start = _start(root, room, start_name or "customers")
    law = f"tests/laws/{name}_equals_{start.name}.sql"
    files = {
        f"models/{room}/{name}.sql": _sql(start),
        f"models/{room}/{name}.yml": _yml(name, start),
        law: _law(room, name, start),
    }
    if (root / law).exists():
        raise StayhouseError(f"{law} stands already: choose another NAME.")
    return files


def write_all(root: Path, files: dict[str, str]) -> None:
    """Write files that do not exist yet: all of them, or none where one cannot be written.

    Raises:
        StayhouseError: a file cannot be written.
    """
    written: list[Path] = []
    try:
        for name, text in files.items():
            with (root / name).open("x", encoding="utf-8") as file:
                written.append(root / name)
                file.write(text)
    except OSError as error:
        for path in written:
            os.unlink(path)
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


def _start(root: Path, room: str, name: str) -> Start:
    marts = {
        path.stem: path
        for other, floor in FLOORS.items()
        for path in sorted((root / "models" / other).glob("*.yml"))
        if floor > 0 and not path.stem.startswith(("int_", "_"))
    }
    if name not in marts:
        near = get_close_matches(name, marts, n=3, cutoff=0.5)
        said = f"did you mean {', '.join(near)}?" if near else "`ls models/*/*.yml` shows them all."
        raise StayhouseError(f"There is no public mart {name} to start FROM: {said}")
    path = marts[name]
    if path.parent.name != room and FLOORS[path.parent.name] >= FLOORS[room]:
        raise StayhouseError(
            f"{path.parent.name}.{name} is not below {room}, and data goes up: start FROM a mart "
            f"of {room} or of a lower floor, such as customers."
        )
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    grain = next(test["grain"]["arguments"] for test in spec["data_tests"] if "grain" in test)
    if grain.get("optional"):
        raise StayhouseError(
            f"The key of {path.parent.name}.{name} may be null, so no law can follow its rows one "
            "by one: start FROM another mart, such as customers."
        )
    columns = tuple((c["name"], c["data_type"], c["description"]) for c in spec["columns"])
    first = re.split(r"[:.;]\s|\.$", " ".join(spec["description"].split()))[0]
    return Start(path.parent.name, name, first, tuple(grain["columns"]), columns)


def _sql(start: Start) -> str:
    columns = ",\n        ".join(name for name, _, _ in start.columns)
    return f"""\
-- Every row of {start.name} with all of its columns, to start from.
with {start.name} as (
    select * from {{{{ ref('{start.name}') }}}}
),

final as (
    select
        {columns}
    from {start.name}
)

select * from final
"""


def _yml(name: str, start: Start) -> str:
    types = {column: data_type for column, data_type, _ in start.columns}
    description = wrap(f"{start.grain}: every one of {start.name}, to start from.", 92)
    columns = [
        line
        for column, data_type, meaning in start.columns
        for line in (
            f"      - name: {column}",
            f"        data_type: {data_type}",
            f"        description: {_quoted(meaning)}",
        )
    ]
    rows = [
        "{" + ", ".join(f"{key}: {_example(types[key], place)}" for key in start.key) + "}"
        for place in (0, 1)
    ]
    return "\n".join(
        [
            "version: 2",
            "",
            "models:",
            f"  - name: {name}",
            "    description: >",
            *(f"      {line}" for line in description),
            "    config:",
            "      access: public",
            "      contract: {enforced: true}",
            "    data_tests:",
            f"      - grain: {{arguments: {{columns: [{', '.join(start.key)}]}}}}",
            "    columns:",
            *columns,
            "",
            "unit_tests:",
            "  - name: every_row_is_kept",
            f"    model: {name}",
            f"    description: Two rows of {start.name} are two rows here.",
            "    given:",
            f"      - input: ref('{start.name}')",
            "        rows:",
            *(f"          - {row}" for row in rows),
            "    expect:",
            "      rows:",
            *(f"        - {row}" for row in rows),
            "",
        ]
    )


def _law(room: str, name: str, start: Start) -> str:
    keys = [f"coalesce(n.{key}, s.{key}) as {key}" for key in start.key]
    pairs = [f"n.{key} = s.{key}" for key in start.key]
    # sqlfluff wants a list of one on the line of its word.
    select = f" {keys[0]}" if len(keys) == 1 else "\n    " + ",\n    ".join(keys)
    joined = f" {pairs[0]}" if len(pairs) == 1 else "\n        " + "\n        and ".join(pairs)
    comment = wrap(
        f"Every row of {start.name} is a row of {name}, and the other way round. If it breaks: a "
        f"filter or a join in models/{room}/{name}.sql loses or multiplies rows; where that is "
        f"meant, say here which rows of {start.name} it has.",
        96,
    )
    first = start.key[0]
    opening = "\n".join(f"-- {line}" for line in comment)
    return f"""\
{opening}
select{select}
from {{{{ ref('{name}') }}}} as n
full outer join {{{{ ref('{start.name}') }}}} as s
    on{joined}
where n.{first} is null or s.{first} is null
"""


def _example(data_type: str, place: int) -> str:
    return _EXAMPLES.get(data_type.lower(), ("1", "2"))[place]


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar in double quotes, on one line."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
