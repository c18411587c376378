"""What stands beside the rows of a batch, in ``_batch.json``."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stayhouse.landing.notation import Notation

MANIFEST = "_batch.json"


@dataclass(frozen=True)
class Batch:
    """What ``_batch.json`` says of a batch.

    ``lines_in`` = ``rows_landed`` + ``lines_rejected`` + ``rows_erased``, which are the rows and
    rejected lines of erased people: taken out later, or not let in. ``data_until`` and
    ``landed_at`` are ISO instants in UTC without offset, or None; ``columns`` are those of the
    Parquet file. ``rejected_by_reason`` counts ``lines_rejected`` by reason code. ``notation`` is
    how the file was written, where it was other than plain.
    """

    source: str
    table: str
    batch_id: int
    file: str
    sha256: str
    lines_in: int
    rows_landed: int
    lines_rejected: int
    # Older batches do not say these.
    rejected_by_reason: dict[str, int] = field(default_factory=dict, kw_only=True)
    rows_erased: int = field(default=0, kw_only=True)
    landed_at: str | None = field(default=None, kw_only=True)
    notation: dict[str, str] = field(default_factory=dict, kw_only=True)
    data_until: str | None
    columns: list[str]

    @property
    def as_notation(self) -> Notation:
        """How the file was written."""
        return Notation.of(self.notation)


def read_manifest(folder: Path) -> Batch:
    """Return what the manifest in a batch's folder says."""
    return Batch(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def write_manifest(batch: Batch, path: Path) -> None:
    """Write a batch's manifest to a file."""
    path.write_text(json.dumps(asdict(batch), indent=2) + "\n", encoding="utf-8")
