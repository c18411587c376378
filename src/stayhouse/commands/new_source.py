"""``stayhouse new-source``: the folder of a source, by what its files hold."""

import argparse
import json
import re
import shlex
import tempfile
from pathlib import Path

import yaml

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.commands.land import add_notation, stated_notation
from stayhouse.commands.new_model import write_all
from stayhouse.landing.aliases import IGNORE
from stayhouse.landing.files import parse_name
from stayhouse.pulling.plan import origin_of
from stayhouse.pulling.pull import checked_url
from stayhouse.sources.describing import Described, describe
from stayhouse.sources.matching import ROWS
from stayhouse.sources.staging import folder_of
from stayhouse.sources.trackers import PLAN, joined, tracked_tables, tracker_texts, trackers_of
from stayhouse.sources.writing import staged_tables, texts_of, with_source

_DESCRIPTION = """\
Write the staging of a shop's own exports: looks at headers and values, proposes tables, columns,
what is personal and how the files are written, and says what it did not understand. Headers may be
English, German, French, Spanish, Polish, Italian, Dutch, Portuguese or Chinese. All files are
written, or none; a source that exists is refused, unless no file is given and --tracker adds the
visits to it."""

_EXAMPLES = """\
examples:
  stayhouse new-source NAME orders.csv customers.xlsx
  stayhouse new-source NAME bestellungen.csv --zone Europe/Berlin
  stayhouse new-source NAME --pull public.orders:updated_at --pull public.items:id
  stayhouse new-source NAME --tracker SOURCE         # later, once it stands"""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PROJECT = "dbt_project.yml"
