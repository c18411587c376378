"""What needs dlt and a PostgreSQL: `make test-pull` runs it.

The files have names that pytest collects only when it is told to: `make test` needs no extra.
"""
