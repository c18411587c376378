"""``stayhouse start``: from a platform's files to the first cohort table in one command."""

import argparse
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytz import all_timezones_set  # type: ignore[import-untyped]

from stayhouse.base import project
from stayhouse.base.currencies import CODES
from stayhouse.base.environment import use_environment, write_environment
from stayhouse.base.errors import StayhouseError

_DESCRIPTION = """\
Say what the shop is and which files hold it: this writes the settings to dbt_project.yml, makes a
key for personal columns (.env, readable by you alone and kept out of git), then checks the files,
lands them, pulls the tables that the source's pull.toml names, builds and publishes. What is not
given as an option is asked. Run it again with more files, or with those of another platform; what
has landed before is left alone."""

_EXAMPLES = """\
examples:
  stayhouse start
  stayhouse start --platform shop --currency EUR --time-zone Europe/Berlin exports/"""

_OWN = "shop"


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``start``."""
    parser = subparsers.add_parser(
        "start",
        help="from a platform's files to the first answers: settings, key, check, land, build",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, help="files or folders of the platform")
    parser.add_argument("--platform", help="where they come from: a folder of models/staging")
    parser.add_argument("--currency", help="what all sums shall be in, such as EUR")
    parser.add_argument("--time-zone", help="where days begin, such as Europe/Berlin")
    parser.add_argument(
        "--prices-include-tax",
        choices=("yes", "no"),
        help="whether the platform's prices include tax, where its files do not tell",
    )
    parser.add_argument(
        "--accept",
        action="store_true",
        help="land also what the check finds wrong in rows: the build rejects them, counted",
    )
    parser.set_defaults(run=_run, writes_data=True)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    platforms = platforms_of(root)
    is_known = project.landing_path(root) is not None
    platform = args.platform or ask(
        "--platform", f"Which platform is it ({', '.join(platforms)})?", _OWN
    )
    if not (root / "models" / "staging" / platform / "aliases.csv").is_file():
        raise StayhouseError(
            f"{platform!r} is no platform of {', '.join(platforms)}: choose one, or a source of "
            f"your own; {_OWN} takes files in our own columns (docs/data.md), and 'stayhouse "
            "new-source' learns others."
        )
    files = args.files
    if not files and not has_database(root, platform):
        files = [Path(ask("FILES", "Which file or folder holds its exports?"))]
    for path in files:
        if not path.exists():
            raise StayhouseError(f"There is no {path}: name a file or a folder that exists.")
    settings: dict[str, str] = {}
    if args.currency or not is_known:
        currency = args.currency or ask("--currency", "Which currency shall sums be in (EUR)?")
        settings["base_currency"] = checked_currency(currency)
    if args.time_zone or not is_known:
        zone = args.time_zone or ask("--time-zone", "Where do days begin (Europe/Berlin)?")
        settings["time_zone"] = checked_zone(zone)
    if args.prices_include_tax:
        known = project.setting(root, "prices_include_tax") or {}
        said = {**known, platform: args.prices_include_tax == "yes"}
        pairs = ", ".join(f"{name}: {str(value).lower()}" for name, value in said.items())
        settings["prices_include_tax"] = f"{{{pairs}}}"
    for line in write_settings(root, settings):
        print(line)
    path = write_environment(
        root,
        {
            "STAYHOUSE_LANDING": str(project.landing_path(root) or "landing"),
            "STAYHOUSE_PII_KEY": project.pii_key() or secrets.token_hex(32),
        },
    )
    use_environment(root)
    print(f"{path} says where data lands and holds the key of personal columns: keep a copy of it.")
    return follow(
        [platform, *map(str, files)], pulls=has_database(root, platform), accepts=args.accept
    )


def has_database(root: Path, platform: str) -> bool:
    """Return whether tables of a database are part of a source."""
    return (root / "models" / "staging" / platform / "pull.toml").is_file()


def platforms_of(root: Path) -> list[str]:
    """Return the sources that a shop may have: files in our own columns, and those with a page."""
    pages = {path.stem for path in root.glob("docs/sources/*.md")}
    sources = {path.parent.name for path in root.glob("models/staging/*/aliases.csv")}
    return [_OWN, *sorted(pages & sources - {_OWN})]


def ask(option: str, question: str, default: str = "") -> str:
    """Return what a person answers; where nobody sits there, the option is to say it.

    Raises:
        StayhouseError: there is nobody to ask, or no answer.
    """
    answer = ""
    if sys.stdin.isatty():
        answer = input(f"{question} {f'[{default}] ' if default else ''}").strip() or default
    if not answer:
        raise StayhouseError(f"{question} Say it with {option}.")
    return answer


def checked_currency(value: str) -> str:
    """Return the code of a currency in capitals.

    Raises:
        StayhouseError: it is no code of ISO 4217.
    """
    code = value.strip().upper()
    if code not in CODES:
        raise StayhouseError(
            f"{value!r} is no currency: give three letters of ISO 4217, such as EUR."
        )
    return code


def checked_zone(value: str) -> str:
    """Return the name of a time zone.

    Raises:
        StayhouseError: the IANA list does not have it.
    """
    by_name = {name.lower(): name for name in all_timezones_set}
    zone: str = by_name.get(value.strip().lower(), "")
    if not zone:
        raise StayhouseError(
            f"{value!r} is no time zone: give a name of the IANA list, such as Europe/Berlin."
        )
    return zone


def write_settings(root: Path, settings: Mapping[str, str]) -> list[str]:
    """Write vars into ``dbt_project.yml``, each on its line, and return what changed.

    The rest of the file, comments too, stays as it is.

    Raises:
        StayhouseError: the file does not have such a line.
    """
    path = root / "dbt_project.yml"
    text = path.read_text(encoding="utf-8")
    changes = []
    for name, value in settings.items():
        line = re.compile(rf"^(  {name}: )([^#\n]*?)( *(?:#.*)?)$", re.MULTILINE)
        found = line.search(text)
        if found is None:
            raise StayhouseError(f"{path} has no line '  {name}: ...' under vars: add it.")
        if found[2] != value:
            text = text[: found.start(2)] + value + text[found.end(2) :]
            changes.append(f"{path.name}: {name} is {value} now (was {found[2]})")
    if changes:
        partial = path.with_name(f"{path.name}.partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    return changes


def command(*words: str) -> int:
    """Run a command of Stayhouse in a process of its own and return its exit code."""
    return subprocess.run([sys.executable, "-m", "stayhouse.cli", *words]).returncode


def follow(words: Sequence[str], *, pulls: bool, accepts: bool) -> int:
    """Check and land every file, pull, and build; stop where one of these fails.

    Args:
        words: the platform, and its files.
        pulls: whether tables of a database are part of it.
        accepts: whether rows that the build will reject stop nothing.
    """
    platform, *files = words
    for file in files:
        print(f"\nChecking {file}", flush=True)
        code = command("check", platform, file)
        if code == 2 or (code == 1 and not accepts):
            print(
                "\nNothing has landed. Put it right and run the same command again; --accept lands "
                "the files all the same, and the build counts what it rejects, with its money."
            )
            return code
    for file in files:
        print(f"\nLanding {file}", flush=True)
        if code := command("land", platform, file, *(["--accept"] if accepts else [])):
            return code
    if pulls:
        print("\nPulling", flush=True)
        if code := command("pull", platform, *(["--accept"] if accepts else [])):
            return code
    print(flush=True)
    return command("build")
