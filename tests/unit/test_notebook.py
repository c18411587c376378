"""The notebook that opens the training set: every cell runs, and finds what stands."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from stayhouse.base.artifacts import public_marts
from stayhouse.publishing.publish import publish
from tests.building import CHECKOUT, Run

NOTEBOOK = CHECKOUT / "notebooks" / "training_set.ipynb"
CELLS: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def run(folder: Path, cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Run code cells one after the other, as a kernel in this folder would; return their names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for place, cell in enumerate(cells):
            exec(compile("".join(cell["source"]), f"cell {place}", "exec"), names)
    return names


def code_cells() -> list[dict[str, Any]]:
    return [cell for cell in CELLS if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def place(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the project's, with what is published and a folder of notebooks."""
    folder = tmp_path_factory.mktemp("notebook")
    publish(warehouse.database, public_marts(warehouse.target), folder / "published")
    (folder / "notebooks").mkdir()
    return folder


def test_the_notebook_runs_and_its_figures_are_those_of_the_marts(
    place: Path, warehouse: Run
) -> None:
    names = run(place / "notebooks", code_cells())
    names["con"].close()
    # Counted by hand from the labels: all but test and today, whose outcomes are over by then.
    assert [(len(names["train"]), len(names["test"]))] == warehouse.query(
        "select count(*) filter (where split in ('train', 'refit', 'validation')), "
        "count(*) filter (where split = 'test') from features.churn_labels"
    )
    assert [(len(names["numeric"]),)] == warehouse.query(
        "select count(*) from features.feature_profile where filling is not null"
    )
    champion = warehouse.query(
        "select roc_auc, log_loss from churn.churn_evaluation where split = 'test' and is_champion"
    )[0]
    # Another program on the same rows comes near to the champion, and recency alone does not.
    assert names["auc"] == pytest.approx(champion[0], abs=0.03)
    assert names["loss"] == pytest.approx(champion[1], abs=0.03)
    recency = warehouse.query(
        "select roc_auc from churn.churn_evaluation where split = 'test' and classifier = 'recency'"
    )[0][0]
    assert names["baseline_auc"] == pytest.approx(recency, abs=0.01)
    assert names["baseline_auc"] < names["auc"]
    assert names["by_family"].keys() == set(names["profile"]["feature_family"])
    assert max(names["by_family"].values()) < names["auc"] + 0.01
    # The orders of the horizon are all but the label itself.
    assert names["leak_auc"] > 0.98


def test_the_notebook_notices_a_snapshot_that_knows_the_future(place: Path, tmp_path: Path) -> None:
    """The assertion in the notebook is one: with one instant moved, the cell fails."""
    file = tmp_path / "published" / "stayhouse.duckdb"
    file.parent.mkdir()
    file.write_bytes((place / "published" / "stayhouse.duckdb").read_bytes())
    with duckdb.connect(str(file)) as con:
        con.execute(
            "update features.customer_snapshots set max_available_at = cut_off_at "
            "where split = 'train' and person_id = "
            "(select min(person_id) from features.customer_snapshots where split = 'train')"
        )
    cells = [cell for cell in code_cells() if "churn_cutoffs" not in "".join(cell["source"])][:3]
    with pytest.raises(AssertionError, match="knows something later"):
        run(tmp_path, cells)


def test_the_notebook_is_stored_without_what_it_printed() -> None:
    for cell in code_cells():
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
