"""What being erased does to rows: the filter that erasing and landing both pass them through.

One filter for both, so what was erased and what is kept out cannot differ. It knows people only by
the keyed hashes of their identifiers (``suppression_list.py``).

An identifier of several kinds names a person with unequal force. A customer id always does. An
order id, an e-mail hash or a visitor id does so only on a row that names no other customer: a new
account under an old address is a new customer.
"""

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stayhouse.landing.personal import NO_VALUE, TEXT_SIGN, Hasher

KINDS = ("customer_id", "visitor_id", "order_id", "email_hash")
# Any identifier as it may stand inside a longer text.
INSIDE = "inside"
# Free text and addresses of other people's rows, in which an erased id may stand.
_TEXTS = (
    "page_url", "referrer", "utm_source", "utm_medium", "utm_campaign", "user_agent",
    "search_term", "text", "properties", "reason", "coupon_code",
)  # fmt: skip
# Ids of rows. Trackers build them from the visitor's; they speak where nothing else names anybody.
_ROW_IDS = ("event_id", "review_id", "refund_id", "contact_id")
# Chinese, Japanese and Korean put no blank between a word and an id: their letters bound one.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
PIECE = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_ADDRESSES = (
    re.compile(r"[^\s\"'<>(),;:|\\=&?]+@[^\s\"'<>(),;:|\\=&?]+[^\W_]"),
    # Of an address that such letters touch, what may stand in one without quotes (RFC 5322).
    re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+[A-Za-z0-9]"),
)
# A UUID speaks as a whole: four digits of it are by chance the number of an order.
_UUID = re.compile(r"(?<![^\W_])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![^\W_])")
# A shorter run of digits is more often a quantity or a year than somebody's number.
_TELLING_DIGITS = 6

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Filtered:
    """What is left of some rows: how many went, and how many lost only a name inside them."""

    rows: pa.RecordBatch
    erased: int
    blanked: int


