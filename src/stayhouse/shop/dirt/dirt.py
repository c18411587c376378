"""Soil the records of a table: some rows change, others get a flawed companion."""

from typing import Any

import numpy as np

from stayhouse.shop.dirt.flaws import ACCEPTED, CONFLICT, COPY, FLAWS, LATE, Flaw
from stayhouse.shop.draws import Ints, Keys, cumulative_choice, keys, uniform
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.tables import Records

_LATEST_DAYS = 25.0
_COPY_DAYS = 3.0
# Extra events get ids of their own: their position in the session is moved out of the way.
_EXTRA_POSITION = 1000


def soil(settings: Settings, table: str, rows: Records) -> Records:
    """Return the rows with the dirt of their table; ``flaw`` says which (0 = none)."""
    if table not in FLAWS or not settings.has("dirt") or len(rows) == 0:
        return rows
    flaws = FLAWS[table]
    mixed = np.bitwise_xor(rows["tie"], rows["due"].astype(np.uint64), dtype=np.uint64)
    key = keys(mixed, f"flaw of {table}")
    shares = np.cumsum([flaw.share for flaw in flaws])
    cumulative = np.append(shares, 1.0)[None, :]
    chosen = cumulative_choice(cumulative, uniform(key, "which"))
    parts = [rows]
    for number, flaw in enumerate(flaws):
        which = np.flatnonzero(chosen == number)
        if len(which):
            parts.extend(_flawed(rows, which, key[which], number + 1, flaw))
    return np.concatenate(parts)


def is_accepted(table: str, codes: Any) -> Any:
    """Whether rows with these flaw codes should be accepted."""
    kept = np.array([True, *(flaw.outcome == ACCEPTED for flaw in FLAWS[table])])
    return kept[codes]


def _flawed(rows: Records, which: Ints, key: Keys, code: int, flaw: Flaw) -> list[Records]:
    """Change the chosen rows in place, or return their companions."""
    target = rows[which].copy() if flaw.is_extra else rows
    place: Any = slice(None) if flaw.is_extra else which
    target["flaw"][place] = code
    if flaw.is_extra and "position" in (rows.dtype.names or ()) and not flaw.keeps_id:
        target["position"] += _EXTRA_POSITION
    if flaw is LATE:
        _receive_later(target, place, uniform(key, "days late") ** 2 * _LATEST_DAYS)
    elif flaw is COPY:
        # Half of the copies come at once, the others are delivered again later.
        again = np.maximum(uniform(key, "copied after") * 2.0 - 1.0, 0.0)
        _receive_later(target, place, again * _COPY_DAYS)
    elif flaw is CONFLICT:
        _receive_later(target, place, 0.001 + uniform(key, "reused after") * _COPY_DAYS)
    if flaw.moves:
        column, by_ms = flaw.moves
        target[column][place] += by_ms
    return [target] if flaw.is_extra else []


def _receive_later(target: Records, place: Any, days: Any) -> None:
    wait = np.rint(days * DAY_MS).astype(np.int64)
    target["received"][place] += wait
    target["due"][place] += wait
