"""A shop that lands every night is found as exactly as one that lands at once."""

from pathlib import Path

from tests.truth.exact import CHECKS
from tests.truth.shop import build, plant

DAYS = 14
# Rows are numbered anew in every batch, so their places do not name them here.
BY_PLACE = "dirty_rows"
MODELS = ("data_quality", "sessions", "orders", "int_refunds__linked")


def test_nightly_batches(tmp_path: Path) -> None:
    shop = plant(tmp_path, customers_per_year=2_000, seed=5, days=DAYS, batches="daily")
    assert len(list(shop.landed("events").glob("batch_id=*"))) == DAYS
    # Cautious: a law that also reads what is not built here is not run.
    wanted = ("--select", *(f"+{model}" for model in MODELS), "--indirect-selection", "cautious")
    build(shop, *wanted, days=DAYS)
    late = shop.both("select kind from truth.dirt where kind in ('copy', 'late')")
    assert set(late["kind"]) == {"copy", "late"}
    for name, check in CHECKS.items():
        if name != BY_PLACE:
            differences = check(shop)
            assert differences.empty, f"{name}\n{differences.to_string()}"
