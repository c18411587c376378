"""What commands write into the page of benchmarks, and what its picture shows of it."""

from pathlib import Path

import pytest

from stayhouse.reports.costs import Build, Step
from tests.bench import page
from tests.bench.first_load import Cost
from tests.bench.first_load import section as section_of_ways
from tests.bench.rooms import section as section_of_rooms

FIRST = Build(
    "2025-01-01", [Step("core", "events", 3.0, 10, 2_000_000), Step("core", "tests", 1.5)]
)
NIGHT = Build("2025-01-02", [Step("core", "events", 0.5, 11, 2_000_000)])


def test_the_picture_shows_what_stands_in_the_sections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "benchmarks.md"
    here.write_text("# What it costs\n\nWords.\n\n## 1,000,000 events\n\nOld.\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", here)
    monkeypatch.setattr(page, "PICTURE", tmp_path / "benchmarks.svg")
    first = {"Stayhouse": Cost(13.3, 1162), "handwritten": Cost(3.8, 441)}
    night = {"Stayhouse": Cost(7.7, 592), "handwritten": Cost(4.2, 441)}
    page.write(section_of_ways(1_000_000, 1_002_087, 4_252, first, night))
    page.write(section_of_rooms(10_000, FIRST, NIGHT))
    text = here.read_text(encoding="utf-8")
    assert "Old." not in text
    assert "| Stayhouse, the night | 7.7 | 1.83 | 592 |" in text
    ways, rooms = page.tables(text)
    assert ways.to_numpy().tolist() == [
        [1_000_000, "Stayhouse", 13.3],
        [1_000_000, "hand-written, the same rows", 3.8],
        [1_000_000, "Stayhouse, the night", 7.7],
    ]
    assert rooms.to_numpy().tolist() == [
        [10_000, "core", "first build", 4.5],
        [10_000, "core", "night", 0.5],
    ]
    drawn = (tmp_path / "benchmarks.svg").read_text(encoding="utf-8")
    assert "1,000,000 events" in drawn
    assert "10,000 customers a year" in drawn
