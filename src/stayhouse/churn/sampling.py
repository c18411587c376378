"""Fewer rows, by person: the same people on every run, with all their cut-offs."""

import hashlib

import duckdb
import numpy as np
import pandas as pd


def person_hashes(persons: pd.Series) -> np.ndarray:
    """Return a whole number below 2^64 for each person, shape (rows,), the same on every machine.

    Rows of one person share it, so whoever is held out by it is held out whole.
    """
    codes, unique = pd.factorize(persons)
    digests = [hashlib.blake2b(str(name).encode(), digest_size=8).digest() for name in unique]
    numbers = np.array([int.from_bytes(digest, "big") for digest in digests], dtype="uint64")
    return numbers[codes]


def at_most(rows: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return at most `limit` rows, in their order: those of the people with the smallest hashes."""
    if len(rows) <= limit:
        return rows
    hashes = person_hashes(rows["person_id"])
    unique, counts = np.unique(hashes, return_counts=True)
    taken = unique[np.cumsum(counts) <= limit]
    return rows[np.isin(hashes, taken)]


def few_people(
    session: duckdb.DuckDBPyConnection, table: duckdb.DuckDBPyRelation, limit: int
) -> pd.DataFrame:
    """Return at most `limit` rows of a table, of the people of `at_most`, and read no others.

    Args:
        session: the connection that reads it.
        table: has `person_id`.
        limit: how many rows.
    """
    people = table.aggregate("person_id, count(*) as row_count", "person_id").df()
    if people["row_count"].sum() <= limit:
        return pd.DataFrame(table.df())
    people = people.iloc[np.argsort(person_hashes(people["person_id"]))]
    taken = people.loc[people["row_count"].cumsum() <= limit, ["person_id"]]
    return pd.DataFrame(table.join(session.from_df(taken), "person_id", how="semi").df())
