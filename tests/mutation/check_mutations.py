"""Each fault is caught by every check that should see it; without a fault, none of them fails."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT
from tests.forked import Edit
from tests.mutation.mutations import MUTATIONS, Mutation
from tests.truth.exact import CHECKS
from tests.truth.shop import Shop, build, clock, plant

CUSTOMERS_PER_YEAR = 800
SEED = 11
# What no fault and no check of theirs reads: the past predicted anew, what explains a score.
NOT_ASKED = (
    "ml_churn_backtest+",
    "ml_churn_horizons+",
    "ml_churn_drivers+",
    "ml_churn_contributions+",
)


@dataclass(frozen=True)
class Bench:
    """A shop, and its warehouse as it was built before any fault was made."""

    shop: Shop
    sound: Path

    def with_fault(self, edit: Edit | None) -> Shop:
        """Return the shop with its warehouse as it was, and a fault in what dbt parsed."""
        database = self.shop.run.database
        # A process that was forked ends without writing its log into the file.
        database.with_name(f"{database.name}.wal").unlink(missing_ok=True)
        shutil.copyfile(self.sound, database)
        return replace(self.shop, run=replace(self.shop.run, edit=edit))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Bench:
    shop = plant(tmp_path_factory.mktemp("shop"), CUSTOMERS_PER_YEAR, SEED, parsed=parsed)
    build(shop, "--exclude", *NOT_ASKED)
    with duckdb.connect(str(shop.run.database)) as con:
        con.execute("checkpoint")
    sound = shop.run.folder / "sound.duckdb"
    shutil.copyfile(shop.run.database, sound)
    return Bench(shop, sound)


def failed_checks(shop: Shop, mutation: Mutation) -> set[str]:
    """Run a mutation's models again and return which of its checks fail.

    A check that could not run is an error of this test, not a fault that was caught.
    """
    variables = ("--vars", clock())
    ran = shop.run.dbt("run", "--select", *mutation.models.split(), *variables)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    done = shop.run.dbt("test", "--select", *mutation.dbt_checks, *variables)
    assert done.returncode in (0, 1), done.stdout[-4000:] + done.stderr[-2000:]
    failed = {check for check in mutation.truth_checks if not CHECKS[check](shop).empty}
    results = json.loads((shop.run.target / "run_results.json").read_text())["results"]
    statuses = {
        result["unique_id"]: result["status"]
        for result in results
        if not result["unique_id"].startswith("operation.")
    }
    assert set(statuses.values()) <= {"pass", "fail"}, done.stdout[-4000:]
    for check in mutation.dbt_checks:
        status = {s for name, s in statuses.items() if check in name.split(".")}
        assert len(status) == 1, (check, statuses)
        failed |= {check} if status == {"fail"} else set()
    return failed


def test_a_sound_project_fails_no_check(bench: Bench) -> None:
    """The same route without a fault: what is caught below is the fault, not the route."""
    every = replace(
        MUTATIONS[0],
        models=" ".join(mutation.models for mutation in MUTATIONS),
        dbt_checks=tuple(sorted({name for m in MUTATIONS for name in m.dbt_checks})),
        truth_checks=tuple(CHECKS),
    )
    assert failed_checks(bench.with_fault(None), every) == set()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_the_fault_is_caught(bench: Bench, mutation: Mutation) -> None:
    sound = (CHECKOUT / mutation.path).read_text(encoding="utf-8")
    assert sound.count(mutation.old) == 1, f"{mutation.path} no longer holds the text once"
    edit = Edit(mutation.path, mutation.old, mutation.new)
    failed = failed_checks(bench.with_fault(edit), mutation)
    assert failed == {*mutation.dbt_checks, *mutation.truth_checks}
