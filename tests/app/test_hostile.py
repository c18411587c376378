"""What a shop's data says is text: no page reads it as markup, no spreadsheet as a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.app.conftest import Site, served, window
from tests.app.hostile import HOSTILE, poison
from tests.app.test_pages import OF_A_PERSON, PAGES
from tests.building import Run

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def hostile_site(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample shop with a hostile text before every text of its data."""
    with served(warehouse, tmp_path_factory.mktemp("hostile")) as place:
        poisoned = poison((place.root / "published" / "stayhouse.duckdb").resolve())
        assert {"person_id", "city", "country", "order_id", "device_type"} <= poisoned
        yield place


@pytest.mark.parametrize("name", PAGES)
def test_hostile_values_are_only_text(hostile_site: Site, tab: Page, name: str) -> None:
    ((person,),) = hostile_site.rows(
        "select person_id from segments.rfm_segments order by order_count desc, person_id limit 1"
    )
    assert str(person).startswith(HOSTILE)
    place = f"{name}?person={quote(str(person))}" if name in OF_A_PERSON else name
    with window(hostile_site, tab) as visit:
        # A request to another machine, a script's dialog and an error all stand in `wrong`.
        visit.open("" if name == "overview" else place)
        visit.page.wait_for_timeout(500)
        visit.wait()
        assert visit.page.locator("img[src*=hostile], a[href*='hostile.invalid/']").count() == 0
        if name in OF_A_PERSON:
            assert str(person) in visit.page.inner_text('[data-testid="stMain"]')
        for fold in visit.page.locator("summary").all():
            fold.click()
        for key in visit.controls():
            if key.startswith("csv-"):
                cells = visit.csv(key.removeprefix("csv-"))
                for column in cells.select_dtypes(["object", "string"]):
                    starts = cells[column].dropna().astype(str).str.lstrip().str[0]
                    assert not set(starts) & set("=+@"), (key, column)
