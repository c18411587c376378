"""dbt on a project that it parsed before: `python -m tests.parsed_dbt partial_parse.msgpack build`.

To parse takes 12 seconds of CPU, whatever is built then; builds of one project need it only once.
`tests/forked.py` saves most of the rest.
"""

import gc
import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.artifacts.resources.base import FileHash
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.project import Configuration, PackageConfig, Project, ProjectFlags
from dbt.parser.manifest import extended_mashumuro_decoder
from dbt.task import runnable

from tests.forked import PRELOADED, Edit

# What dbt and the models in Python import as they run.
LATE = (
    *("dbt.adapters.duckdb.environments.local", "dbt.task.run", "dbt.task.test", "babel.dates"),
    *("dbt_common.clients.agate_helper", "pandas", "scipy.optimize", "scipy.stats"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.metrics", "sklearn.neural_network"),
    "skops.io",
)


def turned(parsed: Path, folder: Path, change: Callable[[dict[str, dict[str, Any]]], None]) -> Path:
    """Write what was parsed into a folder, with other `meta` of models, by name; return it."""
    manifest = _read(parsed / "partial_parse.msgpack")
    change({node.name: node.config.meta for node in manifest.nodes.values()})
    (folder / "partial_parse.msgpack").write_bytes(manifest.to_msgpack())
    return folder


def _read(parsed: Path) -> Manifest:
    return Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)


@cache
def _whole(parsed: str) -> Manifest:
    manifest = _read(Path(parsed))
    # What macros read as `graph`.
    manifest.build_flat_graph()
    return manifest


def _preload(parsed: str) -> None:
    """Have in memory what every child of this process would read."""
    for module in LATE:
        import_module(module)
    _whole(parsed)
    # What dbt holds its settings to, which it makes from their classes: 0.6 s of CPU.
    for settings in (DuckDBCredentials, Configuration, PackageConfig, Project, ProjectFlags):
        settings.json_schema()
    # Nothing of it is ever freed: children need neither look at it nor copy its pages.
    gc.collect()
    gc.freeze()


def _make(edit: Edit, manifest: Manifest) -> None:
    """Make an edit of a model's or of a macro's SQL, as if dbt had parsed the file with it."""
    models = [
        node for node in manifest.nodes.values()
        if node.original_file_path == edit.path and edit.old in node.raw_code
    ]  # fmt: skip
    macros = [
        macro for macro in manifest.macros.values()
        if macro.original_file_path == edit.path and edit.old in macro.macro_sql
    ]  # fmt: skip
    assert len(models) + len(macros) == 1, f"{edit.path} no longer holds the text once"
    for node in models:
        node.raw_code = node.raw_code.replace(edit.old, edit.new)
        # By it state knows that it was taken by another rule.
        node.checksum = FileHash.from_contents(node.raw_code)
        manifest.flat_graph["nodes"][node.unique_id] = node.to_dict(omit_none=False)
    for macro in macros:
        macro.macro_sql = macro.macro_sql.replace(edit.old, edit.new)


def _hand_on(parsed: str) -> None:
    """Let dbt hand on the manifest as it was parsed: to write it takes a third of a small run.

    What it lacks, the SQL that a run made, lies in the folder `compiled` as ever.
    """
    files = [Path(parsed).with_name(f"{kind}.json") for kind in ("manifest", "semantic_manifest")]

    def hand_on(_: Manifest, target: str) -> None:
        for file in files:
            if not file.parent.samefile(target):
                shutil.copyfile(file, Path(target) / file.name)

    if all(file.exists() for file in files):
        vars(runnable)["write_manifest"] = hand_on


def main(parsed: str, *words: str, edit: Edit | None = None) -> int:
    """Run dbt with these words and return the exit code that it would end with."""
    manifest = _whole(parsed)
    _hand_on(parsed)
    if edit:
        _make(edit, manifest)
    done = dbtRunner(manifest).invoke(list(words))
    if done.exception:
        print(done.exception)
        return 2
    return 0 if done.success else 1


if PRELOADED in os.environ and __name__ != "__main__":
    _preload(os.environ[PRELOADED])

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
