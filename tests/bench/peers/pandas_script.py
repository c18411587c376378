"""The same rows as ``simple``, by pandas."""

from pathlib import Path

import duckdb
import pandas as pd

from tests.bench.peers.simple import TABLES

__all__ = ["TABLES", "build"]


def build(landing: Path, database: Path) -> None:
    """Write the tables of a landed shop into a new file."""
    orders = orders_of(landing)
    tables = {"sessions": sessions(landing), "cohorts": cohorts(orders), "rfm": rfm(orders)}
    with duckdb.connect(str(database)) as con:
        for name, frame in tables.items():
            con.register("frame", frame)
            con.execute(f"create table {name} as from frame")


def read(landing: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """Return columns of a landed table."""
    files = sorted(landing.glob(f"shop/{table}/batch_id=*/*.parquet"))
    return pd.concat([pd.read_parquet(file, columns=columns) for file in files])


def instants(texts: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    """Return ISO texts as naive UTC instants; what is none is missing."""
    parsed = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    return parsed.dt.tz_localize(None)


def sessions(landing: Path) -> pd.DataFrame:
    """Cut each visitor's events where 30 minutes pass without one."""
    names = ["event_id", "visitor_id", "customer_id", "event_type", "occurred_at"]
    events = read(landing, "events", names).dropna(subset=["event_id", "visitor_id"])
    events["occurred_at"] = instants(events["occurred_at"])
    events = events[events["occurred_at"].between("2000-01-01", "2100-01-01")]
    events = events.drop_duplicates("event_id")
    events = events.sort_values(["visitor_id", "occurred_at", "event_id"])
    visitor = events["visitor_id"]
    gap = events["occurred_at"].diff()
    opens = (visitor != visitor.shift()) | (gap > pd.Timedelta(minutes=30))
    events["number"] = opens.groupby(visitor, sort=False).cumsum().astype("int64")
    for kind in ("product_view", "add_to_cart", "purchase"):
        events[kind] = (events["event_type"] == kind).astype("int64")
    return (
        events.groupby(["visitor_id", "number"], sort=False)
        .agg(
            customer_id=("customer_id", "min"),
            event_count=("event_id", "size"),
            product_view_count=("product_view", "sum"),
            cart_add_count=("add_to_cart", "sum"),
            purchase_count=("purchase", "sum"),
            started_at=("occurred_at", "min"),
            ended_at=("occurred_at", "max"),
        )
        .reset_index()
    )


def orders_of(landing: Path) -> pd.DataFrame:
    """Return what customers ordered and did not cancel, with what it came to."""
    names = ["order_id", "customer_id", "status", "ordered_at", "updated_at", "landed_row"]
    versions = read(landing, "orders", names).dropna(subset=["order_id"])
    versions = versions.sort_values(["updated_at", "landed_row"], ascending=False)
    versions = versions.drop_duplicates("order_id")
    versions["ordered_at"] = instants(versions["ordered_at"])
    lines = read(landing, "order_lines", ["order_id", "quantity", "unit_price", "discount"])
    # Whole pennies, since sums of floats depend on their order.
    price = (pd.to_numeric(lines["unit_price"], errors="coerce") * 100).round()
    discount = (pd.to_numeric(lines["discount"], errors="coerce") * 100).round().fillna(0)
    lines["amount"] = pd.to_numeric(lines["quantity"], errors="coerce") * price - discount
    amounts = lines.groupby("order_id")["amount"].sum(min_count=1).reset_index()
    orders = versions.merge(amounts, on="order_id")
    kept = (orders["status"] != "cancelled") & orders["amount"].notna()
    kept &= orders["status"].notna() & orders["customer_id"].notna() & orders["ordered_at"].notna()
    return orders.loc[kept, ["customer_id", "ordered_at", "amount"]]


def cohorts(orders: pd.DataFrame) -> pd.DataFrame:
    """Count who ordered in which month after the first."""
    number = orders["ordered_at"].dt.year * 12 + orders["ordered_at"].dt.month
    start = number.groupby(orders["customer_id"]).transform("min")
    seen = pd.DataFrame({
        "start_number": start, "period_index": number - start, "customer": orders["customer_id"],
    })  # fmt: skip
    counts = seen.groupby(["start_number", "period_index"])["customer"].nunique()
    return counts.rename("customer_count").reset_index()


def rfm(orders: pd.DataFrame) -> pd.DataFrame:
    """Score customers in fifths by last order, number of orders and money."""
    customers = (
        orders.groupby("customer_id")
        .agg(
            last_at=("ordered_at", "max"), order_count=("amount", "size"), amount=("amount", "sum")
        )
        .reset_index()
    )
    last_day = orders["ordered_at"].max().normalize()
    customers["recency_days"] = (last_day - customers["last_at"].dt.normalize()).dt.days
    for name, goodness in {
        "recency_score": -customers["recency_days"],
        "frequency_score": customers["order_count"],
        "monetary_score": customers["amount"],
    }.items():
        rank = goodness.rank(method="max").astype("int64")
        customers[name] = (5 * rank + len(customers) - 1) // len(customers)
    customers["amount"] /= 100
    names = ["customer_id", "recency_days", "order_count", "amount"]
    return customers[[*names, "recency_score", "frequency_score", "monetary_score"]]
