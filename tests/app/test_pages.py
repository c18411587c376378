"""Every page in a real browser: drawn, without an error, true to the marts, fit to be seen."""

import re
import time
from datetime import timedelta

import pandas as pd
import pytest

from app.language import say_in
from app.parts.drift import moves_with_time
from stayhouse.shop.writing.words import email_of
from tests.app.conftest import Site, Visit
from tests.app.words import english_sentences
from tests.building import CHECKOUT

PAGES = (
    "overview", "retention", "lifecycle", "segments", "acquisition", "funnel", "baskets", "rhythm",
    "feedback", "churn", "churn_model", "value", "recommendations", "experiments", "customer",
    "quality",
)  # fmt: skip
OF_A_PERSON = ("customer", "recommendations")
PICTURES = CHECKOUT / "build" / "app"
# Each theme, each screen and each language once.
LOOKS = ("light-desktop-en", "dark-phone-en", "light-desktop-zh")


def address(name: str, site: Site) -> str:
    """The default page lies at the root; the pages of a person need one."""
    if name in OF_A_PERSON:
        return f"{name}?person={someone(site)}"
    return "" if name == "overview" else name


def someone(site: Site) -> str:
    """Whoever has the most orders."""
    return str(
        site.rows(
            "select person_id from segments.rfm_segments order by order_count desc, person_id"
        )[0][0]
    )


def number(text: str) -> float:
    """A figure as the app writes it, as a number."""
    kept = "".join(c for c in text.replace("−", "-") if c in "0123456789.-")
    return float(kept) / (100 if text.rstrip().endswith("%") else 1)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("visit", LOOKS, indirect=True, ids=LOOKS)
def test_pages_are_drawn_and_pictured(
    visit: Visit, site: Site, name: str, request: pytest.FixtureRequest
) -> None:
    visit.open(address(name, site))
    assert visit.page.locator("h1").inner_text() == say_in(visit.tongue, f"{name}.title")
    if visit.tongue == "zh":
        assert english_sentences(visit.words()) == []
    # Nothing stands out to the side: what is wider scrolls by itself.
    main = '[data-testid="stMain"]'
    width = visit.page.viewport_size["width"]  # type: ignore[index]
    assert visit.page.eval_on_selector(main, "e => e.scrollWidth") <= width
    if width >= 1280:
        cut = "es => es.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
        assert visit.page.eval_on_selector_all(".sh-scroll", cut) == []
    height = visit.page.eval_on_selector(main, "e => e.scrollHeight")
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.wait().page.wait_for_timeout(400)
    PICTURES.mkdir(parents=True, exist_ok=True)
    look = request.node.callspec.params["visit"]
    visit.page.screenshot(path=str(PICTURES / f"{name}-{look}.png"))


def test_pages_are_reached_by_their_names(visit: Visit) -> None:
    visit.open("")
    for name in PAGES[1:]:
        visit.page.get_by_role("link", name=say_in("en", f"{name}.title"), exact=True).click()
        visit.page.wait_for_function(
            f"document.querySelector('h1')?.innerText === {say_in('en', f'{name}.title')!r}"
        )
        visit.wait()


def test_the_language_changes_every_word(visit: Visit) -> None:
    visit.open("retention")
    visit.page.get_by_text("中文").click()
    visit.page.wait_for_function("document.querySelector('h1')?.innerText === '留存'")
    assert "Cohort" not in visit.wait().page.inner_text('[data-testid="stMain"]')


def test_a_slice_shows_its_groups(visit: Visit, site: Site) -> None:
    visit.open("retention")
    visit.choose("retention-definition", "in that month or any later one")
    visit.choose("retention-slice", "country")
    # What is too small in every cohort is among the ranked groups, and has no cohorts to draw.
    groups = site.rows(
        "select distinct slice_value from retention.retention_cube where slice = 'country' "
        "and slice_value <> 'withheld'"
    )
    legend = visit.page.locator(".st-key-figure-retention_curves svg .role-legend-label text")
    legend.first.wait_for(state="attached")
    assert sorted(legend.all_text_contents()) == sorted(value for (value,) in groups)
    assert len(visit.options("retention-slice-value")) >= len(groups)


