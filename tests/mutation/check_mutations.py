"""Each fault is caught by every check that should see it; without a fault, none of them fails."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.building import WITHOUT_METRICFLOW, Run, copy_of_checkout
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
# To start dbt and to parse what was changed takes longer than what is run then: once for both.
RUN_AND_TEST = f"""{WITHOUT_METRICFLOW}
import json
from dbt.cli.main import dbtRunner
parse, run, test = json.loads(sys.argv[1])
manifest = dbtRunner().invoke(parse).result
manifest.build_flat_graph()
if not dbtRunner(manifest).invoke(run).success:
    sys.exit("the models did not run")
dbtRunner(manifest).invoke(test)
"""


@dataclass(frozen=True)
class Bench:
    """A copy of the project, and a warehouse built with it before any fault was made."""

    project: Path
    shop: Shop
    sound: Path

    def restored(self) -> Shop:
        """Return the shop with its warehouse as it was.

        It lies where it lay, beside what dbt parsed, so that dbt parses only what was changed.
        """
        shutil.copyfile(self.sound, self.shop.run.database)
        return self.shop


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    project = copy_of_checkout(tmp_path_factory.mktemp("project"))
    shop = plant(tmp_path_factory.mktemp("shop"), CUSTOMERS_PER_YEAR, SEED, project=project)
    build(shop, "--exclude", *NOT_ASKED)
    sound = shop.run.folder / "sound.duckdb"
    shutil.copyfile(shop.run.database, sound)
    return Bench(project, shop, sound)


def run_and_test(run: Run, mutation: Mutation) -> "subprocess.CompletedProcess[str]":
    """Run a mutation's models and then its checks of dbt, in one process."""
    folders = ("--target-path", str(run.target), "--log-path", str(run.folder / "logs"))
    words = [
        ["--no-use-colors", *command, "--vars", clock(), *folders]
        for command in (
            ["parse"],
            ["run", "--select", *mutation.models.split()],
            ["test", "--select", *mutation.dbt_checks],
        )
    ]
    return subprocess.run(
        [sys.executable, "-c", RUN_AND_TEST, json.dumps(words)],
        cwd=run.project, env=run.environment(), capture_output=True, text=True,
    )  # fmt: skip


def failed_checks(shop: Shop, mutation: Mutation) -> set[str]:
    """Run a mutation's models again and return which of its checks fail.

    A check that could not run is an error of this test, not a fault that was caught.
    """
    done = run_and_test(shop.run, mutation)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
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
    assert failed_checks(bench.restored(), every) == set()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_the_fault_is_caught(bench: Bench, mutation: Mutation) -> None:
    path = bench.project / mutation.path
    sound = path.read_text(encoding="utf-8")
    assert sound.count(mutation.old) == 1, f"{mutation.path} no longer holds the text once"
    path.write_text(sound.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        failed = failed_checks(bench.restored(), mutation)
    finally:
        path.write_text(sound, encoding="utf-8")
    assert failed == {*mutation.dbt_checks, *mutation.truth_checks}
