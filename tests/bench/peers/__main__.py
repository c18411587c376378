"""``python -m tests.bench.peers NAME LANDING DATABASE``: one peer, in a process of its own."""

import importlib
import sys
from pathlib import Path

if __name__ == "__main__":
    name, landing, database = sys.argv[1:]
    Path(database).unlink(missing_ok=True)
    importlib.import_module(f"tests.bench.peers.{name}").build(Path(landing), Path(database))