class Suppressed:
    """The erased people of one source, as a filter of rows and lines.

    Where it ``learns``, ``learnt`` are order ids on rows of theirs that the list did not know:
    orders that are newer than the erasure. What hangs on them goes too, from then on. An erasure
    itself does not learn: it has seen all rows before, and knows which orders two people share.
    """

    def __init__(
        self,
        source: str,
        secret: bytes,
        digests: Mapping[str, Iterable[str]],
        longest: int,
        keyed_hash: Hasher | None,
        learns: bool = False,
    ) -> None:
        self._digests = {kind: frozenset(known) for kind, known in digests.items()}
        self._longest = longest
        # An address inside a text can be told only with the key that made the e-mail hashes.
        self._email_hash = keyed_hash if self._digests.get("email_hash") else None

        @lru_cache(maxsize=200_000)
        def holds(kind: str, value: str) -> bool:
            known = self._digests.get(kind)
            if not known:
                return False
            plain = re.sub(TEXT_SIGN, r"\1", value)
            forms = {value, plain}
            if kind == "customer_id" and plain.isdecimal():
                # Landing has taken the sign off for as long as it has known it.
                forms.add(f"'{plain}")
            return any(digest(secret, source, kind, form) in known for form in forms)

        self._holds = holds
        self._learns = learns
        self.learnt: set[str] = set()

    def filter(
        self, rows: pa.RecordBatch, told: pa.Table | None = None, *, blanks: bool = True
    ) -> Filtered:
        """Take the rows of erased people out, and their names out of other people's rows.

        Args:
            rows: as they landed.
            told: whom they name by their staging (``landing/staging.py``), else their own columns.
            blanks: whether names go too; a row whose names are gone tells nobody any more.
        """
        who = rows if told is None else named_by(rows, told)
        customer = self._named(who, "customer_id")
        goes = self._hit(who, "customer_id", "customer_id")
        goes |= self._hit(rows, "customer_id", "customer_id")
        goes |= ~customer & self._hit(who, "email_hash", "email_hash")
        self._learn(who, customer, goes)
        goes |= ~customer & self._hit(who, "order_id", "order_id")
        # A guest's order under an address of its own is a stranger's, whatever the device.
        nobody = ~customer & ~self._named(who, "email_hash")
        goes |= nobody & self._hit(who, "visitor_id", "visitor_id")
        for kind in ("customer_id", "visitor_id"):
            goes |= self._hit(who, "unit_id", kind)
        nobody &= ~self._named(who, "visitor_id") & ~self._named(who, "unit_id")
        # Few rows, and every one with an id of its own to look into.
        unnamed = rows.filter(pa.array(nobody))
        for column in _ROW_IDS:
            goes[nobody] |= _mask(unnamed, column, self._is_built_of)
        kept = rows.filter(pa.array(~goes)) if goes.any() else rows
        kept, blanked = self._blanked(kept) if blanks else (kept, 0)
        return Filtered(kept, int(goes.sum()), blanked)

    def is_customer(self, value: str) -> bool:
        """Whether an id is that of an erased customer."""
        return self._is("customer_id", value)

    def _learn(self, rows: pa.RecordBatch, customer: Mask, theirs: Mask) -> None:
        if self._learns and theirs.any():
            orders = _words(rows, "order_id", theirs) - _words(rows, "order_id", customer & ~theirs)
            self.learnt |= {order for order in orders if not self._is("order_id", order)}

    def _is(self, kind: str, value: str) -> bool:
        return self._holds(kind, value) or (kind == "order_id" and value.strip() in self.learnt)

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
            for form in _ADDRESSES:
                text = form.sub(lambda m: "erased" if self._is_address(m[0]) else m[0], text)
        parts, done = [], 0
        for start, end in self._found(text, _is_telling):
            parts += [text[done:start], "0" if text[start:end].isdecimal() else "erased"]
            done = end
        return "".join([*parts, text[done:]])

    def is_named_in(self, text: str) -> bool:
        """Whether a text that cannot be read as columns holds an identifier of any length."""
        if any(self._found(text, bool)):
            return True
        return self._email_hash is not None and any(
            self._is_address(found) for form in _ADDRESSES for found in form.findall(text)
        )

    def _is_built_of(self, row_id: str) -> bool:
        """Whether a row's own id is made of an identifier, and not of a short number by chance."""
        return any(self._found(row_id, _is_telling))

    def _found(self, text: str, is_worth: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
        """Yield where identifiers stand in a text, each bounded by something else on both sides."""
        pieces = [piece.span() for piece in PIECE.finditer(text)]
        wholes = [whole.span() for whole in _UUID.finditer(text)] if "-" in text else []
        first = 0
        while first < len(pieces):
            start = pieces[first][0]
            for last in range(min(first + self._longest, len(pieces)) - 1, first - 1, -1):
                end = pieces[last][1]
                if any(a <= start and end <= b and end - start < b - a for a, b in wholes):
                    continue
                if is_worth(text[start:end]) and self._holds(INSIDE, text[start:end]):
                    yield start, end
                    first = last
                    break
            first += 1

    def _is_address(self, text: str) -> bool:
        assert self._email_hash is not None
        return self._holds("email_hash", self._email_hash(text))

    def _hit(self, rows: pa.RecordBatch, column: str, kind: str) -> Mask:
        return _mask(rows, column, lambda value: self._is(kind, value))

    def _named(self, rows: pa.RecordBatch, column: str) -> Mask:
        return _mask(rows, column, lambda value: value.strip().lower() not in NO_VALUE)


def named_by(rows: pa.RecordBatch, told: pa.Table) -> pa.RecordBatch:
    """Return rows with the identifiers that staging makes of them in place of their own.

    A row that staging does not know keeps its own.
    """
    places = pc.index_in(rows.column("landed_row"), value_set=told.column("landed_row"))
    known = pc.is_valid(places)
    for kind in told.column_names[1:]:
        own = kind in rows.schema.names
        before = rows.column(kind) if own else pa.nulls(rows.num_rows, pa.string())
        said = told.column(kind).combine_chunks().take(places)
        column = pc.if_else(known, said, before)
        if own:
            rows = rows.set_column(rows.schema.get_field_index(kind), kind, column)
        else:
            rows = rows.append_column(kind, column)
    return rows


def digest(secret: bytes, source: str, kind: str, value: str) -> str:
    """Return the keyed hash under which the list knows an identifier, as 64 hexadecimal digits."""
    # Staging reads an id without the blanks around it, and landing writes it in NFC.
    message = "\0".join((source, kind, unicodedata.normalize("NFC", value.strip())))
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


def _words(rows: pa.RecordBatch, column: str, mask: Mask) -> set[str]:
    """Return the different ids of a column, without blanks around them, where a mask says."""
    if column not in rows.schema.names:
        return set()
    values = rows.column(column).filter(pa.array(mask)).drop_null().unique().to_pylist()
    return {value.strip() for value in values if value.strip().lower() not in NO_VALUE}


def _replaced(
    rows: pa.RecordBatch, column: str, change: Callable[[str], str | None], mask: Mask
) -> pa.RecordBatch:
    values = rows.column(column).to_pylist()
    fresh = [change(v) if hit else v for v, hit in zip(values, mask.tolist(), strict=True)]
    place = rows.schema.get_field_index(column)
    return rows.set_column(place, rows.schema.field(place), pa.array(fresh, pa.string()))
