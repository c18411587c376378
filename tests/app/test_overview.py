"""The overview's figures, for periods of each kind, against counts of the marts by other code."""

import re
import struct

import pandas as pd
import pytest

from app.language import say_in
from tests.app.conftest import Site, Visit
from tests.app.test_pages import number

BEGIN = "2024-01-01"
# The sample's clock stands on 14 May 2025; the days of each period, the one before and a year ago.
PERIODS = {
    "7": ("2025-05-07", "2025-05-13", "2025-04-30", "2025-05-06", "2024-05-08", "2024-05-14"),
    "month": ("2025-04-01", "2025-04-30", "2025-03-01", "2025-03-31", "2024-04-01", "2024-04-30"),
    "quarter": ("2025-01-01", "2025-03-31", "2024-10-01", "2024-12-31", "2024-01-01", "2024-03-31"),
    "year": ("2024-01-01", "2024-12-31", None, None, None, None),
    "own&period-own=2025-02-03,2025-02-16": (
        "2025-02-03", "2025-02-16", "2025-01-20", "2025-02-02", "2024-02-05", "2024-02-18",
    ),
}  # fmt: skip


def counted(site: Site, first: str, last: str) -> dict[str, float | None]:
    """The figures of some days, from the rows of the marts, by pandas."""
    orders = site.csv("select * from core.orders where is_order")
    kept = orders[orders["is_net_order"]]
    begun = kept.groupby("person_id")["local_day"].min()
    orders = orders[orders["local_day"].between(first, last)]
    buyers = set(kept[kept["local_day"].between(first, last)]["person_id"].dropna())
    new = set(begun[begun.between(first, last)].index)
    visits = site.csv("select * from core.sessions where not is_bot and is_engaged")
    visits = visits[visits["local_day"].between(first, last)]
    return {
        "net_sales": orders["net_sales"].sum(),
        "order_count": len(orders),
        "net_sales_per_order": orders["net_sales"].sum() / len(orders),
        "new_customer_count": len(new),
        "returning_share": None if first <= BEGIN else len(buyers - new) / len(buyers),
        "conversion_rate": (visits["purchase_count"] > 0).mean(),
    }


def cards(visit: Visit) -> list[tuple[str, list[str]]]:
    """The value and the notes of each figure."""
    return [
        (card.locator(".sh-value").inner_text(), card.locator(".sh-note div").all_inner_texts())
        for card in visit.page.locator(".sh-row details").all()
    ]


@pytest.mark.parametrize("period", PERIODS)
def test_figures_and_their_changes(visit: Visit, site: Site, period: str) -> None:
    first, last, *others = PERIODS[period]
    visit.open(f"?period={period}")
    now = counted(site, first, last)
    before, year_ago = (
        counted(site, others[i], others[i + 1]) if others[i] else None for i in (0, 2)
    )
    shown = cards(visit)[: len(now)]
    for (name, value), (text, notes) in zip(now.items(), shown, strict=True):
        is_share = name.endswith(("share", "rate"))
        digits = 0.0005001 if is_share else 0.005001 if name.endswith("order") else 0.5001
        if value is None:
            assert text == "–"
            continue
        assert number(text) == pytest.approx(value, abs=digits), name
        known = [then for then in (before, year_ago) if then and then[name] is not None]
        if not known:
            assert notes == [say_in("en", "overview.nothing_before")]
        for then, note in zip(known, notes if known else [], strict=True):
            moved = (value - then[name]) * 100 if is_share else (value / then[name] - 1) * 100
            written = float(re.sub("[^0-9.-]", "", note.split(" ")[0].replace("−", "-")))
            assert written == pytest.approx(moved, abs=0.0501), (name, note)