# Where a rule of tests/architecture wants no source to be named.
_HOUSE = ("models", "python_models", "macros", "src", "app", "seeds", "analyses")
_TEXT = (".sql", ".py", ".yml", ".csv")


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``new-source``."""
    parser = subparsers.add_parser(
        "new-source",
        help="write the staging of a shop's own exports, by what they hold",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="the shop's name, of lower case letters")
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help="its exports")
    parser.add_argument(
        "--tracker",
        metavar="SOURCE",
        action="append",
        default=[],
        help="a source of events alone that sees the shop's visits, or shop for your own events, "
        "experiments, campaigns and so on in the columns of the tracking plan: they become tables "
        "of the shop's source, so that visits and orders meet by the shop's customer ids",
    )
    parser.add_argument(
        "--pull",
        metavar="TABLE:CURSOR",
        action="append",
        default=[],
        help="a table of the database that STAYHOUSE_DATABASE_<NAME> names, and the column that "
        "grows with every new or changed row; what it holds is learnt as from a file, and "
        "'stayhouse pull' lands it",
    )
    add_notation(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    if not args.files and not args.pull:
        return _add_trackers(root, args.name, args.tracker)
    check_name(root, args.name)
    stated = stated_notation(args)
    with tempfile.TemporaryDirectory(prefix="stayhouse-new-source-") as name:
        samples = _samples(args.name, args.pull, Path(name))
        tables, strange = describe(root, [*args.files, *samples], stated, samples)
    texts = texts_of(root, args.name, tables, stated)
    if samples:
        texts[f"{folder_of(args.name)}/pull.toml"] = pull_toml(tables, samples)
    provided = list(staged_tables(tables))
    for tracker in args.tracker:
        added = tracked_tables(root, tracker, provided)
        texts = joined(texts, tracker_texts(root, args.name, tracker, added))
        provided += added
    entry = _with_entry(root, args.name, provided)
    folder = root / folder_of(args.name)
    folder.mkdir()
    try:
        write_all(root, texts, {_PROJECT: entry})
    except StayhouseError:
        folder.rmdir()
        raise
    print("\n".join(_told(args.name, tables, strange, list(texts), samples, args.tracker)))
    return 0


def _samples(name: str, said: list[str], folder: Path) -> dict[Path, str]:
    """Return files with the rows of tables of a database, each with what --pull said of it."""
    if not said:
        return {}
    variable, url = project.database_url(name)
    url = checked_url(url, variable)
    # With the extra, which `checked_url` asks for.
    from stayhouse.pulling.database import Database
    from stayhouse.pulling.sampling import sample_table

    database = Database(url, variable)
    found = {sample_table(database, name, table, folder): table for table in said}
    if len(found) < len(said):
        raise StayhouseError(
            "Two tables of --pull have one name in different schemas: make a view of one of them "
            "under another name, and give that."
        )
    return found


def pull_toml(tables: list[Described], samples: dict[Path, str]) -> str:
    """Return which table of the database becomes which of ours."""
    lines = ["# What `stayhouse pull` reads; docs/sources/database.md says what may stand here."]
    for table in tables:
        pulled = [path for path in table.files if path in samples]
        if not pulled:
            continue
        origins = " and ".join(samples[path] for path in pulled)
        if len(table.files) > 1:
            raise StayhouseError(
                f"{origins} would both become {table.name}: make one view of what belongs to it, "
                "and give that."
            )
        if table.name == ROWS and table.has_products and "line_number" not in table.landed:
            raise StayhouseError(
                f"{origins} has a row for each line of an order and no number for a line, so the "
                "rows of an order that come in two pulls would replace each other: give a view "
                "with a column line_number, or the orders and their lines as two tables."
            )
        origin, cursor = origin_of(samples[pulled[0]])
        lines += ["", f"[{table.name}]", f"from = {json.dumps(origin)}"]
        lines.append(f"cursor = {json.dumps(cursor, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _add_trackers(root: Path, name: str, trackers: list[str]) -> int:
    """Make what trackers see tables of a source that stands."""
    if not trackers:
        raise StayhouseError(
            "new-source learns from files: name the shop's exports, or, to add visits to a source "
            f"that stands, --tracker with one of {', '.join(trackers_of(root))}."
        )
    folder = root / folder_of(name)
    provided = (project.setting(root, "sources") or {}).get(name)
    if provided is None or not folder.is_dir():
        raise StayhouseError(
            f"{name} is no source yet: name the files that it is to be learnt from."
        )
    mine = {
        f"{folder_of(name)}/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted(folder.iterdir())
    }
    texts, tables = mine, list(provided)
    for tracker in trackers:
        added = tracked_tables(root, tracker, tables)
        texts = joined(texts, tracker_texts(root, name, tracker, added))
        tables += added
    entry = _with_entry(root, name, tables)
    new = {path: text for path, text in texts.items() if path not in mine}
    changed = {path: text for path, text in texts.items() if mine.get(path, text) != text}
    write_all(root, new, {**changed, _PROJECT: entry})
    for path in [*new, *changed]:
        print(f"{'wrote' if path in new else 'added to'} {path}")
    print(f"{name} has {', '.join(tables[len(provided) :])} now. Then:")
    print("\n".join([*(_landing(name, tracker) for tracker in trackers), "  make build"]))
    return 0


def _landing(name: str, tracker: str) -> str:
    """Return the command that lands what a tracker has seen."""
    if tracker == PLAN:
        return f"  stayhouse land {name} <folder of files named after these tables>"
    return f"  stayhouse land {name} <exports of {tracker}> --table events"


def _with_entry(root: Path, name: str, tables: list[str]) -> str:
    """Return dbt_project.yml in which a source provides some tables.

    Raises:
        StayhouseError: the file has a form in which something else would change.
    """
    before = (root / _PROJECT).read_text(encoding="utf-8")
    after = with_source(before, name, tables)
    # An edit of text is an edit of one entry, or none.
    expected = yaml.safe_load(before)
    expected["vars"]["sources"][name] = tables
    if yaml.safe_load(after) != expected:
        raise StayhouseError(
            f"{_PROJECT} has a form in which the entry of {name} in var sources would be lost:"
            f" write `{name}: [{', '.join(tables)}]` there as the last one."
        )
    return after


def check_name(root: Path, name: str) -> None:
    """Check that a new source may have a name.

    Raises:
        StayhouseError: it is none, or something has it.
    """
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise StayhouseError(
            f"{name!r} is no name for a source: use lower case letters, digits and single "
            "underscores, a letter first, 40 at most."
        )
    if (root / folder_of(name)).exists():
        raise StayhouseError(
            f"{folder_of(name)} stands already: choose another name, or change what stands there."
        )
    word = re.compile(rf"(?<![a-z0-9]){name}(?![a-z0-9])", re.IGNORECASE)
    # Whoever deletes the folder to do it again keeps the name in the project's own settings.
    is_again = name in (project.setting(root, "sources") or {})
    projects = [] if is_again else [root / _PROJECT]
    paths = [*projects, *(p for part in _HOUSE for p in sorted((root / part).rglob("*")))]
    for path in paths:
        is_text = path.suffix in _TEXT and "sample" not in path.parts and path.is_file()
        if is_text and word.search(path.read_text(encoding="utf-8", errors="replace")):
            raise StayhouseError(
                f"{name} is a word of {path.relative_to(root)}, and a source's name stands "
                f"nowhere but in its own folder: choose another, such as my_{name}."
            )


def _told(
    name: str,
    tables: list[Described],
    strange: list[str],
    wrote: list[str],
    samples: dict[Path, str],
    trackers: list[str],
) -> list[str]:
    lines = [f"wrote {path}" for path in wrote] + [f"added {name} to var sources in {_PROJECT}"]
    unclear = list(strange)
    for table in tables:
        files = ", ".join(samples.get(path, path.name) for path in table.files)
        staged = [c for c, made_of in staged_tables(tables).items() if made_of is table]
        said = str(table.notation)
        lines += ["", f"{files}: {' and '.join(staged)}{f' ({said})' if said else ''}"]
        for column in table.columns.values():
            if column.ours != IGNORE and column.personal != "drop":
                hashed = ", as a keyed hash" if column.personal else ""
                lines.append(f"  {column.name} -> {column.ours}{hashed}")
        lines += [f"  {note}" for note in table.notes]
        unclear += [f"{files}: {line}" for line in table.unclear]
    lines += ["", "Not understood, for you to look at:"] if unclear else []
    lines += [f"  {line}" for line in unclear]
    sheet, folder = f"{folder_of(name)}/aliases.csv", folder_of(name)
    lines += ["", f"What is wrong here you change in {sheet} and {folder}. Then:"]
    commands: dict[str, list[str]] = {"check": [], "land": []}
    for command, steps in commands.items():
        for table in tables:
            for path in (path for path in table.files if path not in samples):
                file = parse_name(path)
                is_only = len(tables) == 1 and not trackers
                is_named = is_only or (file is not None and file.stem == table.name)
                option = "" if is_named else f" --table {table.name}"
                steps.append(f"  stayhouse {command} {name} {shlex.quote(str(path))}{option}")
        lines += steps
    if samples:
        lines.append(f"  stayhouse pull {name}")
    lines += [_landing(name, tracker) for tracker in trackers]
    return [*lines, "  make build"]
