"""A publication that is killed at any step leaves what was published, whole, and the next heals.

While the new version is out of sight every fourth step stands for all; `make soak` takes each.
"""

from pathlib import Path

import pytest

from tests.publishing import killed


@pytest.mark.parametrize("versions_before", [0, 3])
def test_killed_at_a_step(tmp_path: Path, versions_before: int) -> None:
    counts = killed(tmp_path, versions_before, stride=4)
    # Statements, flushes, renames and links, and as many different things that were left.
    assert counts["kills"] > 30
    assert counts["states"] > 10
    if versions_before:
        assert counts["after_the_swap"] > 20
