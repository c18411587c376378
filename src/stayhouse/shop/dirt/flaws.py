"""Every kind of dirt in the rows of a table, how often it comes, and what should become of it."""

from dataclasses import dataclass, field

ACCEPTED, REJECTED, REPEATED = "accepted", "rejected", "repeated_copy"
_FIVE_YEARS_MS = 5 * 366 * 86_400_000
_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Flaw:
    """One kind of dirt.

    Attributes:
        name: the kind, as ``truth/dirt.parquet`` names it.
        outcome: what a warehouse should do with the row.
        reason: the reason code of a rejection.
        share: of the clean rows, those that get the flaw or a flawed companion.
        is_extra: the clean row stays, and a flawed companion is added beside it.
        texts: what is written in these columns instead (None: nothing).
        moves: the time column that is moved, and by how much (ms).
        keeps_id: an extra event normally has an id of its own; a copy has that of the clean row.
    """

    name: str
    outcome: str
    share: float
    reason: str | None = None
    is_extra: bool = True
    texts: dict[str, str | None] = field(default_factory=dict)
    moves: tuple[str, int] | None = None
    keeps_id: bool = False


def _bad(
    reason: str,
    share: float,
    texts: dict[str, str | None] | None = None,
    name: str | None = None,
    moves: tuple[str, int] | None = None,
) -> Flaw:
    return Flaw(name or reason, REJECTED, share, reason, texts=texts or {}, moves=moves)


_RARE = 0.0004
# The first flaws of events change the clean row itself, or repeat it.
LATE = Flaw("late", ACCEPTED, 0.004, is_extra=False)
OFFSET = Flaw("offset", ACCEPTED, 0.003, is_extra=False)
NO_RECEIPT = Flaw("null_received_at", ACCEPTED, 0.001, is_extra=False, texts={"received_at": None})
COPY = Flaw("copy", REPEATED, 0.004, keeps_id=True)
CONFLICT = Flaw(
    "conflicting_event_id",
    REJECTED,
    0.001,
    "conflicting_event_id",
    texts={"page_url": "/reused"},
    keeps_id=True,
)

FLAWS: dict[str, tuple[Flaw, ...]] = {
    "events": (
        LATE,
        OFFSET,
        NO_RECEIPT,
        COPY,
        CONFLICT,
        _bad("missing_event_id", _RARE, {"event_id": None}),
        _bad("unknown_event_type", _RARE, {"event_type": "teleport"}),
        _bad("unknown_event_type", _RARE, {"event_type": None}, "null_event_type"),
        _bad("invalid_occurred_at", _RARE, {"occurred_at": "yesterday"}, "unparsable_time"),
        _bad("invalid_occurred_at", _RARE, {"occurred_at": None}, "null_time"),
        _bad("invalid_occurred_at", _RARE, {"occurred_at": "infinity"}, "infinite_time"),
        _bad("invalid_occurred_at", _RARE, {"occurred_at": "1970-01-01T00:00:00Z"}, "epoch"),
        _bad(
            "invalid_occurred_at", _RARE, {"occurred_at": "1999-12-31T23:59:59.999Z"}, "before_2000"
        ),
        _bad("occurred_after_received", _RARE, moves=("occurred", _HOUR_MS)),
        _bad(
            "occurred_after_data_until",
            _RARE,
            {"received_at": None},
            moves=("occurred", _FIVE_YEARS_MS),
        ),
        _bad("missing_actor", _RARE, {"visitor_id": None, "customer_id": None}),
        _bad("invalid_quantity", _RARE, {"quantity": "two"}, "unparsable_quantity"),
        _bad("invalid_quantity", _RARE, {"quantity": "-1"}, "negative_quantity"),
        _bad("invalid_price", _RARE, {"price": "free"}, "unparsable_price"),
        _bad("invalid_price", _RARE, {"price": "1.249,00"}, "grouped_price"),
        _bad("invalid_price", _RARE, {"price": "1e400"}, "infinite_price"),
        _bad("negative_price", _RARE, {"price": "-3.00"}),
        # Two flaws in one row: the first in the order of the checks is the reason.
        _bad(
            "unknown_event_type", _RARE, {"event_type": "teleport", "price": "-3.00"}, "two_flaws"
        ),
    ),
    "orders": (
        _bad("missing_order_id", _RARE, {"order_id": None}),
        _bad("invalid_ordered_at", _RARE, {"ordered_at": "last week"}),
        _bad("ordered_after_data_until", _RARE, moves=("ordered", _FIVE_YEARS_MS)),
        _bad("unknown_status", _RARE, {"status": "teleported"}),
        _bad("unknown_currency", _RARE, {"currency": "XTS"}),
    ),
    "order_lines": (
        _bad("missing_order_id", _RARE, {"order_id": None}),
        _bad("missing_line_number", _RARE, {"line_number": None}),
        _bad("missing_product_id", _RARE, {"product_id": None}),
        _bad("invalid_quantity", _RARE, {"quantity": "many"}),
        _bad("non_positive_quantity", _RARE, {"quantity": "0"}, "zero_quantity"),
        _bad("non_positive_quantity", _RARE, {"quantity": "-2"}, "negative_quantity"),
        _bad("invalid_price", _RARE, {"unit_price": "free"}),
        _bad("negative_price", _RARE, {"unit_price": "-1.00"}),
        _bad("invalid_discount", _RARE, {"discount": "-0.01"}, "negative_discount"),
        _bad("invalid_discount", _RARE, {"discount": "99999.00"}, "discount_above_total"),
        _bad("invalid_discount", _RARE, {"discount": "ten"}, "unparsable_discount"),
    ),
    "refunds": (
        _bad("missing_refund_id", 0.004, {"refund_id": None}),
        _bad("invalid_amount", 0.004, {"amount": "0.00"}, "zero_amount"),
        _bad("invalid_amount", 0.004, {"amount": "n/a"}, "unparsable_amount"),
        _bad("invalid_refunded_at", 0.004, {"refunded_at": "soon"}),
        _bad("refunded_after_data_until", 0.004, moves=("refunded", _FIVE_YEARS_MS)),
        _bad("unknown_currency", 0.004, {"currency": "XTS"}),
    ),
    "customers": (_bad("missing_customer_id", 0.001, {"customer_id": None}),),
    "products": (_bad("missing_product_id", 0.01, {"product_id": None}),),
}

# Kinds of lines that are no row. The last can only be the last line of a file.
BROKEN_LINES: dict[str, bytes] = {
    "too_few_columns": b"broken-line,page_view\n",
    "too_many_columns": b"broken-line" + b",x" * 40 + b"\n",
    # No letters of another encoding either.
    "invalid_utf8": b"broken-line,\x81\xff\xfe" + b"\n",
    "nul_byte": b"broken-line,\x00" + b"\n",
    "malformed_quote": b'broken-line,"page"view\n',
    "blank_line": b"\n",
    "unterminated_quote": b'broken-line,"page_view\n',
}
ONLY_LAST = "unterminated_quote"
