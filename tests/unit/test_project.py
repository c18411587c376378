"""Where things lie, as the environment says it."""

from pathlib import Path

import pytest

from stayhouse.base import project as places
from stayhouse.base.errors import StayhouseError


def test_paths_are_meant_from_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STAYHOUSE_LANDING", "data/landing")
    assert places.landing_path(tmp_path) == tmp_path / "data" / "landing"
    monkeypatch.setenv("STAYHOUSE_LANDING", str(tmp_path / "elsewhere"))
    assert places.landing_path(Path("/nowhere")) == tmp_path / "elsewhere"
    monkeypatch.setenv("STAYHOUSE_LANDING", "")
    assert places.landing_path(tmp_path) is None


def test_a_home_sign_is_refused_since_dbt_would_read_another_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STAYHOUSE_DB", "~/warehouse.duckdb")
    with pytest.raises(StayhouseError, match="write it in full"):
        places.warehouse_path(tmp_path)
