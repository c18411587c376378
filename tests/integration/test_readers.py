"""Others read what is published, without a pause, while dbt builds and publishing replaces it.

Two thousand reads during more builds take a minute: `make soak`.
"""

from pathlib import Path

from tests.publishing import read_while_building


def test_no_read_fails_and_none_is_torn(tmp_path: Path) -> None:
    counts = read_while_building(tmp_path, reads=500, builds=1)
    assert counts["reads"] >= 500
    assert counts["torn"] == 0
    # They were led from version to version, and did not read one file all the time.
    assert counts["publications"] == 3
    assert counts["builds_seen"] == 2
