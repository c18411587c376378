"""What the planted shop writes, as one hash a file: tests/unit/test_shop_* hold the rest.

Those run in `make shops`, and in the lane of a change in src/stayhouse/shop.
"""

import hashlib
import re
from pathlib import Path

import pandas as pd

from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import Settings

GUIDE = re.compile(rb"/guides/g\d+")
# What no change has moved since customers, lives and their truth were written: whoever compares
# two shops, or a shop with its oracle, counts on it. Guide pages and what counts the rows of
# `exposures` and `experiments` are left out: those changed when campaigns became experiments.
KEPT = {
    "raw/campaigns.csv": "110c72d2ab907d5d",
    "raw/channel_costs.csv": "5c4683135c4d79f0",
    "raw/contacts.csv": "3d38683fdab11031",
    "raw/content.csv": "924d78be9389401a",
    "raw/customers.csv": "c80483d1a2e8bd74",
    "raw/erasure_requests.csv": "d67d3a627ef62817",
    "raw/events.csv but guides": "8239bc55fb4e52a4",
    "raw/order_charges.csv": "dd0d4d578855cad0",
    "raw/order_lines.csv": "d94b6dc1e47ac545",
    "raw/orders.csv": "4af2ab71a12e10d8",
    "raw/products.csv": "d21335a34a3819a5",
    "raw/refunds.csv": "6f1370d5b3a3f81c",
    "raw/reviews.csv": "5c8fab2c81e0c2bc",
    "truth/activity_retention.parquet": "826546d63b059617",
    "truth/campaign_effects.parquet": "9729e747247d64d0",
    "truth/churn.parquet": "647742c77892db84",
    "truth/customers.parquet": "251d97966da5ff7c",
    "truth/dirt.parquet": "0394d3bf4f1b9f94",
    "truth/money_lines.parquet": "53c01328fc47dc67",
    "truth/orders.parquet": "4e26b2786aa70d3d",
    "truth/product_pairs.parquet": "41e099510ffdb63c",
    "truth/products.parquet": "d136017dc8b861b2",
    "truth/refunds.parquet": "3d7cb1fc684782cb",
    "truth/retention.parquet": "d94ba8d4abfba6da",
    "truth/reviews.parquet": "77fb5fee10ab5f49",
    "truth/row_outcomes.parquet but experiments": "ce588d8255195609",
    "truth/sessions.parquet": "959fc5bee9263b26",
    "truth/support_messages.parquet": "a85a658ca60e1a8f",
    "truth/visitors.parquet": "7239f678ef1dd5e9",
}  # fmt: skip
# The others: where a change of them is meant, `make sample` and the new hashes here.
OTHERS = {
    "raw/events.csv": "11173a27a19699b5",
    "raw/experiments.csv": "792628e5a9273627",
    "raw/exposures.csv": "2482e78061207a75",
    "truth/experiment_effects.parquet": "4855def6d1e23347",
    "truth/parameters.json": "ee207f8be69cbc94",
    "truth/programme_effects.parquet": "89878e928cdfc143",
    "truth/row_outcomes.parquet": "59203dcb27a1073b",
    "truth/value.parquet": "9e2d1759a7116d54",
}  # fmt: skip


def test_the_shop_writes_what_it_wrote(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    make_shop(Settings(200, 400, 7), shop, workers=0)
    found = hashes(shop)
    kept = {name: hashed for name, hashed in found.items() if name in KEPT}
    others = {name: hashed for name, hashed in found.items() if name not in KEPT}
    assert kept == KEPT, f"The planted shop's customers live otherwise than ever before: {kept}"
    assert others == OTHERS, (
        "The planted shop writes other rows than before: run `make shops`, and where the change is "
        f"meant, `make sample` and OTHERS = {others!r} here."
    )


def hashes(shop: Path) -> dict[str, str]:
    """The start of the hash of each file, and of two of them without what had to change."""
    found = {}
    for path in sorted(path for path in shop.rglob("*") if path.is_file()):
        name = path.relative_to(shop).as_posix()
        if path.suffix == ".parquet":
            # Neither how pyarrow packs rows nor the last digit of a machine's logarithm.
            rows = pd.read_parquet(path)
            found[name] = _hash(rows.to_csv(index=False, float_format="%.9g").encode())
            if path.stem == "row_outcomes":
                rows = rows[~rows["table_name"].isin(["experiments", "exposures"])]
                found[f"{name} but experiments"] = _hash(rows.to_csv(index=False).encode())
        else:
            found[name] = _hash(path.read_bytes())
            if path.stem == "events":
                found[f"{name} but guides"] = _hash(GUIDE.sub(b"", path.read_bytes()))
    return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
