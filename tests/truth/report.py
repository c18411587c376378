"""What many planted shops say about the warehouse, as the page ``docs/truth.md``."""

import pandas as pd

from tests.truth.baskets import Pairs
from tests.truth.causes import Causes
from tests.truth.clusters import Clusters
from tests.truth.estimates import aucs, bots, calibration, judged, retention_cells, visitor_pairs
from tests.truth.exact import CHECKS
from tests.truth.experiments import Effects
from tests.truth.faults import Faults
from tests.truth.feedback import Texts
from tests.truth.recommendations import Lists
from tests.truth.returns import Returns
from tests.truth.rhythm import Rhythms
from tests.truth.shop import DAYS, SMALL, START, Shop
from tests.truth.tables import markdown
from tests.truth.value import Value

# Rooms whose section can be made alone, of a build of what it reads.
ROOMS: dict[str, type[Value | Pairs | Rhythms | Effects | Texts | Lists]] = {
    "value": Value,
    "baskets": Pairs,
    "rhythm": Rhythms,
    "experiments": Effects,
    "feedback": Texts,
    "recommendations": Lists,
}
LEAST_COVERAGE = 0.93
LEAST_OF_BOTS = 0.95
LEAST_OF_PAIRS = 0.99

_INTRODUCTION = """\
# The warehouse against the planted truth

Made by `make truth SEEDS={seeds}`; do not edit. {seeds} planted shops (`stayhouse shop
--customers-per-year {size} --days {days} --start {start}`, seeds 1 to {seeds}) were landed and
built, and what the marts say was held against the truth that no model may read. Together they have
{customers:,} customers to judge churn on. `tests/truth/` asserts the same on one shop of about
20,000 customers in every run of the tests.
"""
_EXACT = """
## What has one right answer

Compared row by row and to the last digit. `found` is how many shops agree entirely.

{table}
"""
_BOTS = """
## Bots

Of {flagged:,} sessions that `core.sessions` flags as a bot's, {rightly:,} are; {planted:,} were
planted. Precision **{precision:.1%}**, recall **{recall:.1%}** (at least {least:.0%} is asked for).
"""
_PAIRS = """
## Who used which device

Of {found:,} pairs of a visitor and a customer in `core.identity_map`, shared devices left out,
{rightly:,} were planted. The landed files tell of {named:,} planted pairs; on the devices of
{untold:,} others nothing was ever done under a name. Precision **{precision:.1%}**, recall of
what the files tell **{recall:.1%}** (at least {least:.0%} is asked for).
"""
_RETENTION = """
## Cohort retention

How often the 95 % interval of a cell in `retention.cohort_retention` holds the true rate, over all
cells of index 1 or more. The true rate is the planted process's own, counted on 20 further
populations of the same size that no model sees; its own sampling error takes about half a point
from the coverage of the intervals. Cells of one cohort share people, so that coverage varies more
between shops than the number of cells suggests.

{table}

Pooled: **{coverage:.1%}** of {cells:,} cells (at least {least:.0%} is asked for; the lowest shop
has {lowest:.1%}).
"""
_CHURN = """
## Churn

Test AUC beside that of `p_observable`, the best that anybody could say from what was observable at
the cut-off, for the same customers and the same horizon of 90 days; and how often the mean
probability of a decile lies in the 95 % Wilson interval of the share that really churned.
`p_observable` is judged in the same way: it shows what a calibrated probability reaches. It speaks
of orders, whatever became of them, so the shops are built with `churn_order_kind: order`.

{table}

The champion's AUC is {champion:.3f} of that of `p_observable` on average, and the best classifier's
{best:.3f}.
"""


