"""Other ways to the same answers, as good as we can make them: what a first load is held against.

Each reads the landed Parquet files of a planted shop of source ``shop`` and writes its tables into
a DuckDB file: ``python -m tests.bench.peers NAME LANDING DATABASE``.
"""
