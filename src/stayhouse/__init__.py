"""Stayhouse: the Python beside the SQL. DataFrames in, DataFrames out; no dbt in here."""
