"""dbt on a project that it parsed before: `python -m tests.parsed_dbt partial_parse.msgpack build`.

To parse takes 12 seconds of CPU, whatever is built then; builds of one project need it only once.
"""

import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder


def main(parsed: str, *words: str) -> int:
    """Run dbt with these words and return the exit code that it would end with."""
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes(), decoder=extended_mashumuro_decoder)
    # What macros read as `graph`.
    manifest.build_flat_graph()
    done = dbtRunner(manifest).invoke(list(words))
    if done.exception:
        print(done.exception)
        return 2
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
