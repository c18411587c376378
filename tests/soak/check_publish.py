"""Publications killed before each of their steps; two thousand reads while one builds."""

from pathlib import Path

import pytest

from tests.publishing import killed, read_while_building


@pytest.mark.parametrize("versions_before", [0, 3])
def test_killed_at_every_step(tmp_path: Path, versions_before: int) -> None:
    assert killed(tmp_path, versions_before, stride=1)["kills"] > 100


def test_two_thousand_reads(tmp_path: Path) -> None:
    counts = read_while_building(tmp_path, reads=2000, builds=6)
    assert counts["reads"] >= 2000
    assert counts["torn"] == 0
    assert counts["publications"] == 12
    assert counts["builds_seen"] >= 5
