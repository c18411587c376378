"""Where the real data lies, whatever the working folder of a test is."""

from pathlib import Path

import pytest

from tests.building import CHECKOUT
from tests.real.shops import real_data


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("data/real", CHECKOUT / "data" / "real"),
        ("../shared/data", CHECKOUT / ".." / "shared" / "data"),
        ("/data/real", Path("/data/real")),
        ("", None),
        (None, None),
    ],
)
def test_a_relative_folder_is_meant_from_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, folder: Path | None
) -> None:
    monkeypatch.chdir(tmp_path)
    assert real_data(value) == folder
