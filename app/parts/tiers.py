"""What a customer of each tier brought and will bring, and who they are."""

from typing import Any

from app import choices, figures, layout, people
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

TIERS = ("high", "potential_high", "low")
_PLACE = "list_position([" + ", ".join(f"'{tier}'" for tier in TIERS) + "], value_tier)"

# The ends of the interval are those of the customer in the middle: what four in five of such
# people keep to, not how well the mean is known.
_TIERS = f"""
select
    value_tier,
    count(*) as people_count,
    sum(t.net_sales_365d)::double / nullif(sum(sum(t.net_sales_365d)) over (), 0)::double as share,
    sum(l.booked_net_sales)::double / count(*) as booked_per_person,
    sum(t.net_sales_365d)::double / count(*) as past_per_person,
    avg(l.expected_net_sales_365d) as expected,
    median(l.expected_net_sales_365d_low) as expected_low,
    median(l.expected_net_sales_365d_high) as expected_high,
    avg(l.expected_value_365d) as expected_value,
    avg(l.value_if_staying_365d - l.expected_value_365d) as keeping,
    avg(l.p_order_90d) as p_order_90d,
    bool_and(t.is_served) as is_served
from strategy.value_tiers as t
inner join value.customer_ltv as l on t.person_id = l.person_id
group by value_tier
order by {_PLACE}
"""

_EDGES = """
select measure, lowest_inside, inside_count, buyer_count, tied_outside_count
from strategy.value_tier_edges
where not is_month_complete
order by measure desc
"""

_PEOPLE = """
select
    t.person_id, l.expected_value_365d, l.p_order_90d,
    l.value_if_staying_365d - l.expected_value_365d as keeping,
    t.net_sales_365d::double as past
from strategy.value_tiers as t
inner join value.customer_ltv as l on t.person_id = l.person_id
where t.value_tier = $tier
"""


def answer(published: Published, currency: str) -> None:
    """Say what a customer of each tier is worth, and what keeping one may cost."""
    rows = layout.rows(published.ask(_TIERS).frame)
    layout.cards(_card(row, currency) for row in rows)
    if not all(row["is_served"] for row in rows):
        layout.notice(say("value.not_served"), say("value.not_served_remedy"))
        return
    told = "; ".join(
        say("value.keep_one", tier=name_of("value_tier", row["value_tier"]),
            amount=figures.money(row["keeping"], currency))
        for row in rows
    )  # fmt: skip
    layout.remark(say("value.keep", told=told))


@by_itself
def show(published: Published, currency: str) -> None:
    """List the tiers, say where they end, and list the people of one."""
    found = published.ask(_TIERS)
    column = layout.Column

    def amount(value: Any) -> str:
        return figures.decimal(value, 0)

    layout.table(
        "value_tiers",
        found,
        [
            column("value_tier", say("value.tier"), lambda v: name_of("value_tier", v),
                   is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("share", say("value.share"), lambda v: figures.percent(v, 0)),
            column("past_per_person", say("value.past", currency=currency), amount),
            column("expected", say("value.expected", currency=currency), amount,
                   interval=("expected_low", "expected_high")),
            column("expected_value", say("value.expected_value", currency=currency), amount),
            column("keeping", say("value.keeping", currency=currency), amount),
            column("p_order_90d", say("value.p_order"), lambda v: figures.percent(v, 0),
                   is_minor=True),
            column("booked_per_person", say("value.booked", currency=currency), amount,
                   is_minor=True),
        ],
        "strategy.value_tiers", "value.customer_ltv",
    )  # fmt: skip
    for row in layout.rows(published.ask(_EDGES).frame):
        if row["lowest_inside"] is None:
            continue
        told = say(
            f"value.edge_{row['measure']}",
            amount=figures.money(row["lowest_inside"], currency, 2),
            inside=figures.people(row["inside_count"]),
        )
        if row["tied_outside_count"]:
            told += " " + say("value.tied", tied=figures.people(row["tied_outside_count"]))
        layout.caption(told)
    tier = choices.one(
        say("value.choose_tier"), list(found.frame["value_tier"]), key="value-tier",
        write=lambda v: name_of("value_tier", v),
    )  # fmt: skip
    people.listed(
        "value_people", published, _PEOPLE, "strategy.value_tiers", "value.customer_ltv",
        order="expected_value_365d desc nulls last, past desc", limit=12,
        extra=[
            column("expected_value_365d", say("value.expected_value", currency=currency), amount),
            column("keeping", say("value.keeping", currency=currency), amount),
            column("p_order_90d", say("value.p_order"), lambda v: figures.percent(v, 0)),
            column("past", say("value.past", currency=currency), amount),
        ],
        of=tier, tier=tier,
    )  # fmt: skip


def _card(row: dict[str, Any], currency: str) -> tuple[str, str, str]:
    label = say("value.card", tier=name_of("value_tier", row["value_tier"]),
                people=figures.people(row["people_count"]))  # fmt: skip
    past = figures.money(row["past_per_person"], currency)
    if row["expected"] is None:
        return label, past, say("value.card_past")
    return (
        label,
        figures.money(row["expected"], currency),
        say("value.card_expected", past=past,
            low=figures.money(row["expected_low"], currency),
            high=figures.money(row["expected_high"], currency)),
    )  # fmt: skip
