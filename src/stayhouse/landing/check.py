"""What is wrong with files, all of it at once: they land in a folder of their own, which goes.

Landing itself is what looks, so the two cannot differ. Where it would refuse a file, the problem is
noted and the file is read on: an unknown column is left out, a missing one is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import IGNORE, Alias, Source, Table, read_source
from stayhouse.landing.batch import TableLanding, table_landing
from stayhouse.landing.clock import check_until, now
from stayhouse.landing.currencies import Rows, unlike_orders
from stayhouse.landing.files import InputFile, find_files
from stayhouse.landing.finish import ROWS
from stayhouse.landing.land import ways_of
from stayhouse.landing.limits import read_limits
from stayhouse.landing.manifest import Batch
from stayhouse.landing.notation import Notation
from stayhouse.landing.personal import Hasher, checked_key, hasher
from stayhouse.landing.proposals import Proposal, looks_personal, propose
from stayhouse.landing.reasons import Rejection
from stayhouse.landing.terms import Inspection, Terms

# A file is read with it where the key is missing: its hashes go with the folder.
_NO_KEY = "a key of checks, whose hashes nobody keeps"


@dataclass(frozen=True)
class CheckedTable(Table):
    """A table that takes note of what does not fit it, and reads on."""

    inspection: Inspection = field(default_factory=Inspection)

    def refuse(self, sentence: str) -> None:
        """Take note."""
        self.inspection.problems.append(sentence)

    def known(self, names: Sequence[str], file_name: str) -> list[Alias]:
        """Return the alias of each column; one that is unknown is left out."""
        found = []
        taken: dict[str, str] = {}
        for name in names:
            alias = self.match(name) or Alias(name.strip(), IGNORE, False, "")
            is_known = self.match(name) is not None
            (self.inspection.known if is_known else self.inspection.unknown).append(name.strip())
            if is_known and alias.our_column in taken:
                self.refuse(
                    f"{file_name} has two columns for {alias.our_column} of {self.label} "
                    f"({taken[alias.our_column]!r} and {name.strip()!r}): keep one of them."
                )
                alias = Alias(name.strip(), IGNORE, False, "")
            elif is_known and alias.our_column != IGNORE:
                taken[alias.our_column] = name.strip()
            found.append(alias)
        return found


@dataclass
class CheckedFile:
    """What was found in one file.

    ``batch`` is as it landed in the folder of the check, or None; its number is that of the file.
    ``known_count`` is how many of its columns the sheet names.
    ``notes`` are what landing would print, ``problems`` what it would refuse the file for.
    """

    file: str
    table: str
    batch: Batch | None = None
    problems: list[str] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    notes: list[Rejection | str] = field(default_factory=list)
    known_count: int = 0


@dataclass
class Checked:
    """What was found in all files; ``problems`` are those of no file, ``left_alone`` file names."""

    files: list[CheckedFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


def check_files(
    root: Path,
    folder: Path,
    source_name: str,
    path: Path,
    *,
    table_name: str | None = None,
    landing: Path | None = None,
    key: str | None = None,
    data_until: datetime | None = None,
    stated: Notation | None = None,
) -> Checked:
    """Read files as landing would, and land what can be read in a folder of its own.

    Args:
        root: the project's folder.
        folder: where what can be read lands: a temporary folder, which exists.
        source_name: a folder of ``models/staging``.
        path: a file or a folder.
        table_name: the table, where the file's name does not say it.
        landing: the landing folder, to know what has landed before and how it was written.
        key: the key of personal columns.
        data_until: as in ``land``.
        stated: how the files are written, as far as options say it.

    Raises:
        StayhouseError: there is no such source, table, file or folder, or files end tomorrow.
    """
    landed_at = now()
    check_until(data_until, landed_at)
    source, limits = read_source(root, source_name), read_limits(root)
    files, left_alone = find_files(source, path, table_name)
    checked = Checked(left_alone=left_alone)
    is_hashed = source.has_personal_columns or any(table.has_personal for table, _ in files)
    keyed_hash = _hasher(root, landing or folder, source, key, checked) if is_hashed else None
    ways = ways_of(root, source, limits, stated or Notation())
    terms = Terms(limits, True, data_until, landed_at, keyed_hash, None, ways)
    for number, (table, file) in enumerate(files, start=1):
        found = CheckedFile(file.name, table.name)
        checked.files.append(found)
        inspection = Inspection(problems=found.problems)
        if file.is_empty:
            continue
        if landing is not None and landing.exists():
            before = TableLanding(table, landing)
            inspection.remembered = before.latest_notation()
            if known := before.landed_as(file.sha256()):
                found.notes.append(f"has landed before, as {table.label} batch {known.batch_id}")
        lenient = CheckedTable(table.source, table.name, table.aliases, inspection)
        try:
            _read(lenient, file, folder, terms, number, inspection, found)
        except StayhouseError as error:
            found.problems.append(str(error))
        found.known_count = len(inspection.known)
        if inspection.unknown and not inspection.known:
            found.problems.insert(
                0,
                f"None of the names in the first line of {file.name} is one of {table.alias_path}: "
                "if it is no header, add one.",
            )
        if inspection.unknown:
            ours = {alias.our_column for n in inspection.known if (alias := table.match(n))}
            found.proposals = propose(
                table, inspection.unknown, ours, ways[table.name].kinds, inspection.samples
            )
        for column, values in inspection.samples.items():
            alias = table.match(column)
            why = looks_personal("", values)
            if alias is not None and alias.is_written and why:
                found.personal.append(f"{column!r} looks personal, {why}")
    _hold_signs(checked, folder, landing, source_name, terms)
    return checked


def _hold_signs(
    checked: Checked, folder: Path, landing: Path | None, source: str, terms: Terms
) -> None:
    """Note of each file what landing says of the signs beside its amounts."""
    by_path = {
        folder / source / found.table / f"batch_id={found.batch.batch_id}" / ROWS: found
        for found in checked.files
        if found.batch is not None
    }
    about = [Rows(found.table, found.file, path) for path, found in by_path.items()]
    for unlike in unlike_orders(landing, source, about, terms.ways):
        found = by_path[unlike.rows.path]
        is_refused = unlike.share > terms.limits.warn_rate
        (found.problems if is_refused else found.notes).append(f"{unlike.sentence}.")


def _read(
    table: CheckedTable,
    file: InputFile,
    folder: Path,
    terms: Terms,
    number: int,
    inspection: Inspection,
    found: CheckedFile,
) -> None:
    with table_landing(table, folder, inspection) as landing:
        landing.last_number = number - 1
        if not landing.stage(file, file.sha256(), terms):
            if not found.problems:
                found.notes.append("has no rows")
            return
        found.notes += landing.rejections[0]
        landing.prepare()
        (found.batch,) = landing.commit()


def _hasher(root: Path, landing: Path, source: Source, key: str | None, checked: Checked) -> Hasher:
    try:
        return hasher(checked_key(key, root, landing, source.name))
    except StayhouseError as error:
        checked.problems.append(str(error))
        return hasher(_NO_KEY)
