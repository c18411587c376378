"""What holds for every file of a landing, and what is noted of one that is only checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stayhouse.landing.aliases import Table
from stayhouse.landing.encoding import found_encoding
from stayhouse.landing.files import InputFile
from stayhouse.landing.finish import Finished, Ways
from stayhouse.landing.limits import Limits
from stayhouse.landing.notation import UTF8, Notation
from stayhouse.landing.personal import Hasher
from stayhouse.landing.suppression import Suppressed


@dataclass(frozen=True)
class Terms:
    """What holds for every file of one landing.

    ``data_until`` is the instant up to which the files are complete, or None; ``landed_at`` is
    when they land; both naive UTC. ``keyed_hash`` is what personal values become, ``suppressed``
    are the people whose rows and lines are counted and not written. A file of which more than
    ``limits.stop_rate`` is rejected, or of a column more than ``limits.warn_rate`` cannot be read,
    lands only where ``accepts_rejected``. ``ways`` is by table how its values are read.
    """

    limits: Limits
    accepts_rejected: bool
    data_until: datetime | None
    landed_at: datetime
    keyed_hash: Hasher | None
    suppressed: Suppressed | None
    ways: Mapping[str, Ways]


@dataclass
class Inspection:
    """What a check finds in one file that it lands elsewhere: problems as sentences, some values.

    ``samples`` holds values by the name of their column in the file, ``known`` the columns that the
    sheet names, those too that are hashed or never written, ``unknown`` the others; ``remembered``
    is how the table's latest batch was written.
    """

    remembered: Notation = field(default_factory=Notation)
    problems: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    samples: dict[str, list[str | None]] = field(default_factory=dict)


def encoding_of(file: InputFile, stated: Notation, warn_rate: float) -> str:
    """Return the encoding of a file: JSON is UTF-8 where nobody says otherwise."""
    if stated.encoding or file.format != "csv":
        return stated.encoding or UTF8
    return found_encoding(file, warn_rate)


# So many values may be unreadable by chance, however short the file.
_FEW = 2


def why_lost(table: Table, file: InputFile, done: Finished, terms: Terms) -> str | None:
    """Return why a file is refused of which the build would lose a column.

    Of one more values cannot be read than anybody would overlook. None where it would not.
    """
    most = max(terms.limits.warn_rate * done.row_count, _FEW)
    lost = [str(part) for part in done.unread if part.count > most]
    # Who asks to be erased is no figure, and is erased whatever the day of the request says.
    if not lost or table.name == "erasure_requests":
        return None
    told = "; ".join([*lost, *(why.rstrip(".") for why in done.values.beside)])
    return (
        f"The build would reject more than rejection_warn_rate ({terms.limits.warn_rate:g}) "
        f"of the {done.row_count:,} rows of {file.name}: {told}; correct the file, "
        "say how it is written (--dates, --decimal), or land it all the same with --accept."
    )
