"""The page Funnel and faults says what is broken, and the overview says it too."""

from datetime import date, timedelta

from tests.app.conftest import Site, Visit

# The planted shop's tablets fail from its day 300 on.
BROKEN_FROM = date(2024, 1, 1) + timedelta(days=300)


def test_what_is_broken_is_said_where_people_look(visit: Visit, site: Site) -> None:
    ((since, entered, reached),) = site.rows("""
        select any_value(started_on), count(*), count(*) filter (where purchase_count > 0)
        from behavior.funnel_anomalies
        inner join core.sessions
            on device = device_type and local_day >= started_on and not is_bot
            and checkout_start_count > 0 and local_day < (select open_day from core.clock)
        where state = 'open' and step = 'purchase'
    """)
    assert abs((since - BROKEN_FROM).days) <= 7
    sentence = f"Tablet: of 100 checkouts {100 * reached / entered:.0f} end in an order, usually 8"
    visit.open("funnel")
    assert sentence in visit.words()
    visit.open("")
    assert sentence in visit.words()
    visit.page.get_by_role("link", name="Funnel and faults", exact=True).last.click()
    visit.page.wait_for_selector(".sh-warning")