def test_the_groups_of_a_split_are_ranked_by_all_of_their_people(visit: Visit, site: Site) -> None:
    visit.open("retention?retention-slice=first_category")
    orders = site.csv("select * from core.orders where is_net_order")
    held = site.csv("select person_id, first_category from retention.customer_lifecycle")
    month = pd.to_datetime(orders["local_day"]).dt.to_period("M").map(lambda m: m.ordinal)
    orders = orders.assign(month=month).merge(held, on="person_id")
    first = orders.groupby("person_id")["month"].transform("min")
    # The sample's clock stands in May: who began in April has no whole month behind them.
    people = (
        orders[first < pd.Period("2025-04").ordinal]
        .assign(back=orders["month"] == first + 1)
        .groupby(["first_category", "person_id"])["back"]
        .any()
    )
    counts = people.groupby("first_category").agg(["size", "sum", "mean"])
    rows = visit.csv("retention_groups").set_index("slice_value")
    assert rows["eligible_count"].to_dict() == counts["size"].to_dict()
    assert rows["retained_count"].to_dict() == counts["sum"].to_dict()
    best, worst = counts["mean"].idxmax(), counts["mean"].idxmin()
    assert (
        f"Most came back of {best}: {counts['mean'].max():.1%}".replace("%", " %") in visit.words()
    )
    assert f"Fewest of {worst}:" in visit.words()


def test_the_triangle_is_the_cube(visit: Visit, site: Site) -> None:
    visit.open("retention")
    cells = site.rows(
        "select retention_rate from retention.retention_cube where cut_id = 'month_net_order_on' "
        # The row of means below them.
        "union all "
        "select retention_rate from retention.retention_curves where cut_id = 'month_net_order_on'"
    )
    # A chart may come a moment after the page that it stands on.
    texts = visit.page.locator(".st-key-figure-retention_triangle svg .mark-text.role-mark text")
    texts.first.wait_for(state="attached")
    drawn = texts.all_text_contents()
    assert sorted(map(int, drawn)) == sorted(int(f"{rate * 100:.0f}") for (rate,) in cells)


def test_a_row_of_the_triangle_says_how_many_people_it_has(visit: Visit, site: Site) -> None:
    visit.open("retention")
    rows = visit.page.locator(".st-key-figure-retention_triangle svg .role-axis-label text")
    rows.first.wait_for(state="attached")
    sizes = site.rows(
        "select cohort_size from retention.retention_cube "
        "where cut_id = 'month_net_order_on' and period_index = 0 order by cohort_start"
    )
    said = [text.rsplit(" · ", 1)[1] for text in rows.all_text_contents() if " · " in text]
    assert [number(text) for text in said] == [size for (size,) in sizes]


def test_a_click_on_a_cell_lists_its_people(visit: Visit, site: Site) -> None:
    visit.open("retention")
    assert not visit.page.locator(".st-key-figure-retention_people").count()
    triangle = visit.page.locator(".st-key-figure-retention_triangle svg .mark-rect.role-mark")
    # The first cohort has every period; its fourth cell is that of period 3.
    triangle.first.locator("path").nth(3).click()
    visit.wait()
    ((eligible, retained),) = site.rows(
        "select eligible_count, retained_count from retention.retention_cube "
        "where cut_id = 'month_net_order_on' and period_index = 3 order by cohort_start limit 1"
    )
    assert visit.page.locator(".st-key-retention-period-month input").input_value() == (
        "month 3 after the start"
    )
    assert f"The first 10 of {retained} people" in visit.words()
    visit.page.locator(".st-key-retention-people").get_by_text("stayed away").click()
    visit.wait()
    assert f"The first 10 of {eligible - retained} people" in visit.words()
    assert f"Of the {eligible} buyers" in visit.words()


def test_segments_are_the_mart(visit: Visit, site: Site) -> None:
    visit.open("lifecycle")
    rows = site.rows(
        "select count(*), sum(net_sales) from segments.rfm_segments group by segment "
        "order by sum(net_sales) desc, segment"
    )
    shown = visit.table("lifecycle_segments")
    assert [number(row[1]) for row in shown] == [people for people, _ in rows]
    assert [number(row[3]) for row in shown] == pytest.approx(
        [float(sales) for _, sales in rows], abs=1
    )


