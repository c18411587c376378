"""``stayhouse doctor``: what is wrong with a set-up, and what to do about it.

Each check gives lines that are ``ok``, a ``warning`` (it works, but not as you may think) or a
``problem`` (it does not work). Nothing is changed.
"""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import duckdb
from pytz import all_timezones_set  # type: ignore[import-untyped]

from stayhouse.base import project
from stayhouse.base.artifacts import var, warn_rate
from stayhouse.base.build_token import read_build_token
from stayhouse.base.currencies import CODES
from stayhouse.base.errors import StayhouseError
from stayhouse.base.private import exposed
from stayhouse.base.warehouse import reading
from stayhouse.erasure.erase import is_interrupted, waiting_requests
from stayhouse.landing.aliases import Source, read_source
from stayhouse.landing.currencies import standing_unlike
from stayhouse.landing.land import currencies_of
from stayhouse.landing.personal import checked_key
from stayhouse.publishing.publication import CONTENTS
from stayhouse.publishing.quiet import is_of_build
from stayhouse.reports.doctor_data import landed_tables, missing_tables, not_taken, read_landed
from stayhouse.reports.finding import Finding, findings_of
from stayhouse.reports.new_batches import new_batches

_OLDEST_PYTHON, _NEWEST_PYTHON = (3, 11), (3, 13)
# Package and the versions that pyproject.toml allows.
_PACKAGES = {"dbt-core": "1.11.", "dbt-duckdb": "1.11.", "duckdb": "2.0."}
_GIGABYTE = 10**9
# A build of ten million events needs about this much; below the second one even the sample fails.
_DISK_COMFORT, _DISK_NEED = 5 * _GIGABYTE, _GIGABYTE


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``doctor``."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what is wrong with this set-up",
        description="Check Python, dbt, the project, the key, the landing folder, the disk, the "
        "warehouse file and what its data can support. Exits with 1 when there is a problem.",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    findings = examine()
    for finding in findings:
        print(f"{finding.state:<8} {finding.subject:<10} {finding.text}")
    return int(any(finding.state == "problem" for finding in findings))


def examine() -> list[Finding]:
    """Return every finding on this set-up, in the order in which one would mend it."""
    findings = [check_python(sys.version_info[:2]), *check_packages()]
    try:
        root = project.project_root()
    except StayhouseError as error:
        return [*findings, Finding("problem", "project", str(error))]
    return [
        *findings,
        Finding("ok", "project", str(root)),
        *check_settings(root),
        check_key(root),
        *check_landing(root),
        *check_privacy(root),
        check_disk(shutil.disk_usage(root).free),
        *check_warehouse(project.warehouse_path(root), root),
    ]


def check_python(version: tuple[int, int]) -> Finding:
    """Check a Python version, given as (major, minor)."""
    text = ".".join(map(str, version))
    if _OLDEST_PYTHON <= version <= _NEWEST_PYTHON:
        return Finding("ok", "python", text)
    return Finding("problem", "python", f"{text} is not supported: use 3.11, 3.12 or 3.13.")


def check_packages() -> Iterator[Finding]:
    """Check that dbt, its adapter and DuckDB are installed in versions that fit together."""
    for package, wanted in _PACKAGES.items():
        remedy = "run 'make setup'"
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            yield Finding("problem", package, f"is not installed: {remedy}.")
            continue
        if version.startswith(wanted):
            yield Finding("ok", package, version)
        else:
            yield Finding("problem", package, f"{version} is not {wanted}x: {remedy}.")


def check_settings(root: Path) -> Iterator[Finding]:
    """Check the two settings that a shop writes first, and all names; a build checks them all."""
    if sentence := project.misspelt_var(root):
        yield Finding("problem", "settings", sentence)
    zone, currency = project.setting(root, "time_zone"), project.setting(root, "base_currency")
    if zone not in all_timezones_set:
        yield Finding(
            "problem",
            "settings",
            f"time_zone in dbt_project.yml is {zone!r}: give a name of the IANA list, such as "
            "Europe/London.",
        )
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        yield Finding(
            "problem",
            "settings",
            f"base_currency in dbt_project.yml is {currency!r}: give three capital letters of ISO "
            "4217, such as GBP.",
        )
    elif currency not in CODES:
        yield Finding(
            "problem",
            "settings",
            f"base_currency in dbt_project.yml is {currency!r}, which is no code of ISO 4217 that "
            "is known: give that of your currency, such as GBP.",
        )


def check_key(root: Path) -> Finding:
    """Check ``STAYHOUSE_PII_KEY`` against the folder that data lands in."""
    key = project.pii_key()
    landing = project.landing_path(root)
    if key is None and landing is None:
        return Finding("ok", "key", "STAYHOUSE_PII_KEY is not set; the sample shop needs none.")
    if key is None:
        return Finding(
            "warning",
            "key",
            "STAYHOUSE_PII_KEY is not set: sources with personal columns, such as shop, cannot "
            "land; set a secret of at least 32 characters.",
        )
    try:
        checked_key(key, root, landing or project.sample_path(root), "shop")
    except StayhouseError as error:
        return Finding("problem", "key", str(error))
    return Finding("ok", "key", f"STAYHOUSE_PII_KEY is set ({len(key)} characters).")


