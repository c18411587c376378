"""The raw files of a planted shop and its truth, row by row, and which of its events count."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stayhouse.shop.settings import Settings

SETTINGS = Settings(customers_per_year=1500, days=240, seed=11)
END = datetime(2024, 8, 28, tzinfo=UTC)
KNOWN_TYPES = {
    *("page_view", "product_view", "search", "add_to_cart", "remove_from_cart", "checkout_start"),
    *("payment", "purchase", "login", "sign_up", "review", "rating", "like", "share"),
    *("referral", "support_message"),
}
Row = dict[str, str]


def truth(shop: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(shop / "truth" / f"{table}.parquet").to_pylist()
    return rows


def lines(shop: Path, table: str) -> list[bytes]:
    return (shop / "raw" / f"{table}.csv").read_bytes().split(b"\n")


def rows(shop: Path, table: str) -> list[tuple[int, Row]]:
    """The rows of a CSV file with the line each starts on, without the broken lines."""
    broken = {
        row["landed_row"]
        for row in truth(shop, "dirt")
        if row["table_name"] == table and row["outcome"] == "rejected_line"
    }
    whole, numbers = [], []
    for number, line in enumerate(lines(shop, table), start=1):
        if number not in broken:
            whole.append(line.decode() + "\n")
            numbers.append(number)
    reader = csv.DictReader(whole[:-1], strict=True)
    found, line_count = [], 1
    for row in reader:
        found.append((numbers[line_count], row))
        line_count = reader.line_num
    return found


def instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def reason(row: Row) -> str | None:
    """The first thing wrong with an event, as the warehouse's checks are ordered."""
    occurred = instant(row["occurred_at"])
    received = instant(row["received_at"])
    if not row["event_id"]:
        return "missing_event_id"
    if row["event_type"] not in KNOWN_TYPES:
        return "unknown_event_type"
    if occurred is None or occurred < datetime(2000, 1, 1, tzinfo=UTC):
        return "invalid_occurred_at"
    if received is not None and occurred > received:
        return "occurred_after_received"
    if occurred > END:
        return "occurred_after_data_until"
    if not row["visitor_id"] and not row["customer_id"]:
        return "missing_actor"
    if row["quantity"] and not row["quantity"].isdigit():
        return "invalid_quantity"
    if row["price"] and not row["price"].lstrip("-").replace(".", "", 1).isdigit():
        return "invalid_price"
    return "negative_price" if row["price"].startswith("-") else None


def accepted_events(shop: Path) -> tuple[list[Row], Counter[str]]:
    """The events that count, and how many rows end otherwise."""
    ends: Counter[str] = Counter()
    valid = []
    for number, row in rows(shop, "events"):
        why = reason(row)
        if why:
            ends[why] += 1
        else:
            valid.append((row["received_at"] or row["occurred_at"], number, row))
    first: dict[str, Row] = {}
    for _, _, row in sorted(valid, key=lambda item: (instant(item[0]), item[1])):
        kept = first.setdefault(row["event_id"], row)
        if kept is not row:
            same = all(kept[name] == row[name] for name in row if name != "received_at")
            ends["repeated_copy" if same else "conflicting_event_id"] += 1
    return list(first.values()), ends
