"""The hand-written script, which keeps the events, orders and identities that it reads, as ours do.

It holds events with all their columns, and nothing of what ours have besides: no ledger line, no
visitor day, none of the other cuts, nothing of what was rejected, no hash of any content.
"""

from pathlib import Path

from tests.bench.peers import handwritten


def build(landing: Path, database: Path) -> None:
    """Write the tables of a landed shop, and what they are made of, into a new file."""
    handwritten.build(landing, database, keeps=True)
