"""As of when a table was made: the date of the clock, typed, of any number of rows."""

import pandas as pd
import pytest

from stayhouse.base.clock import as_of


@pytest.mark.parametrize("count", [0, 2])
@pytest.mark.parametrize(
    ("instant", "day"),
    [("2025-01-02 23:59:59", "2025-01-02"), ("2025-01-02", "2025-01-02"), (None, None)],
)
def test_every_row_has_the_day_of_the_clock(
    instant: str | None, day: str | None, count: int
) -> None:
    """A shop to which nothing has happened yet has a clock without an instant."""
    clock = pd.DataFrame({"as_of_at": pd.Series([instant], dtype="datetime64[us]")})
    dated = as_of(pd.DataFrame({"n": range(count)}), clock)["as_of_date"]
    assert dated.dtype == "datetime64[us]"
    pd.testing.assert_series_equal(
        dated, pd.Series([day] * count, dtype="datetime64[us]", name="as_of_date")
    )
