"""A feature of churn is added in three files, and everything else knows it."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from app import language
from stayhouse.churn import write_reasons
from stayhouse.churn.plan import without_these
from tests.architecture.features import RULES
from tests.architecture.house import House, read_files
from tests.building import Run, copy_of_checkout

MEASURED = "models/features/int_visits__measured.sql"
SNAPSHOTS = "models/features/customer_snapshots.sql"
YAML = "models/features/customer_snapshots.yml"
# What is planted before which line of which file: the whole change.
ADDED = {
    MEASURED: (
        "        visits_expected_since_last - visit_days_since_last as",
        "        visit_days_30d - visit_days_7d as visit_days_8d_to_30d,\n",
    ),
    SNAPSHOTS: ("        p.mean_gap_days,", "        v.visit_days_8d_to_30d,\n"),
    YAML: (
        "      - name: mean_gap_days\n",
        """\
      - name: visit_days_8d_to_30d
        data_type: bigint
        description: Local days with a visit, 8 to 30 days before the cut-off.
        config:
          meta:
            family: visits
            unit: visit days
            label: {en: "visit days, 8 to 30 days ago", zh: 8至30天前的访问天数}
            sentences:
              - {en: "visited on {visit_days_8d_to_30d?# day|# days} three weeks ago", zh: "三周前有{visit_days_8d_to_30d}天访问"}
""",  # noqa: E501
    ),
}


def test_three_files_hold_a_feature(
    warehouse: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what computes it is built: classifiers, app and reasons are asked what they read."""
    project = copy_of_checkout(tmp_path / "project")
    for name, (before, added) in ADDED.items():
        text = (project / name).read_text(encoding="utf-8")
        assert text.count(before) == 1
        (project / name).write_text(text.replace(before, added + before), encoding="utf-8")
    run = Run(tmp_path / "run", project=project)
    run.folder.mkdir()
    run.database.write_bytes(warehouse.database.read_bytes())
    run.build(
        *("--select", "int_visits__measured", "customer_snapshots", "int_churn__features"),
        *("int_churn__reason_templates", "--exclude-resource-type", "test"),
    )
    with duckdb.connect(str(run.database), read_only=True) as con:
        features = con.execute("select * from churn.int_churn__features").df()
        templates = con.execute("select * from churn.int_churn__reason_templates").df()
        (told,) = con.execute(
            "select * from features.customer_snapshots "
            "where split = 'today' and visit_days_8d_to_30d > 1 limit 1"
        ).df().to_dict("records")  # fmt: skip
    assert "visit_days_8d_to_30d" in without_these(features, [])
    reason = {
        "person_id": told["person_id"], "reason_rank": 1, "family": "visits",
        "feature": "visit_days_8d_to_30d", "direction": "raises", "feature_value": 2.0,
    }  # fmt: skip
    written = write_reasons(pd.DataFrame([reason]), pd.DataFrame([told]), templates, features)
    days = int(told["visit_days_8d_to_30d"])
    assert written["reason_en"].tolist() == [f"visited on {days} days three weeks ago"]
    monkeypatch.setattr(language, "FEATURES", project / YAML)
    assert (
        dict(language._labels("zh"))["names.feature.visit_days_8d_to_30d"] == "8至30天前的访问天数"
    )
    manifest = json.loads((run.target / "manifest.json").read_text(encoding="utf-8"))
    house = House(manifest, read_files(project))
    assert [said for rule in RULES for said in rule(house)] == []
