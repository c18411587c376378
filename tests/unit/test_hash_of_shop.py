"""What the planted shop writes, as one hash: its own tests, tests/unit/test_shop_*, hold the rest.

Those run in `make shops`, and in the lane of a change in src/stayhouse/shop.
"""

import hashlib
from pathlib import Path

import pandas as pd

from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import Settings

HASH = "0463b832d05327ac01e9ada0726cb234ae7002f87b0a4b36b534892d1de383a2"


def test_the_shop_writes_what_it_wrote(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    make_shop(Settings(300, 90, 7), shop, workers=0)
    hashed, files = hashlib.sha256(), sorted(path for path in shop.rglob("*") if path.is_file())
    for path in files:
        hashed.update(path.relative_to(shop).as_posix().encode())
        if path.suffix == ".parquet":
            # Neither how pyarrow packs rows nor the last digit of a machine's logarithm.
            rows = pd.read_parquet(path).to_csv(index=False, float_format="%.9g")
            hashed.update(rows.encode())
        else:
            hashed.update(path.read_bytes())
    assert len(files) > 20
    assert hashed.hexdigest() == HASH, (
        "The planted shop writes other rows than before: run `make shops`, and where the change is "
        f"meant, `make sample` and HASH = {hashed.hexdigest()!r} here."
    )
