"""dbt on a project that it parsed before: `python -m tests.parsed_dbt partial_parse.msgpack build`.

To parse takes 12 seconds of CPU, whatever is built then; builds of one project need it only once.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder


def turned(parsed: Path, folder: Path, change: Callable[[dict[str, dict[str, Any]]], None]) -> Path:
    """Write what was parsed into a folder, with other `meta` of models, by name; return it."""
    manifest = _read(parsed / "partial_parse.msgpack")
    change({node.name: node.config.meta for node in manifest.nodes.values()})
    (folder / "partial_parse.msgpack").write_bytes(manifest.to_msgpack())
    return folder


def _read(parsed: Path) -> Manifest:
    return Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)


def main(parsed: str, *words: str) -> int:
    """Run dbt with these words and return the exit code that it would end with."""
    manifest = _read(Path(parsed))
    # What macros read as `graph`.
    manifest.build_flat_graph()
    done = dbtRunner(manifest).invoke(list(words))
    if done.exception:
        print(done.exception)
        return 2
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