def test_the_lists_of_churn_are_the_mart(visit: Visit, site: Site) -> None:
    """The shop can contact a tenth of those who were judged: it is the shortest of the lists."""
    visit.open("churn")
    held = site.rows(
        "select selected_count, precision, recall, net_sales, customer_count "
        "from churn.churn_thresholds where is_champion order by selected_count, rule_name"
    )
    shown = visit.table("churn_thresholds")
    for place, column, slack in ((2, 0, 0), (4, 1, 0.0005001), (5, 2, 0.0005001), (6, 3, 0.5001)):
        figures = [number(row[place]) for row in shown]
        assert figures == pytest.approx([float(row[column]) for row in held], abs=slack)
    assert shown[0][0] == "as many as you can contact"
    assert number(shown[0][2]) == held[0][4] // 10


def test_quality_accounts_for_every_row(visit: Visit, site: Site) -> None:
    visit.open("quality")
    landed, accepted, superseded, repeated, lost = (
        number(text) for text in visit.page.locator(".sh-value").all_inner_texts()[:5]
    )
    assert landed == accepted + superseded + repeated + lost
    assert landed == site.rows("select sum(row_count) from core.data_quality")[0][0]
    share = 100 * accepted / (accepted + lost)
    assert f"{share:.1f} % of rows were accepted" in visit.words()
    by_table = visit.table("quality_tables")
    assert sum(number(row[6]) for row in by_table) == lost


def test_nothing_newer_than_the_clock_is_drawn(visit: Visit, site: Site) -> None:
    ((newest, clock),) = site.rows("""
        select max(day), any_value(open_day) from core.data_quality, core.clock
        where disposition = 'accepted'
    """)
    assert newest >= clock
    visit.open("quality?period=28")
    assert pd.to_datetime(visit.csv("quality_days")["day"]).max().date() == clock - timedelta(
        days=1
    )


def test_a_person_has_their_orders_and_is_found_by_a_part(visit: Visit, site: Site) -> None:
    person = someone(site)
    visit.open(f"customer?person={person}")
    ((orders,),) = site.rows(
        "select count(*) from core.orders, core.clock "
        f"where person_id = '{person}' and ordered_at < as_of_at"
    )
    assert len(visit.table("customer_orders")) == min(orders, 10)
    visit.page.get_by_role("textbox").fill(person[2:])
    visit.page.keyboard.press("Enter")
    visit.wait()
    assert person in visit.page.inner_text('[data-testid="stMain"]')
    visit.page.get_by_role("textbox").fill("nobody of that name")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("text=Nobody is called")


def test_a_person_has_what_their_orders_held_and_what_moves_their_risk(
    visit: Visit, site: Site
) -> None:
    person = someone(site)
    visit.open(f"customer?person={person}")
    held: dict[str, set[str]] = {}
    for order, quantity, name in site.rows(f"""
        select order_id, sum(quantity)::integer, name
        from core.money_lines inner join core.products using (source_name, product_id)
        where person_id = '{person}' and kind = 'item' group by order_id, product_id, name
    """):
        held.setdefault(order, set()).add(f"{quantity} × {name}" if quantity > 1 else name)
    rows = visit.table("customer_orders")
    assert len(rows) == 10
    for row in rows:
        assert set(row[2].split(" · ")) == held[row[1]]
    words = {("raises", 0): "raises it a little", ("raises", 1): "raises it",
             ("raises", 2): "raises it much", ("lowers", 0): "lowers it a little",
             ("lowers", 1): "lowers it", ("lowers", 2): "lowers it much"}  # fmt: skip
    reasons = site.rows(f"""
        select reason_en, direction,
            case when abs(contribution) < .25 then 0 when abs(contribution) < .5 then 1 else 2 end
        from churn.churn_reasons where person_id = '{person}' order by reason_rank
    """)
    assert len(reasons) > 1
    assert visit.table("customer_reasons") == [
        [reason, words[direction, much]] for reason, direction, much in reasons
    ]


