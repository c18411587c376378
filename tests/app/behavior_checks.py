"""What the page Funnel and faults must show after a choice."""

import pandas as pd

from app.language import say_in
from tests.app.checks import chosen, same
from tests.app.conftest import Site, Visit
from tests.app.segment_checks import file_of
from tests.app.test_pages import number

# What a visit did to enter a step, and to take it, in core.sessions.
STEPS = {
    "cart": ("product_view_count", "cart_add_count"),
    "checkout": ("cart_add_count", "checkout_start_count"),
    "purchase": ("checkout_start_count", "purchase_count"),
}
# The latest cart of each customer, if it was abandoned, holds something, and no order came after.
LEFT = """
    select person_id, cart_value from behavior.carts
    where person_id in (select person_id from core.customers) and state = 'abandoned'
        and cart_value > 0
        and (person_id, opened_at) in (
            select (person_id, max(opened_at)) from behavior.carts group by person_id
        )
        and not exists (
            select 1 from core.orders
            where orders.person_id = carts.person_id and is_order
                and ordered_at >= carts.last_changed_at
        )
"""


def the_step(visit: Visit, site: Site, name: str) -> None:
    """The course of a step is that of visits, told from what each did."""
    by = visit.page.locator(".st-key-funnel-grain [aria-checked=true]").inner_text()
    the_course(visit, site, name, by)


def the_grain(visit: Visit, site: Site, name: str) -> None:
    """It is so by week and by day, too."""
    step = visit.page.locator(".st-key-funnel-step [aria-checked=true]").inner_text()
    the_course(visit, site, step, name)


def the_course(visit: Visit, site: Site, name: str, by: str) -> None:
    """The chart has every visit of a step, by month, week or day."""
    (step,) = (step for step in STEPS if say_in("en", f"funnel.step_{step}") == name)
    entered, reached = STEPS[step]
    grain = by.removeprefix("by ")
    back = {"month": "12 month", "week": "26 week", "day": "62 day"}[grain]
    held = site.csv(f"""
        select date_trunc('{grain}', local_day)::date as period_start,
            coalesce(device_type, 'unknown') as device,
            count(*) as entered_count, count(*) filter (where {reached} > 0) as reached_count
        from core.sessions
        where not is_bot and {entered} > 0
            and local_day < (select open_day from core.clock)
            and local_day >= (select date_trunc('{grain}', open_day - 1)::date - interval {back}
                from core.clock)
        group by all order by period_start, device
    """)
    shown = visit.csv("funnel_course")[list(held.columns)]
    pd.testing.assert_frame_equal(shown, held)


def the_funnel(visit: Visit) -> str:
    """The funnel that is chosen."""
    name = chosen(visit, "funnel-funnel")
    (funnel,) = (f for f in ("order", "first_order") if say_in("en", f"names.funnel.{f}") == name)
    return funnel


def the_steps(visit: Visit, site: Site, _: str) -> None:
    """The bars are the steps of all whose time is over."""
    same(visit.csv("funnel_steps")[["step_number", "reached_count"]], site.csv(f"""
        select step_number, reached_count from behavior.funnel_steps
        where funnel = '{the_funnel(visit)}' and slice = 'all' and is_mature order by 1
    """))  # fmt: skip


def the_slices(visit: Visit, site: Site, name: str) -> None:
    """Each slice has its own first step and ends, and together they are the whole."""
    kinds = ("device", "channel", "customer_kind", "country")
    (kind,) = (kind for kind in kinds if say_in("en", f"funnel.by_{kind}") == name)
    shown = visit.csv("funnel_slices").set_index("slice")
    held = site.rows(f"""
        select slice, step_number, reached_count from behavior.funnel_steps
        where funnel = '{the_funnel(visit)}' and slice_kind = '{kind}' and is_mature
    """)
    first = {name: count for name, step, count in held if step == 1}
    last = {name: count for name, step, count in held if step == max(s for _, s, _ in held)}
    assert shown["first_count"].to_dict() == first
    assert (shown["rate_from_first"] * shown["first_count"]).round().to_dict() == last
    assert sum(first.values()) == visit.csv("funnel_steps")["reached_count"].iloc[0]


def the_ways(visit: Visit, site: Site, name: str) -> None:
    """The ways to an end, and their shares, are all visits that end like this."""
    goal = "purchase" if name == "with an order" else "exit"
    ways = visit.csv("funnel_paths")
    ((ends,),) = site.rows(f"select sum(session_count) from behavior.top_paths where goal='{goal}'")
    assert ways["session_count"].sum() == ends
    assert abs(ways["session_share"].sum() - 1) < 1e-9
    last = {path.split(" → ")[-1] for path, *_ in visit.table("funnel_paths")}
    assert ("order" in last) == (goal == "purchase")


def the_carts_left(visit: Visit, site: Site) -> None:
    """Whose cart still stands, the fullest first."""
    held = sorted((value for _, value in site.rows(LEFT)), reverse=True)
    shown = [number(row[2]) for row in visit.table("funnel_people")]
    assert shown == [round(float(value)) for value in held[:12]]


def the_file_of_carts(visit: Visit, site: Site, purpose: str) -> None:
    """The file holds whoever left a cart."""
    the_carts_left(visit, site)
    file_of(visit, site, "funnel_people", [person for person, _ in site.rows(LEFT)], purpose)