def check_landing(root: Path) -> Iterator[Finding]:
    """Check the landing folder, or the sample where none is named, and count what has landed."""
    landing = project.landing_path(root)
    folder = landing or project.sample_path(root)
    if read := project.sources_read(root):
        tables = f"var reads: builds read tables of {', '.join(read)} where they stand."
        yield Finding("ok", "landing", tables)
        if landing is None:
            return
    if landing is None:
        yield Finding("ok", "landing", "STAYHOUSE_LANDING is not set: builds read the sample shop.")
    elif not landing.exists():
        yield Finding(
            "warning", "landing", f"{landing} does not exist yet: 'stayhouse land' makes it."
        )
        return
    elif not landing.is_dir() or not os.access(landing, os.W_OK):
        yield Finding(
            "problem",
            "landing",
            f"{landing} is no folder that you may write to: set STAYHOUSE_LANDING to another one.",
        )
        return
    landed = read_landed(folder)
    yield from landed_tables(landed, warn_rate(root, root / "target"))
    if landing is not None:
        yield from _erasures(landing)
    if landing is not None and landed.batches:
        sources = {
            source: read_source(root, source)
            for source in {source for source, _ in landed.batches}
            if (root / "models" / "staging" / source / "aliases.csv").exists()
        }
        files = {name: source.tables for name, source in sources.items()}
        yield from missing_tables(landed, var(root, root / "target", "sources") or {}, files)
        for source in sources.values():
            yield from _signs(root, landing, source)
    if not landed.batches:
        remedy = "run 'make sample'" if landing is None else "run 'stayhouse land'"
        yield Finding("warning", "landed", f"nothing in {folder}: {remedy}.")


def _signs(root: Path, landing: Path, source: Source) -> Iterator[Finding]:
    """Say which amounts count in another currency than that of the sign beside them."""
    rate, currencies = warn_rate(root, root / "target"), currencies_of(root, source)
    for table, batch, told, share in standing_unlike(landing, source.name, currencies):
        yield Finding(
            "warning" if share > rate else "ok",
            "signs",
            f"{told}, and count in the order's currency. If that is wrong, mend the file, take it "
            f"back ('stayhouse unland {source.name} --table {table} --batch {batch}') and land it "
            "again.",
        )


def _erasures(landing: Path) -> Iterator[Finding]:
    """Say whether somebody asked to be erased and is still there."""
    remedy = "run 'stayhouse erase'."
    try:
        if is_interrupted(landing):
            yield Finding("problem", "erasure", f"an erasure was broken off: {remedy}")
        elif waiting := waiting_requests(landing):
            verb = "request waits" if waiting == 1 else "requests wait"
            yield Finding("warning", "erasure", f"{waiting} {verb} to be carried out: {remedy}")
    except StayhouseError as error:
        yield Finding("problem", "erasure", str(error))


def check_privacy(root: Path) -> Iterator[Finding]:
    """Check that nobody else on this machine can read data."""
    for path in exposed(root):
        remedy = f"run 'chmod -R go= {path}'."
        yield Finding("warning", "privacy", f"others on this machine can read {path}: {remedy}")


def check_disk(free: int) -> Finding:
    """Check the free space beside the project, in bytes."""
    text = f"{free / _GIGABYTE:,.1f} GB free"
    if free >= _DISK_COMFORT:
        return Finding("ok", "disk", text)
    state = "warning" if free >= _DISK_NEED else "problem"
    return Finding(state, "disk", f"{text}: make room before a large build.")


def check_warehouse(path: Path, root: Path) -> Iterator[Finding]:
    """Check the warehouse file: is it there, who holds it, is it of what has landed, what was lost
    in it, and what can its data support.
    """
    if not path.parent.is_dir():
        yield Finding(
            "problem", "warehouse", f"the folder {path.parent} is missing: make it, dbt does not."
        )
        return
    if not path.exists():
        yield Finding("warning", "warehouse", f"{path} does not exist yet: run 'stayhouse build'.")
        return
    try:
        new = new_batches(path, root / "published")
        with reading(path) as con:
            yield Finding("ok", "warehouse", f"{path} ({path.stat().st_size / 10**6:,.1f} MB)")
            build, *found = findings_of(con, warn_rate(root, root / "target"), new)
            yield build
            landing = project.landing_path(root)
            is_told = landing is not None or not project.sources_read(root)
            landed = read_landed(landing or project.sample_path(root))
            if (
                is_told
                and landed.batches
                and (stale := not_taken(con, landed, landing is not None))
            ):
                # What it holds is no word on what has landed.
                yield stale
                return
            if build.state == "ok" and (waiting := _unpublished(con, root / "published")):
                yield waiting
            yield from found
            yield _support(con)
    except StayhouseError as error:
        yield Finding("problem", "warehouse", str(error))


def _unpublished(con: duckdb.DuckDBPyConnection, published: Path) -> Finding | None:
    """Say that readers have another build than this one; None where none was ever published."""
    contents = published / "current" / CONTENTS
    if not contents.exists() or is_of_build(contents, con, read_build_token(con)):
        return None
    return Finding(
        "warning",
        "published",
        f"{published / 'current'} is of another build than this warehouse, as where one was "
        "broken off before it was published: run 'stayhouse build'.",
    )


def _support(con: duckdb.DuckDBPyConnection) -> Finding:
    """Say what the data in a warehouse can support."""
    try:
        rows = con.execute(
            "select is_ready, reason, history_days, buyer_count from churn.churn_readiness"
        ).fetchall()
    except duckdb.CatalogException:
        rows = []
    if not rows:
        return Finding(
            "warning", "data", "the warehouse has no churn.churn_readiness: run 'stayhouse build'."
        )
    is_ready, reason, history_days, buyer_count = rows[0]
    text = f"{history_days or 0:,} days of history, {buyer_count or 0:,} buyers by the test cut-off"
    if is_ready:
        return Finding("ok", "data", f"{text}: enough for churn scores.")
    return Finding("warning", "data", f"{text}: no churn scores. {reason}")