class Findings:
    """What has been found so far, over all shops."""

    def __init__(self) -> None:
        self._exact: list[tuple[int, str, bool]] = []
        self._bots: list[pd.Series] = []
        self._pairs: list[pd.Series] = []
        self._cells: list[pd.DataFrame] = []
        self._aucs: list[pd.DataFrame] = []
        self._deciles: list[pd.DataFrame] = []
        self._returns = Returns()
        self._causes = Causes()
        self._clusters = Clusters()
        self._faults = Faults()
        self._rooms = {name: room() for name, room in ROOMS.items()}
        self._customers = 0

    def add(self, shop: Shop, sound: Shop) -> None:
        """Add one built shop, and one of the same seed without the fault of one device."""
        self._exact += [(shop.seed, name, check(shop).empty) for name, check in CHECKS.items()]
        self._bots.append(bots(shop))
        self._pairs.append(visitor_pairs(shop))
        self._cells.append(retention_cells(shop).assign(seed=shop.seed))
        self._returns.add(shop)
        self._causes.add(shop)
        self._clusters.add(shop)
        self._faults.add(shop, sound)
        for room in self._rooms.values():
            room.add(shop)
        customers = judged(shop)
        self._customers += customers["person_id"].nunique()
        self._aucs.append(aucs(customers).assign(seed=shop.seed))
        champion = customers[customers["is_champion"]]
        tables = {"p_observable": calibration(champion, "p_observable")}
        for name, part in customers.groupby("classifier"):
            tables[str(name)] = calibration(part, "churn_probability")
        self._deciles += [table.assign(name=name, seed=shop.seed) for name, table in tables.items()]

    def bots(self) -> dict[str, float]:
        """Return the sessions flagged as bots', planted, rightly flagged; precision and recall."""
        return _found(self._bots, "flagged", "planted")

    def pairs(self) -> dict[str, float]:
        """Return the counts of `visitor_pairs`, the `untold` ones, precision and recall."""
        counts = _found(self._pairs, "found", "named")
        return {**counts, "untold": counts["planted"] - counts["named"]}

    def returns(self) -> str:
        """Return the sections of the page about visits, logins, next orders and referrals."""
        return self._returns.text()

    def causes(self) -> str:
        """Return the section of the page about the reasons of churn."""
        return self._causes.text()

    def clusters(self) -> str:
        """Return the section on clusters."""
        return self._clusters.text()

    def faults(self) -> str:
        """Return the section on faults of one device."""
        return self._faults.text()

    def rooms(self) -> list[str]:
        """Return the section of each of `ROOMS`."""
        return [room.text() for room in self._rooms.values()]

    def failures(self) -> list[str]:
        """Return a sentence for each limit of the page that does not hold."""
        found = []
        if self.differing_checks():
            found.append(f"These differ from what was planted: {self.differing_checks()}")
        for name, counts, least in (
            ("sessions of bots", self.bots(), LEAST_OF_BOTS),
            ("pairs of visitor and customer", self.pairs(), LEAST_OF_PAIRS),
        ):
            if min(counts["precision"], counts["recall"]) < least:
                found.append(
                    f"Precision and recall of {name} are {counts['precision']:.1%} and "
                    f"{counts['recall']:.1%}, not both {least:.0%}."
                )
        if self.coverage() < LEAST_COVERAGE:
            found.append(
                f"The retention intervals hold {self.coverage():.1%} of the true rates, "
                f"less than {LEAST_COVERAGE:.0%}."
            )
        found += self._returns.failures() + self._causes.failures()
        found += self._clusters.failures() + self._faults.failures()
        return found + [said for room in self._rooms.values() for said in room.failures()]

    def seeds(self) -> int:
        """Return how many shops were added."""
        return len(self._cells)

    def customers(self) -> int:
        """Return how many customers were judged at test cut-offs."""
        return self._customers

    def coverage(self) -> float:
        """Return the share of all retention cells whose interval holds the true rate."""
        return 1 - float(pd.concat(self._cells)["misses"].mean())

    def coverage_by_seed(self) -> pd.Series:
        """Return the same by shop."""
        return 1 - pd.concat(self._cells).groupby("seed")["misses"].mean()

    def cell_count(self) -> int:
        """Return how many retention cells were judged."""
        return sum(len(cells) for cells in self._cells)

    def differing_checks(self) -> list[str]:
        """Return the exact checks that failed in any shop."""
        return sorted({name for _, name, agrees in self._exact if not agrees})

    def summary(self) -> str:
        """Return the state in one line."""
        differing = ", ".join(self.differing_checks()) or "nothing"
        return (
            f"differs: {differing}; retention intervals hold {self.coverage():.1%}; "
            f"champion at {self.ratios()[0]:.3f} of the observable AUC"
        )

    def ratios(self) -> tuple[float, float]:
        """Return the mean ratio to the AUC of `p_observable`: the champion's, the best one's."""
        table = pd.concat(self._aucs)
        champion = table[table["is_champion"]]["ratio"].mean()
        return float(champion), float(table.groupby("seed")["ratio"].max().mean())

    def exact_table(self) -> str:
        """Return the exact checks as a table."""
        table = pd.DataFrame(self._exact, columns=["seed", "name", "agrees"])
        rows = [
            (f"`{name}`", (check.__doc__ or "").rstrip("."), f"{agrees} of {self.seeds()}")
            for name, check in CHECKS.items()
            for agrees in [int(table[table["name"] == name]["agrees"].sum())]
        ]
        return markdown(("check", "what is compared", "found"), rows)

    def retention_table(self) -> str:
        """Return the coverage by grain, kind and definition."""
        groups = pd.concat(self._cells).groupby(["cohort_grain", "start_kind", "definition"])
        rows = [
            (
                *(f"`{word}`" for word in key),
                f"{len(cells):,}",
                f"{1 - cells['misses'].mean():.1%}",
                f"{1 - cells.groupby('seed')['misses'].mean().max():.1%}",
            )
            for key, cells in groups
        ]
        heads = ("grain", "kind", "definition", "cells", "coverage", "lowest shop")
        return markdown(heads, rows)

    def churn_table(self) -> str:
        """Return the AUCs and the coverage of deciles by classifier."""
        table = pd.concat(self._aucs)
        deciles = pd.concat(self._deciles)
        covered = 1 - deciles.groupby("name")["misses"].mean()
        rows = [
            (
                f"`{name}`",
                f"{part['is_champion'].sum()}",
                f"{part['auc'].mean():.3f}",
                f"{part['ratio'].mean():.3f}",
                f"{part['ratio'].min():.3f}",
                f"{covered[str(name)]:.0%}",
            )
            for name, part in table.groupby("classifier")
        ]
        observable = table.groupby("seed")["observable_auc"].first().mean()
        held = f"{covered['p_observable']:.0%}"
        rows.append(("`p_observable`", "", f"{observable:.3f}", "1", "1", held))
        heads = ("probability", "champion in", "AUC", "ratio", "lowest", "deciles held")
        return markdown(heads, rows)


