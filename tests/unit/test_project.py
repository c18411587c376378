"""Where things lie, as the environment says it."""

import shutil
from pathlib import Path

import pytest

from stayhouse.base import project as places
from stayhouse.base.errors import StayhouseError
from tests.building import CHECKOUT


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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("session_gap_seconds: 900", None),
        ("reads: {shop: {orders: raw.orders}}", None),
        ("sesion_gap_seconds: 900", "'sesion_gap_seconds', which nothing reads: write 'session_"),
        ("session_gap: 900", "'session_gap', which nothing reads: write 'session_gap_seconds'"),
        # Of a package, and of whoever else.
        ("'dbt_date:time_zone': Asia/Tokyo", None),
        ("greeting: hello", None),
    ],
)
def test_a_misspelt_var_is_told(tmp_path: Path, line: str, said: str | None) -> None:
    """dbt takes whatever stands there, and the default goes on."""
    (tmp_path / "macros").mkdir()
    shutil.copyfile(CHECKOUT / "macros" / "setting.sql", tmp_path / "macros" / "setting.sql")
    (tmp_path / "dbt_project.yml").write_text(f"vars:\n  as_of: null\n  {line}\n")
    told = places.misspelt_var(tmp_path)
    assert told is None if said is None else said in str(told)
