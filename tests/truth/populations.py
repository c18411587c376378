"""How often an exact count misses, measured: `miss_probability` supposes independent people.

Those of a planted shop are nearly so: counts of visits a day later spread 2 % more than independent
people's would. So other populations of the same shop are counted by its own code, each held against
the rest of them, as the warehouse's counts are held against all: what these miss beyond the formula
no warehouse can help.
"""

import pandas as pd

from stayhouse.shop.chunk import World, count_copy
from stayhouse.shop.population.people import root_count
from stayhouse.shop.settings import Settings
from stayhouse.shop.truth.activity_retention import LOGIN, VISIT, activity_table
from stayhouse.shop.truth.retention import COPIES, Counts, copies_of
from tests.truth.estimates import LEAST_REFERENCE, miss_probability, misses
from tests.truth.shop import DAYS, SMALL, START

# A hundred populations: the ratio is known to about 1 %.
SHOPS = 5


def dependence() -> pd.Series:
    """Return by `return_kind` how many times as often as by chance a count misses; 1 or more."""
    found = []
    for seed in range(1, SHOPS + 1):
        settings = Settings(SMALL, DAYS, seed, START)
        roots = root_count(settings, World.of(settings).seasons)
        copies = copies_of(settings, roots)
        assert len(copies) == COPIES
        counted = [count_copy(copy, 0, roots) for copy in copies]
        together = _sum(settings, counted)
        for one in counted:
            found.append(held(_table(settings, one), together))
    sums = pd.concat(found).groupby("return_kind")[["misses", "by_chance"]].sum()
    return (sums["misses"] / sums["by_chance"]).clip(lower=1.0)


def _sum(settings: Settings, counted: list[dict[tuple[str, str], Counts]]) -> pd.DataFrame:
    tables = pd.concat([_table(settings, one) for one in counted])
    return tables.groupby(tables.index.names).sum()


def _table(settings: Settings, counts: dict[tuple[str, str], Counts]) -> pd.DataFrame:
    table = activity_table(settings, {kind: counts[kind] for kind in (VISIT, LOGIN)}).to_pandas()
    keys = ["return_kind", "cohort_start", "period_index"]
    return table.set_index(keys)[["reference_size", "reference_retained"]].astype(int)


def held(own: pd.DataFrame, together: pd.DataFrame) -> pd.DataFrame:
    """Return each cell of one population with whether it misses the rate of the others."""
    others = (together - own).dropna().astype(int)
    known = others[others["reference_size"] >= LEAST_REFERENCE].add_suffix("_of_others")
    cells = own.join(known, how="inner").astype(int)
    people, returned, reference, of_them = (cells[name].to_numpy() for name in cells)
    is_missed = misses(returned / people, of_them / reference, people)
    chances = [miss_probability(*row) for row in zip(people, reference, of_them, strict=True)]
    return pd.DataFrame(
        {"misses": is_missed, "by_chance": chances}, index=cells.index
    ).reset_index()