def page(findings: Findings) -> str:
    """Return the page."""
    champion, best = findings.ratios()
    parts = (
        _INTRODUCTION.format(
            seeds=findings.seeds(),
            size=SMALL,
            days=DAYS,
            start=START,
            customers=findings.customers(),
        ),
        _EXACT.format(table=findings.exact_table()),
        _BOTS.format(**findings.bots(), least=LEAST_OF_BOTS),
        _PAIRS.format(**findings.pairs(), least=LEAST_OF_PAIRS),
        _RETENTION.format(
            table=findings.retention_table(),
            coverage=findings.coverage(),
            cells=findings.cell_count(),
            least=LEAST_COVERAGE,
            lowest=findings.coverage_by_seed().min(),
        ),
        findings.returns(),
        _CHURN.format(table=findings.churn_table(), champion=champion, best=best),
        findings.causes(),
        findings.clusters(),
        findings.faults(),
        *findings.rooms(),
    )
    return "".join(parts)


def _found(counts: list[pd.Series], found: str, planted: str) -> dict[str, float]:
    sums = pd.DataFrame(counts).sum().astype(int)
    rightly = sums["rightly"]
    return {
        **{str(name): int(count) for name, count in sums.items()},
        "precision": rightly / sums[found],
        "recall": rightly / sums[planted],
    }
