"""As of when a table was made that outlives the build that made it."""

import pandas as pd


def as_of(made: pd.DataFrame, clock: pd.DataFrame, column: str = "as_of_date") -> pd.DataFrame:
    """Return a table with a column more: the UTC date of the clock of the build that made it.

    A build that fits nothing keeps such a table, and this column says how old it is.

    Args:
        made: what was made, of any number of rows.
        clock: the row of `core.clock`: `as_of_at`, null where nothing has happened yet.
        column: the name of the column.
    """
    day = clock["as_of_at"].astype("datetime64[us]").dt.normalize().iloc[0]
    return made.assign(**{column: pd.Series(day, index=made.index, dtype="datetime64[us]")})
