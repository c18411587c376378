"""What the page Value must show after a choice, counted anew from orders and persons."""

import pandas as pd
import pytest

from app.language import say_in
from tests.app.checks import chosen, same
from tests.app.conftest import Site, Visit
from tests.app.segment_checks import file_of
from tests.app.test_pages import number

TIERS = ("high", "potential_high", "low")
NAMES = {say_in("en", f"names.value_tier.{tier}"): tier for tier in (*TIERS, "none")}
CHANNELS = ("email", "paid_search", "paid_social")
# Who is of which tier, by what persons brought and will bring, without the room's own ranks.
RANKED = """
    select *, row_number() over (order by past desc, person_id) as past_rank,
        row_number() over (order by expected desc, person_id) as expected_rank
    from (
        select l.person_id, h.net_sales_365d as past, l.expected_net_sales_365d as expected, l.*
        from value.customer_ltv as l
        inner join value.value_history as h
            on l.person_id = h.person_id and h.cut_off_at = l.as_of_at
    )
"""
# What the cells of the grid count.
RECENCY = ((0, 29), (30, 89), (90, 179), (180, 364), (365, 10**6))
FREQUENCY = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 10**6))


def tier_of_all(site: Site) -> pd.DataFrame:
    people = site.csv(RANKED)
    fifth = -(-len(people) // 5)
    tier = pd.Series("low", people.index)
    tier[people["expected_rank"] <= fifth] = "potential_high"
    tier[people["past_rank"] <= fifth] = "high"
    return people.assign(tier=tier)


def the_tier(visit: Visit, site: Site, name: str) -> None:
    """The people of a tier, and what each tier brought, counted by hand."""
    people = tier_of_all(site)
    by_tier = people.groupby("tier")
    shown = {
        NAMES[row[0]]: [number(cell) for cell in row[1:]] for row in visit.table("value_tiers")
    }
    for tier, held in by_tier:
        count, share, past, expected, left, keeping, orders, booked = shown[tier]
        assert count == len(held)
        assert share == round(held["past"].sum() / people["past"].sum(), 2)
        assert past == pytest.approx(held["past"].mean(), abs=0.51)
        assert expected == pytest.approx(held["expected"].mean(), abs=0.51)
        assert left == pytest.approx(held["expected_value_365d"].mean(), abs=0.51)
        surely = held["value_if_staying_365d"] - held["expected_value_365d"]
        assert keeping == pytest.approx(surely.mean(), abs=0.51)
        assert orders == pytest.approx(held["p_order_90d"].mean(), abs=0.0051)
        assert booked == pytest.approx(held["booked_net_sales"].mean(), abs=0.51)
    words = visit.words()
    high = by_tier.get_group("high")
    assert f"High · {len(high)} people" in words
    assert f"High begins at £{high['past'].min():.2f} in the last 365 days" in words
    keeping = (high["value_if_staying_365d"] - high["expected_value_365d"]).mean()
    assert f"High £{round(keeping)}" in words
    first = by_tier.get_group(NAMES[name]).sort_values(
        ["expected_value_365d", "person_id"], ascending=[False, True]
    )
    rows = visit.table("value_people")
    assert [number(row[2]) for row in rows] == [
        round(v) for v in first["expected_value_365d"].head(12)
    ]
    assert f"The first 12 of {len(first):,} people" in words


def the_file_of_tier(visit: Visit, site: Site, purpose: str) -> None:
    """The file of a tier holds its people."""
    people = tier_of_all(site)
    tier = NAMES[chosen(visit, "value-tier")]
    file_of(visit, site, "value_people", list(people.loc[people["tier"] == tier, "person_id"]),
            purpose)  # fmt: skip


def the_matrix(visit: Visit, site: Site, measure: str) -> None:
    """Each cell has the people of its days and orders, and the mean of what is expected."""
    people = site.csv(
        "select l.*, c.open_day - l.last_order_on as days from value.customer_ltv as l, "
        "core.clock as c"
    )
    cells = visit.csv("value_matrix")
    ends = [(recency, frequency) for recency in RECENCY for frequency in FREQUENCY]
    assert len(cells) == len(ends)
    for cell, ((oldest, newest), (fewest, most)) in zip(cells.itertuples(), ends, strict=True):
        held = people[people["days"].between(oldest, newest)
                      & people["order_day_count"].between(fewest, most)]  # fmt: skip
        assert cell.people_count == len(held)
        if len(held):
            assert cell.p_order_90d == pytest.approx(held["p_order_90d"].mean(), abs=1e-6)
            assert cell.expected_value == pytest.approx(
                held["expected_value_365d"].mean(), abs=1e-3
            )
            surely = held["value_if_staying_365d"] - held["expected_value_365d"]
            assert cell.keeping == pytest.approx(surely.mean(), abs=1e-3)
    column = next(
        (
            column
            for column, words in (
                ("people_count", "people"), ("p_order_90d", "orders"), ("keeping", "what making"),
            )
            if measure.startswith(words)
        ),
        "expected_value",
    )  # fmt: skip
    labels = visit.page.locator(".st-key-figure-value_matrix svg .mark-text.role-mark text")
    seen = [number(text) for text in labels.all_text_contents()]
    full = cells[cells["people_count"] > 0]
    assert sorted(seen) == sorted(
        full[column].round(2) if column == "p_order_90d" else full[column].round()
    )


def the_channel(visit: Visit, site: Site, name: str) -> None:
    """A channel's months: what people of its first visits brought, and when that was the cost."""
    (channel,) = (c for c in CHANNELS if say_in("en", f"names.channel.{c}") == name)
    ((margin,),) = site.rows("select distinct margin from value.payback")
    sold = site.csv(f"""
        with orders as (
            select person_id, date_trunc('month', local_day)::date as month, net_sales
            from core.orders
            where is_net_at_clock and ordered_at < (select as_of_at from core.clock)
        ),
        firsts as (select person_id, min(month) as acquisition_month from orders group by 1)
        select acquisition_month, datediff('month', acquisition_month, month) as period_index,
            sum(net_sales)::double as net_sales
        from orders inner join firsts using (person_id)
        inner join retention.customer_lifecycle as l using (person_id)
        where l.channel = '{channel}' and month < date '2025-05-01'
        group by all order by all
    """)
    costs = site.csv(f"""
        select acquisition_month, people_count, cost::double as cost from retention.channel_quality
        where channel = '{channel}' and cost > 0 order by acquisition_month desc
    """)
    shown = visit.csv("value_months")
    same(shown, costs[["acquisition_month", "people_count"]])
    for month, cost in zip(shown.itertuples(), costs["cost"], strict=True):
        own = sold[sold["acquisition_month"] == month.acquisition_month]
        left = own["net_sales"].cumsum() * margin
        assert month.left_per_person == pytest.approx(left.iloc[-1] / month.people_count, abs=1e-3)
        paid = own.loc[left >= cost, "period_index"]
        assert (pd.isna(month.payback_index)) == paid.empty
        assert paid.empty or month.payback_index == paid.iloc[0]
    (row,) = (row for row in visit.table("value_channels") if row[0] == name)
    assert number(row[1]) == costs["people_count"].sum()
    assert number(row[2]) == pytest.approx(costs["cost"].sum(), abs=0.5)
    assert number(row[3]) == pytest.approx(
        costs["cost"].sum() / costs["people_count"].sum(), abs=0.01
    )
    assert number(row[4]) == pytest.approx(
        (shown["left_per_person"].fillna(0) * shown["people_count"]).sum() - costs["cost"].sum(),
        abs=1.5,
    )
    assert row[6] == f"{shown['payback_index'].notna().sum()} of {len(shown)}"
    # Of months that have had a year, April 2024 is the first that is not settled.
    late = shown[shown["payback_index"].isna()]
    written = {
        "not within 12 months" if m < "2024-04" else "not yet" for m in late["acquisition_month"]
    }
    cells = {row[5] for row in visit.table("value_months")[:12]}
    assert cells & {"not yet", "not within 12 months"} <= written


def the_moves_of_value(visit: Visit, site: Site, month: str) -> None:
    """Who moved, from the tiers at two month ends."""
    months = site.rows("select distinct month, strftime(month, '%B %Y') from value.value_history")
    name = month.removesuffix(", so far")
    (day,) = (day for day, written in months if written == name)
    ends = {}
    for shift in (0, 1):
        people = site.csv(f"""
            select person_id, net_sales_365d as past, expected_net_sales_365d as expected
            from value.value_history where month = date '{day}' - interval {shift} month
        """).sort_values("person_id")
        fifth = -(-len(people) // 5)
        top = people.sort_values("past", ascending=False, kind="stable").head(fifth)
        hope = people.sort_values("expected", ascending=False, kind="stable").head(fifth)
        tier = pd.Series("low", people["person_id"])
        tier[list(hope["person_id"])] = "potential_high"
        tier[list(top["person_id"])] = "high"
        ends[shift] = tier
    both = pd.concat(ends, axis=1).fillna("none")
    moved = both[both[0] != both[1]].groupby([1, 0]).size()
    shown = {
        tuple(NAMES[end] for end in row[0].split(" → ")): number(row[1])
        for row in visit.table("value_moves")
    }
    assert shown == moved.to_dict()
    lost = moved[[before == "high" for before, _ in moved.index]].sum()
    people = "1 person" if lost == 1 else f"{lost:,} people"
    assert f"{people} left the high tier" in visit.words()


def the_record(visit: Visit, site: Site, days: str) -> None:
    """What the model foresaw is the sum of what it expected, and what came is of the orders."""
    ahead = int(number(days))
    ((cut_off,),) = site.rows(f"select as_of_at - interval {ahead} day from core.clock")
    # Whoever had bought by then, and what was not given back of it by then.
    held = site.rows(f"""
        with buyers as (
            select distinct person_id from (
                select m.person_id, m.order_id from core.money_lines as m
                inner join core.orders as o on m.order_id = o.order_id and o.is_order
                where m.effective_at < '{cut_off}'
                    and m.kind in ('item', 'discount', 'refund', 'cancellation')
                group by m.person_id, m.order_id having sum(m.native_amount) > 0)
        )
        select sum(o.net_sales)::double
        from core.orders as o, core.clock as c
        where o.is_net_at_clock and o.ordered_at >= '{cut_off}' and o.ordered_at < c.as_of_at
            and o.person_id in (from buyers)
    """)
    record = visit.csv("value_record").set_index("forecaster")
    assert record.loc["model", "actual_total"] == pytest.approx(held[0][0], rel=1e-5)
    model = record.loc["model"]
    assert model["bias"] == pytest.approx(model["predicted_total"] / model["actual_total"] - 1)
    better = record.loc["own_past_rate"]
    assert (
        model["correlation"] >= better["correlation"]
        or model["mean_absolute_error"] <= better["mean_absolute_error"]
    ) == model["is_served"]
    words = visit.words()
    assert f"£{round(model['predicted_total']):,} were foreseen for the next {ahead} days" in words
    assert f"£{round(model['actual_total']):,} came" in words
