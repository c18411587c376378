"""dbt on a project that it parsed before: `python -m tests.parsed_dbt partial_parse.msgpack build`.

To parse takes 12 seconds of CPU, whatever is built then; builds of one project need it only once.
To start, import dbt and read what was parsed takes 5 more: `forked` does it in a child of a process
that has it all in memory.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

# Names what the origin of all children reads before there is any.
PRELOADED = "TEST_PARSED"
LATE = (
    *("dbt.adapters.duckdb", "pandas", "scipy.optimize", "scipy.stats", "sklearn.ensemble"),
    *("sklearn.linear_model", "sklearn.metrics", "sklearn.neural_network", "skops.io"),
)


def turned(parsed: Path, folder: Path, change: Callable[[dict[str, dict[str, Any]]], None]) -> Path:
    """Write what was parsed into a folder, with other `meta` of models, by name; return it."""
    manifest = _read(parsed / "partial_parse.msgpack")
    change({node.name: node.config.meta for node in manifest.nodes.values()})
    (folder / "partial_parse.msgpack").write_bytes(manifest.to_msgpack())
    return folder


def forked(
    parsed: Path, words: list[str], cwd: Path, environment: dict[str, str]
) -> CompletedProcess[str]:
    """Run dbt with these words in a process of its own and return what it said."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("out", "err")]
        child = _origin(parsed).Process(target=_child, args=(parsed, words, cwd, environment, said))
        child.start()
        child.join()
        out, err = (path.read_text(encoding="utf-8") for path in said)
        return CompletedProcess(words, child.exitcode or 0, out, err)


@cache
def _origin(parsed: Path) -> ForkServerContext:
    """The process that every child is forked from: it begins with what was parsed first."""
    context = get_context("forkserver")
    os.environ[PRELOADED] = str(parsed)
    context.set_forkserver_preload([__name__])
    return context


def _child(
    parsed: Path, words: list[str], cwd: Path, environment: dict[str, str], said: list[Path]
) -> None:
    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.path.insert(0, environment["PYTHONPATH"])
    sys.exit(main(str(parsed), *words))


def _read(parsed: Path) -> Manifest:
    return Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)


@cache
def _whole(parsed: str) -> Manifest:
    manifest = _read(Path(parsed))
    # What macros read as `graph`.
    manifest.build_flat_graph()
    return manifest


def _preload(parsed: str) -> None:
    """Read what was parsed, and what dbt and the models in Python import as they run."""
    for module in LATE:
        import_module(module)
    _whole(parsed)


def main(parsed: str, *words: str) -> int:
    """Run dbt with these words and return the exit code that it would end with."""
    done = dbtRunner(_whole(parsed)).invoke(list(words))
    if done.exception:
        print(done.exception)
        return 2
    return 0 if done.success else 1


if PRELOADED in os.environ and __name__ != "__main__":
    _preload(os.environ[PRELOADED])

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
