"""What a person can do about a row that is in no figure, by the code of its reason.

The codes are those of ``macros/reasons`` and of ``core``; most say what is wrong with which column.
"""

import re

_CHOICES = {
    "unknown_currency": "write a code such as EUR; where it is the shop's own, set var "
    "base_currency; else fetch its rates with 'stayhouse rates'",
    "unknown_event_type": "write one of the event types of docs/data.md",
    "unknown_kind": "write tax, shipping or gift_card",
    "unknown_status": "write a word that the source knows (placed, paid, shipped, delivered or "
    "cancelled; a platform's own words are in docs/sources), or give it a `when` where the "
    "source's staging of orders reads status",
    "prices_include_tax": "say whether prices include tax: --prices-include-tax yes or no of "
    "'stayhouse start', or var prices_include_tax",
    "unmet_subtotal": "the order's lines come to less than its subtotal: export it again, whole",
    "invalid_taxes": "the tax is more than what was paid: correct the order's sums, or say whether "
    "prices include tax ('stayhouse start --prices-include-tax')",
    "unknown_unit_kind": "write customer or visitor",
    "invalid_weight": "write a plain number from 0 to 1e12 with at most 18 decimals; an arm that "
    "nobody gets has 0",
    "missing_actor": "fill visitor_id or customer_id",
    "missing_price": "fill unit_price or amount",
    "non_positive_quantity": "leave the line out, and send money back as a row of refunds",
    "amount_not_price_times_quantity": "give amount or unit_price, not both, or correct one",
    "customer_and_email": "keep one of customer_id and email",
    "occurred_after_received": "correct occurred_at, or leave received_at out",
    "conflicting_event_id": "the event of that id that landed first counts: give the other one an "
    "id of its own, or take the first batch back ('stayhouse unland')",
    "rejected_order": "they count when their order does",
    "unknown_order": "land their orders, or correct order_id",
    "order_without_lines": "land their lines",
}
_INSTANTS = re.compile(r"invalid_(.+_at|day)")
_BOOLEANS = re.compile(r"invalid_(is_.+|marketing_consent)")


def remedy_of(reason: str) -> str | None:
    """Return what to do about a reason, in a few words; None where nothing is known of it."""
    if reason in _CHOICES:
        return _CHOICES[reason]
    if reason.startswith("missing_"):
        column = reason.removeprefix("missing_")
        return f"fill {column}, or give its column a row in the sheet"
    if reason.endswith("_after_data_until"):
        return "correct the date, or --data-until, which lies before it"
    if reason.endswith("_after_landed"):
        return "correct the date, which had not come when the file did"
    if reason.endswith("_out_of_range"):
        return "check that the column is not another one, such as a barcode, and correct it"
    if reason.startswith("negative_"):
        return "correct the sign, and send money back as a row of refunds"
    if _INSTANTS.fullmatch(reason):
        return "write it as 2024-01-31 14:03:00, of 2000 or later, or say its form with --dates"
    if _BOOLEANS.fullmatch(reason):
        return "write true or false"
    if reason in ("invalid_quantity", "invalid_line_number"):
        return "write a whole number in its bounds"
    if reason.startswith("invalid_"):
        return "write a plain number in its bounds, money with at most four decimals"
    return None
