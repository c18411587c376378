"""Exchange rates: the seed file, the missing days and the rounding of the ledger."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np

from stayhouse.shop.orders import rates
from stayhouse.shop.orders.ledger import converted

SEED = Path(__file__).parents[2] / "seeds" / "exchange_rates.csv"


def test_the_seed_is_the_function() -> None:
    lines = SEED.read_text(encoding="utf-8").splitlines()
    days = [rates.FIRST_RATE_DATE + timedelta(days=number) for number in range(1826)]
    assert lines[0] == "base_currency,rate_date,currency,rate"
    assert lines[1:] == [
        f"GBP,{day},{currency},{rate / 10**8:.5f}"
        for day in days
        for currency in ("EUR", "USD")
        if (rate := rates.published_rate(currency, day)) is not None
    ]
    # Five years are 1,826 days; eight of them have no rate; two currencies but the base.
    assert len(lines) == 1 + 2 * (1826 - 8)


def test_a_missing_day_takes_the_last_known_rate() -> None:
    missing = date(2024, 5, 6)
    assert rates.published_rate("EUR", missing) is None
    assert rates.published_rate("EUR", date(2024, 5, 7)) is not None
    assert rates.last_known_rate("EUR", missing) == rates.published_rate("EUR", date(2024, 5, 5))
    # Two days in a row.
    eve = rates.published_rate("USD", date(2024, 12, 24))
    assert rates.last_known_rate("USD", date(2024, 12, 26)) == eve


def test_rates_are_plausible_and_the_base_is_one() -> None:
    table = rates.rate_table(date(2024, 1, 1), 366)
    assert table.shape == (366, 3)
    assert set(table[:, 0].tolist()) == {100_000_000}
    assert 83_000_000 < table[:, 1].min() < table[:, 1].max() < 88_000_000
    assert 75_000_000 < table[:, 2].min() < table[:, 2].max() < 83_000_000


def test_conversion_rounds_half_away_from_zero() -> None:
    cents = np.array([1, -1, 1, -1, 1999, -1999, 123_456])
    rate = np.array([50_000, 50_000, 49_999, 49_999, 85_500_000, 85_500_000, 79_123_450])
    # 1 cent at 0.0005 is 0.000005, half of nothing in four places; below the half it stays away.
    expected = [
        int((Decimal(c) / 100 * Decimal(r) / 10**8 * 10**4).quantize(Decimal(1), ROUND_HALF_UP))
        for c, r in zip(cents.tolist(), rate.tolist(), strict=True)
    ]
    assert converted(cents, rate).tolist() == expected
    assert converted(np.array([100, -100]), np.array([50_000, 50_000])).tolist() == [5, -5]
    assert converted(np.array([1, -1]), np.array([500_000, 499_999])).tolist() == [1, 0]
