"""Stayhouse: the Python beside the SQL. DataFrames in, DataFrames out; no dbt in here."""

# As pyproject.toml has it: what a .venv remembers of its installation may be of an older version.
__version__ = "0.2.0"
