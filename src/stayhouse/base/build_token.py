"""What a warehouse says of the build that made it: ``main.build_token``, one row.

dbt's hooks write it before anything else and after all else (``macros/state/note_build_*.sql``). A
build that was killed leaves it unfinished, whatever dbt's files of an earlier one say.
"""

import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

# The files that a build follows from, beside what landed.
_CODE = (
    *("dbt_project.yml", "macros/**/*.sql", "models/**/*.sql", "models/**/*.yml"),
    *("python_models/**/*.py", "python_models/**/*.yml", "seeds/*.csv", "src/stayhouse/**/*.py"),
)
# What keeps the tables of a state from being those of one build that went well, and what to do.
_REFUSALS = {
    "unfinished": "The last build was broken off before its end, so the tables may be a mixture of "
    "two builds: run 'stayhouse build' again.",
    "part": "The last dbt run made a part of the tables, and the others are of other landed files, "
    "settings or code, or of a build that did not end well: run 'stayhouse build' without a "
    "selection.",
    "failed": "The last build did not go well ({failure}): mend it ('stayhouse explain' says how) "
    "and run 'stayhouse build' again.",
}


# By its folder, each table's batches with the sizes and times of their files.
_LANDED = """
    select md5(string_agg(concat_ws(' ', batch_id, size, stamp), ',' order by batch_id, filename))
    from (
        select
            filename,
            size,
            epoch_us(last_modified) as stamp,
            regexp_extract(filename, '([^/]+/[^/]+)/batch_id=\\d+/[^/]+$', 1) as place,
            cast(regexp_extract(filename, 'batch_id=(\\d+)/[^/]+$', 1) as bigint) as batch_id
        from read_blob(?)
    )
    group by place
    order by place
"""


@dataclass(frozen=True)
class BuildToken:
    """The state of the last build, what failed in it, its commit (or ""), what it was given."""

    state: str
    failure: str | None
    commit: str
    inputs: dict[str, Any]

    @property
    def refusal(self) -> str | None:
        """Why its tables are not to be published and what to do; None where they may be."""
        if self.state == "finished":
            return None
        return _REFUSALS[self.state].format(failure=self.failure)

    def as_record(self) -> dict[str, Any]:
        """Return what a publication says of its build; files' times differ between machines."""
        told = {name: self.inputs[name] for name in ("batches", "project_checksum", "vars")}
        return {
            "commit": self.commit or None,
            "is_sample": bool(self.inputs.get("is_sample")),
            **told,
        }


def read_build_token(con: duckdb.DuckDBPyConnection) -> BuildToken:
    """Return what a warehouse that is in use says of its build; unfinished where it says nothing.

    A warehouse without the row is one of before it was written, or one that no build has come to.
    """
    try:
        rows = con.execute(
            "select state, failure, code_commit, inputs from main.build_token"
        ).fetchall()
    except duckdb.CatalogException:
        rows = []
    if not rows:
        return BuildToken("unfinished", None, "", {})
    state, failure, commit, inputs = rows[0]
    return BuildToken(state, failure, commit, json.loads(inputs))


def checksum_of(root: Path) -> str:
    """Return the checksum of a project's files that ``inputs`` holds as ``project_checksum``.

    The same as that of ``macros/engine/build_inputs.sql``, for who must know it before dbt begins.
    """
    files = sorted(
        (path.relative_to(root).as_posix(), path)
        for pattern in _CODE
        for path in root.glob(pattern)
    )
    told = (name + hashlib.md5(path.read_bytes()).hexdigest() for name, path in files)
    return hashlib.md5(",".join(told).encode()).hexdigest()


def landed_checksum_of(landing: Path) -> str:
    """Return the checksum of what lies in a landing folder: ``landed_checksum`` of ``inputs``.

    As ``macros/engine/build_inputs.sql`` has it. Where nothing has landed it is that of no text.
    """
    pattern = re.sub(r"([*?[])", r"[\1]", str(landing)) + "/*/*/batch_id=*/*.parquet"
    with duckdb.connect() as con:
        try:
            found = con.execute(_LANDED, [pattern]).fetchall()
        except duckdb.IOException:  # no file is of the pattern
            found = []
    return hashlib.md5(" ".join(checksum for (checksum,) in found).encode()).hexdigest()


def commit_of(root: Path) -> str:
    """Return the commit of the project's files, with ``-dirty`` where they differ from it.

    dbt knows nothing of git; builds read this as ``STAYHOUSE_COMMIT``. It is "" where there is no
    git, or where the folder is no checkout of its own.
    """
    if not (root / ".git").exists():
        return ""
    words = ("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    try:
        done = subprocess.run(words, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
