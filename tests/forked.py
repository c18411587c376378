"""dbt on a parsed project in a child of a process that has dbt and the project in memory.

To start, import dbt and read what was parsed takes 5 s of CPU; to fork takes none. No process of
pytest imports dbt.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from subprocess import CompletedProcess

# Names what the origin of all children reads, before there is any.
PRELOADED = "TEST_PARSED"
_DBT = "tests.parsed_dbt"


@dataclass(frozen=True)
class Edit:
    """Another text in a SQL file of the project, which dbt reads as if it stood there."""

    path: str
    old: str
    new: str


def forked(
    parsed: Path, words: list[str], cwd: Path, environment: dict[str, str], edit: Edit | None = None
) -> CompletedProcess[str]:
    """Run dbt with these words in a process of its own and return what it said."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("out", "err")]
        child = _origin(parsed).Process(
            target=_child, args=(parsed, words, cwd, environment, edit, said)
        )
        child.start()
        child.join()
        out, err = (path.read_text(encoding="utf-8") for path in said)
        return CompletedProcess(words, child.exitcode or 0, out, err)


@cache
def _origin(parsed: Path) -> ForkServerContext:
    """The process that every child is forked from: it begins with what was parsed first."""
    context = get_context("forkserver")
    os.environ[PRELOADED] = str(parsed)
    context.set_forkserver_preload([_DBT])
    return context


def _child(
    parsed: Path,
    words: list[str],
    cwd: Path,
    environment: dict[str, str],
    edit: Edit | None,
    said: list[Path],
) -> None:
    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.path.insert(0, environment["PYTHONPATH"])
    sys.exit(import_module(_DBT).main(str(parsed), *words, edit=edit))