def test_retention_is_of_the_latest_month_whose_next_one_is_over(visit: Visit, site: Site) -> None:
    for period, cohort in (("month", "2025-03-01"), ("year", "2024-11-01")):
        visit.open(f"?period={period}")
        rate = site.rows(
            "select retained_count / eligible_count from retention.retention_cube where cut_id = "
            f"'month_net_order_on' and period_index = 1 and cohort_start = '{cohort}'"
        )[0][0]
        text, notes = cards(visit)[6]
        assert number(text) == pytest.approx(rate, abs=0.0005001)
        assert f"{pd.Timestamp(cohort):%B %Y}" in notes[0]


def test_what_is_at_risk(visit: Visit, site: Site) -> None:
    visit.open("")
    scores = site.csv("select * from churn.churn_scores where is_champion")
    both = scores.merge(site.csv("select person_id, net_sales from segments.rfm_segments"))
    text, notes = cards(visit)[7]
    expected = (both["churn_probability"] * both["net_sales"]).sum()
    assert number(text) == pytest.approx(expected, abs=0.51)
    assert f"£{both['net_sales'].sum():,.0f}" in notes[0]
    # The list says the same of those whom the shop can write to, and leads to them.
    high = both[both["risk_band"] == "high"]
    line = visit.page.locator(".sh-todo li").last
    assert f"{len(high)} of {len(both):,}" in line.inner_text()
    assert f"£{high['net_sales'].sum():,.0f}" in line.inner_text()
    line.locator("a").click()
    visit.page.wait_for_function(f"document.querySelector('h1')?.innerText === {'Churn'!r}")


def test_what_was_lost_is_on_the_list(visit: Visit, site: Site) -> None:
    visit.open("")
    lost = site.rows(
        "select sum(row_count) from core.data_quality where disposition = 'rejected' "
        "or reason_code in ('unknown_order', 'rejected_order', 'order_without_lines')"
    )[0][0]
    # What fails in the shop costs orders every day, and stands first.
    faults, losses = (visit.page.locator(".sh-todo li").nth(n).inner_text() for n in (0, 1))
    assert faults.startswith("Tablet: of 100 checkouts")
    assert f"{lost} imported rows" in losses


def test_a_period_goes_with_a_person_from_page_to_page(visit: Visit) -> None:
    visit.open("")
    visit.choose("period", say_in("en", "app.period_quarter"))
    for name in ("churn", "overview"):
        visit.page.get_by_role("link", name=say_in("en", f"{name}.title"), exact=True).click()
        visit.page.wait_for_function(
            f"document.querySelector('h1')?.innerText === {say_in('en', f'{name}.title')!r}"
        )
        visit.wait()
    assert "period=quarter" in visit.page.url
    assert "1 Jan 2025 – 31 Mar 2025" in visit.words()


def test_the_period_of_one_page_is_not_that_of_the_next_until_it_is_chosen(visit: Visit) -> None:
    visit.open("")
    title = say_in("en", "retention.title")
    visit.page.get_by_role("link", name=title, exact=True).click()
    visit.page.wait_for_function(f"document.querySelector('h1')?.innerText === {title!r}")
    visit.wait()
    assert "period=" not in visit.page.url
    assert "1 Jan 2024 – 13 May 2025" in visit.words()


def test_a_wrong_address_shows_the_default(visit: Visit) -> None:
    for wrong in ("period=decade", "period=own&period-own=yesterday,-", "period=own&period-own="):
        visit.open(f"?{wrong}")
        assert len(cards(visit)) == 8


def test_the_overview_prints_to_one_sheet(visit: Visit) -> None:
    visit.open("")
    visit.page.emulate_media(media="print")
    sheet = visit.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    # A4 in points of 1/72 inch.
    (box,) = set(re.findall(rb"/MediaBox \[([^\]]+)\]", sheet))
    assert [round(float(v)) for v in box.split()] == [0, 0, 595, 842]


def test_a_chart_is_a_picture_for_a_slide(visit: Visit) -> None:
    visit.open("")
    picture = visit.picture("overview_sales")
    width, height = struct.unpack(">II", picture[16:24])
    # 900 pixels and what stands beside them, twice.
    assert width > 1800
    assert height > 600
