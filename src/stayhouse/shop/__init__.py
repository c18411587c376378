"""A planted shop: raw tables as a platform would export them, and the truth behind them.

The model is written down in ``docs/shop.md``. Nothing outside this package may read the truth
but tests and benchmarks.
"""
