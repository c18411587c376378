"""Who was erased and must not land again: a list of keyed hashes, and what it does to rows.

``stayhouse erase`` writes ``_erased.json`` into the landing folder. It holds no value of a person:
each entry is the HMAC-SHA256 of a source, a kind and an identifier, under ``STAYHOUSE_PII_KEY``
where that is set, else under a random salt that lies in the same file (whoever holds the file can
then try out ids that are easy to guess). Erasing and landing pass rows through the same filter, so
what was erased and what is kept out cannot differ.

An identifier of several kinds names a person with unequal force. A customer id always does. An
order id, an e-mail hash or a visitor id does so only on a row that names no other customer: a new
account under an old address is a new customer.
"""

import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stayhouse.disk import put
from stayhouse.errors import StayhouseError
from stayhouse.landing.personal import Hasher

LIST_NAME = "_erased.json"
KINDS = ("customer_id", "visitor_id", "order_id", "email_hash")
# Any identifier as it may stand inside a longer text.
_INSIDE = "inside"
# Free text and addresses of other people's rows, in which an erased id may stand.
_TEXTS = (
    "page_url", "referrer", "utm_source", "utm_medium", "utm_campaign", "user_agent",
    "search_term", "text", "properties", "reason", "coupon_code",
)  # fmt: skip
# Ids of rows. Trackers build them from the visitor's; they speak where nothing else names anybody.
_ROW_IDS = ("event_id", "review_id", "refund_id", "contact_id")
_PIECE = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"[^\s\"'<>(),;:|\\=&?]+@[^\s\"'<>(),;:|\\=&?]+[^\W_]")
# A shorter run of digits is more often a quantity or a year than somebody's number.
_TELLING_DIGITS = 6
_CHECK = "this list and this key belong together"

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SuppressionList:
    """What ``_erased.json`` holds.

    ``salt`` is None where the key protects the list. ``longest`` is the number of pieces (runs of
    letters and digits) of the longest identifier. ``is_finished`` is False from the moment an
    erasure begins until nothing is left to remove. ``digests`` are by source, then by kind.
    """

    salt: str | None
    check: str
    longest: int = 1
    is_finished: bool = True
    digests: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def extended(
        self, source: str, identifiers: Mapping[str, Iterable[str]], key: str | None
    ) -> "SuppressionList":
        """Return a list that also holds identifiers, by kind, of a source.

        Raises:
            StayhouseError: the list was begun with another key.
        """
        secret = self.secret(key)
        kinds = {kind: set(known) for kind, known in self.digests.get(source, {}).items()}
        longest = self.longest
        for kind, values in identifiers.items():
            for value in values:
                kinds.setdefault(kind, set()).add(_digest(secret, source, kind, value))
                pieces = list(_PIECE.finditer(value))
                if pieces:
                    longest = max(longest, len(pieces))
                    core = value[pieces[0].start() : pieces[-1].end()]
                    kinds.setdefault(_INSIDE, set()).add(_digest(secret, source, _INSIDE, core))
        ordered = {kind: sorted(kinds[kind]) for kind in sorted(kinds)}
        return replace(self, longest=longest, digests={**self.digests, source: ordered})

    def secret(self, key: str | None) -> bytes:
        """Return what the digests are keyed with.

        Raises:
            StayhouseError: the list was made with a key, and this is another one or none.
        """
        secret = bytes.fromhex(self.salt) if self.salt is not None else (key or "").encode()
        if not secret or _digest(secret, "", "", _CHECK) != self.check:
            raise StayhouseError(
                f"The list of erased people ({LIST_NAME} in the landing folder) was made with "
                f"{'another' if key else 'a'} STAYHOUSE_PII_KEY: set that one, so that nobody "
                "who was erased comes back."
            )
        return secret

    def of(self, source: str, key: str | None, keyed_hash: Hasher | None) -> "Suppressed | None":
        """Return what is suppressed in a source, or None where nobody of it was erased.

        Raises:
            StayhouseError: the list was made with another key.
        """
        digests = self.digests.get(source)
        if digests is None:
            return None
        return Suppressed(source, self.secret(key), digests, self.longest, keyed_hash)

    def write(self, landing: Path) -> None:
        """Put the list in its place, whole."""
        fresh = landing / f".{LIST_NAME}.new"
        fresh.write_text(json.dumps(self.__dict__, indent=1) + "\n", encoding="utf-8")
        put(fresh, landing / LIST_NAME)


