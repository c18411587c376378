"""The unit tests of models, each once: they hold SQL to rows of their own, which no data moves."""

import json
import shutil
from pathlib import Path

from tests.building import Run
from tests.conftest import lane


def test_every_unit_test_of_a_model_passes(tmp_path: Path, staged: Run, parsed: Path) -> None:
    run = Run(tmp_path, parsed=parsed)
    # What a test's rows leave out it takes from the types of tables that stand.
    shutil.copyfile(staged.database, run.database)
    manifest = json.loads((parsed / "manifest.json").read_text(encoding="utf-8"))
    plan = lane()
    tests = {
        key: test["name"]
        for key, test in manifest["unit_tests"].items()
        if plan is None or plan["models"] is None or test["model"] in plan["models"]
    }
    if not tests:
        return
    done = run.dbt("test", "--select", *(f"{name},test_type:unit" for name in tests.values()))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    results = json.loads((run.target / "run_results.json").read_text(encoding="utf-8"))["results"]
    passed = {result["unique_id"] for result in results if result["status"] == "pass"}
    assert passed == set(tests)