def test_a_person_is_found_by_order_and_by_address(visit: Visit, site: Site) -> None:
    """What is typed is in no address of the page."""
    order, person = site.rows(
        "select order_id, person_id from core.orders where person_id like 'c:%' "
        "and order_id similar to 'o[0-9]+' and is_order order by order_id limit 1"
    )[0]
    visit.open("customer")
    for typed in (str(order), email_of(int(str(order)[1:]) // 1000).upper()):
        visit.page.get_by_role("textbox").fill(typed)
        visit.page.keyboard.press("Enter")
        visit.wait()
        assert visit.page.locator("h3").first.inner_text() == person
        assert "mail" not in visit.page.url.lower()


def test_an_order_is_overdue_by_as_many_days_as_the_mart_counts(visit: Visit, site: Site) -> None:
    ((late, days, day),) = site.rows(
        "select person_id, overdue_days, expected_order_day_high from retention.purchase_rhythm "
        "where overdue_days > 1 order by overdue_days desc, person_id limit 1"
    )
    visit.open(f"customer?person={late}")
    text = visit.page.inner_text('[data-testid="stMain"]')
    assert f"The next order is overdue by {days} days:" in text
    assert f"by {day:%-d %b %Y}." in text
    ((due,),) = site.rows(
        "select person_id from retention.purchase_rhythm where overdue_days = 0 "
        "order by expected_order_day_high, person_id limit 1"
    )
    visit.open(f"customer?person={due}")
    assert "overdue" not in visit.page.inner_text('[data-testid="stMain"]')


def test_drift_shows_what_matters_for_scores_and_its_csv_everything(
    visit: Visit, site: Site
) -> None:
    visit.open("churn_model")
    weights = site.rows("""
        select feature, share_of_total, psi
        from churn.churn_drivers
        inner join churn.churn_drift on subject = feature and compared_split = 'today'
        where share_of_total > 0 and classifier in
            (select classifier from churn.churn_scores where is_champion)
        order by share_of_total desc, psi desc
    """)
    # What grows for whoever does nothing, or never falls, is no news.
    moving = {"bg_nbd_no_order_probability", "visit_shortfall_since_last", "tenure_days",
              "first_category_repeat_lift"}  # fmt: skip
    assert moving < {feature for feature, *_ in weights[:12]}
    ((champion, psi),) = site.rows("""
        select subject, psi from churn.churn_drift
        where subject in (select classifier from churn.churn_scores where is_champion)
            and compared_split = 'today'
    """)
    name, _, first, *_ = visit.table("churn_drift")[0]
    assert name == f"score of {say_in('en', f'names.classifier.{champion}')}"
    assert number(first) == pytest.approx(psi, abs=0.0005001)
    shown = visit.table("churn_drift")[1:]
    assert len(shown) == 11
    kept = [row for row in weights if row[0] not in {*moves_with_time()}][:11]
    assert not moving & {feature for feature, *_ in kept}
    assert [row[0] for row in shown] == [say_in("en", f"names.feature.{f}") for f, *_ in kept]
    assert [number(row[2]) for row in shown] == pytest.approx([p for *_, p in kept], abs=0.0005001)
    csv = visit.csv("churn_drift")
    assert len(csv) == site.rows("select count(*) from churn.churn_drift")[0][0]


def test_a_name_leads_to_its_person(visit: Visit) -> None:
    visit.open("churn")
    customer = visit.table("churn_people")[0][0]
    person = f"c:shop:{customer}"
    visit.page.get_by_role("link", name=customer, exact=True).click()
    visit.page.wait_for_function("document.querySelector('h1')?.innerText === 'Customer'")
    visit.wait()
    assert person in visit.page.inner_text('[data-testid="stMain"]')


def test_a_publish_shows_by_itself_and_breaks_nothing(visit: Visit, site: Site) -> None:
    visit.open("lifecycle")
    footer = visit.page.locator(".sh-footer")
    before = int(re.findall(r"Publication (\d+)", footer.inner_text())[0])
    # More versions than are kept: the one that the page was drawn from is gone.
    for _ in range(4):
        site.publish()
    deadline = time.monotonic() + 60
    while f"Publication {before + 4} " not in footer.inner_text():
        assert time.monotonic() < deadline
        visit.wait().page.wait_for_timeout(500)
    visit.wait()