def read_list(landing: Path) -> SuppressionList | None:
    """Return the list of a landing folder, or None where nobody was erased yet.

    Raises:
        StayhouseError: the file is damaged.
    """
    path = landing / LIST_NAME
    if not path.exists():
        return None
    try:
        return SuppressionList(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise StayhouseError(
            f"{path} is damaged, and it keeps erased people out: restore it from a backup."
        ) from error


def new_list(key: str | None) -> SuppressionList:
    """Return an empty list, protected by the key where there is one, else by a random salt."""
    salt = None if key else secrets.token_hex(32)
    secret = key.encode() if key else bytes.fromhex(salt or "")
    return SuppressionList(salt, _digest(secret, "", "", _CHECK))


@dataclass(frozen=True)
class Filtered:
    """What is left of some rows: how many went, and how many lost only a name inside them."""

    rows: pa.RecordBatch
    erased: int
    blanked: int


class Suppressed:
    """The erased people of one source, as a filter of rows and lines."""

    def __init__(
        self,
        source: str,
        secret: bytes,
        digests: Mapping[str, Iterable[str]],
        longest: int,
        keyed_hash: Hasher | None,
    ) -> None:
        self._digests = {kind: frozenset(known) for kind, known in digests.items()}
        self._longest = longest
        # An address inside a text can be told only with the key that made the e-mail hashes.
        self._email_hash = keyed_hash if self._digests.get("email_hash") else None

        @lru_cache(maxsize=200_000)
        def holds(kind: str, value: str) -> bool:
            known = self._digests.get(kind)
            return bool(known) and _digest(secret, source, kind, value) in (known or ())

        self._holds = holds

    def filter(self, rows: pa.RecordBatch) -> Filtered:
        """Take the rows of erased people out, and their names out of other people's rows."""
        customer = self._named(rows, "customer_id")
        goes = self._hit(rows, "customer_id", "customer_id")
        goes |= ~customer & self._hit(rows, "order_id", "order_id")
        goes |= ~customer & self._hit(rows, "email_hash", "email_hash")
        # A guest's order under an address of its own is a stranger's, whatever the device.
        nobody = ~customer & ~self._named(rows, "email_hash")
        goes |= nobody & self._hit(rows, "visitor_id", "visitor_id")
        for kind in ("customer_id", "visitor_id"):
            goes |= self._hit(rows, "unit_id", kind)
        nobody &= ~self._named(rows, "visitor_id") & ~self._named(rows, "unit_id")
        for column in _ROW_IDS:
            goes |= nobody & _mask(rows, column, self.is_named_in)
        kept = rows.filter(pa.array(~goes)) if goes.any() else rows
        kept, blanked = self._blanked(kept)
        return Filtered(kept, int(goes.sum()), blanked)

    def _blanked(self, rows: pa.RecordBatch) -> tuple[pa.RecordBatch, int]:
        """Take erased names out of rows that stay; return them and how many were changed."""
        touched = self._hit(rows, "referred_by", "customer_id")
        if touched.any():
            rows = _replaced(rows, "referred_by", lambda value: None, touched)
        for column in _TEXTS:
            mask = _mask(rows, column, lambda text: self.redacted(text) != text)
            if mask.any():
                rows = _replaced(rows, column, self.redacted, mask)
            touched = touched | mask
        return rows, int(touched.sum())

    def redacted(self, text: str) -> str:
        """Return a text in which each erased identifier reads ``erased`` (a number: ``0``)."""
        if self._email_hash is not None and "@" in text:
            text = _ADDRESS.sub(lambda m: "erased" if self._is_address(m[0]) else m[0], text)
        parts, done = [], 0
        for start, end in self._found(text, _is_telling):
            parts += [text[done:start], "0" if text[start:end].isdecimal() else "erased"]
            done = end
        return "".join([*parts, text[done:]])

    def is_named_in(self, text: str) -> bool:
        """Whether a text that cannot be read as columns holds an identifier of any length."""
        if any(self._found(text, bool)):
            return True
        return self._email_hash is not None and any(map(self._is_address, _ADDRESS.findall(text)))

    def _found(self, text: str, is_worth: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
        """Yield where identifiers stand in a text, each bounded by something else on both sides."""
        pieces = [piece.span() for piece in _PIECE.finditer(text)]
        first = 0
        while first < len(pieces):
            start = pieces[first][0]
            for last in range(min(first + self._longest, len(pieces)) - 1, first - 1, -1):
                end = pieces[last][1]
                if is_worth(text[start:end]) and self._holds(_INSIDE, text[start:end]):
                    yield start, end
                    first = last
                    break
            first += 1

    def _is_address(self, text: str) -> bool:
        assert self._email_hash is not None
        return self._holds("email_hash", self._email_hash(text))

    def _hit(self, rows: pa.RecordBatch, column: str, kind: str) -> Mask:
        return _mask(rows, column, lambda value: self._holds(kind, value))

    def _named(self, rows: pa.RecordBatch, column: str) -> Mask:
        return _mask(rows, column, lambda value: bool(value.strip()))


def _digest(secret: bytes, source: str, kind: str, value: str) -> str:
    # Staging reads an id without the blanks around it.
    message = "\0".join((source, kind, value.strip()))
    return hmac.digest(secret, message.encode("utf-8", "surrogatepass"), "sha256").hex()


def _is_telling(text: str) -> bool:
    return len(text) >= _TELLING_DIGITS or not text.isdecimal()


def _mask(rows: pa.RecordBatch, column: str, test: Callable[[str], bool]) -> Mask:
    """Return for each row whether its value passes; a null, or no such column, does not."""
    if column not in rows.schema.names:
        return np.zeros(rows.num_rows, dtype=np.bool_)
    # Each different value is tested once: hashing is what this filter costs.
    encoded = rows.column(column).dictionary_encode()
    passes = [test(value) for value in encoded.dictionary.to_pylist()]
    places = encoded.indices.fill_null(len(passes)).to_numpy(zero_copy_only=False)
    mask: Mask = np.array([*passes, False], dtype=np.bool_)[places]
    return mask


def _replaced(
    rows: pa.RecordBatch, column: str, change: Callable[[str], str | None], mask: Mask
) -> pa.RecordBatch:
    values = rows.column(column).to_pylist()
    fresh = [change(v) if hit else v for v, hit in zip(values, mask.tolist(), strict=True)]
    place = rows.schema.get_field_index(column)
    return rows.set_column(place, rows.schema.field(place), pa.array(fresh, pa.string()))
