"""Customer: one person on one page."""

from collections.abc import Hashable
from typing import Any

import altair as alt

from app import charts, figures, layout
from app.language import name_of, say
from app.palette import BLUE, GREY
from app.parts import person_orders, person_risk, person_search, recommended
from app.published import Published
from app.registry import Page

_PROFILE = """
select country, city, gender, birth_year, income_band, has_marketing_consent, signed_up_at
from core.customers
where person_id = $person
order by has_profile desc, customer_id
limit 1
"""

_STATE = """
select lifecycle_state, days_since_active, active_day_count, first_active_day, last_active_day
from retention.customer_lifecycle
where person_id = $person
"""

_SEGMENT = """
select
    segment, order_count, net_sales::double as net_sales,
    recency_score, frequency_score, monetary_score
from segments.rfm_segments
where person_id = $person
"""

_RHYTHM = """
select
    order_day_count, days_since_last_order,
    expected_gap_days, expected_gap_days_low, expected_gap_days_high,
    expected_order_day, expected_order_day_low, expected_order_day_high,
    overdue_days, overdue_score
from retention.purchase_rhythm
where person_id = $person
"""

_VISITS = """
select
    timezone(time_zone, started_at at time zone 'UTC') as local_time,
    started_at, ended_at, device_type, utm_source, event_count, product_view_count,
    cart_add_count, purchase_count, is_engaged
from core.sessions
cross join core.clock
where person_id = $person and not is_bot and started_at < as_of_at
order by started_at desc, session_id
"""

_DAYS = """
select local_day, event_count, order_count, net_sales::double as net_sales
from core.customer_days
cross join core.clock
where person_id = $person and local_day < open_day
order by local_day
"""


def _render(published: Published) -> None:
    person = person_search.choose(published)
    if person is None:
        return
    currency = layout.currency(published)
    layout.section(person)
    _profile(published, person)
    _cards(published, person, currency)
    person_orders.show(published, person, currency)
    if published.has("recommendations.product_recommendations"):
        layout.section(say("customer.next"))
        recommended.briefly(published, person)
    if published.has("churn.churn_scores"):
        person_risk.show(published, person)
    layout.section(say("customer.days"))
    _days(published, person)
    if published.has("core.sessions"):
        _visits(published, person)


def _one(published: Published, mart: str, sql: str, person: str) -> dict[str, Any]:
    """Return a person's row of a mart; empty where there is none, or no such mart."""
    if not published.has(mart):
        return {}
    return next(iter(layout.rows(published.ask(sql, person=person).frame)), {})


def _profile(published: Published, person: str) -> None:
    row = _one(published, "core.customers", _PROFILE, person)
    parts = []
    if row:
        place = ", ".join(str(v) for v in (row["city"], row["country"]) if v)
        born = say("customer.born", year=int(row["birth_year"])) if row["birth_year"] else ""
        gender = name_of("gender", row["gender"]) if row["gender"] else ""
        day = row["signed_up_at"]
        since = say("customer.since", day=figures.day(day)) if day else ""
        consent = say("customer.consent" if row["has_marketing_consent"] else "customer.no_consent")
        parts = [part for part in (place, born, gender, since, consent) if part]
    without = "customer.by_mail" if person.startswith("e:") else "customer.no_profile"
    layout.caption("  ·  ".join(parts) if parts else say(without))


def _cards(published: Published, person: str, currency: str) -> None:
    state = _one(published, "retention.customer_lifecycle", _STATE, person)
    segment = _one(published, "segments.rfm_segments", _SEGMENT, person)
    rhythm = _one(published, "retention.purchase_rhythm", _RHYTHM, person)
    items = [
        (
            say("customer.state"),
            name_of("state", state["lifecycle_state"]),
            say("customer.last_active", day=figures.day(state["last_active_day"])),
        )
    ]
    if segment:
        scores = say(
            "customer.scores",
            **{
                name: int(segment[f"{name}_score"]) for name in ("recency", "frequency", "monetary")
            },
        )
        items += [
            (say("axis.segment"), name_of("segment", segment["segment"]), scores),
            (
                say("customer.orders"),
                figures.count(segment["order_count"]),
                say("customer.last_order", days=figures.count(rhythm["days_since_last_order"]))
                if rhythm
                else "",
            ),
            (
                say("customer.net_sales"),
                figures.money(segment["net_sales"], currency, 2),
                say("customer.all_time"),
            ),
        ]
    if rhythm:
        items.append(
            (
                say("customer.next_order"),
                figures.day(rhythm["expected_order_day"]),
                f"{figures.day(rhythm['expected_order_day_low'])} – "
                f"{figures.day(rhythm['expected_order_day_high'])}",
            )
        )
    layout.cards(items)
    if rhythm.get("overdue_days"):
        layout.remark(_overdue(rhythm))
    layout.computed(
        "customer_cards",
        published.ask(_SEGMENT, person=person),
        "retention.customer_lifecycle",
        "segments.rfm_segments",
        "retention.purchase_rhythm",
    )


def _overdue(rhythm: dict[str, Any]) -> str:
    days = int(rhythm["overdue_days"])
    return say(
        "customer.next_order_overdue",
        days=say("unit.day") if days == 1 else say("unit.days", count=figures.count(days)),
        day=figures.day(rhythm["expected_order_day_high"]),
    )


def _days(published: Published, person: str) -> None:
    answer = published.ask(_DAYS, person=person)
    names = {"order": say("customer.day_of_order"), "visit": say("customer.day_of_visit")}
    frame = answer.frame.assign(
        kind=[names["order" if n else "visit"] for n in answer.frame["order_count"]]
    )
    drawing = charts.strip(
        frame, "local_day", "kind", order=list(names.values()),
        fixed={names["order"]: BLUE, names["visit"]: GREY},
        tips=[
            alt.Tooltip("local_day:T", title=say("axis.day"), format="%Y-%m-%d"),
            alt.Tooltip("event_count:Q", title=say("unit.events"), format=","),
            alt.Tooltip("order_count:Q", title=say("unit.orders"), format=","),
        ],
    )  # fmt: skip
    layout.chart("customer_days", drawing, answer, "core.customer_days")


def _minutes(row: dict[Hashable, Any]) -> str:
    return figures.decimal((row["ended_at"] - row["started_at"]).total_seconds() / 60, 1)


def _visits(published: Published, person: str) -> None:
    answer = published.ask(_VISITS, person=person)
    layout.section(say("customer.visits"))
    if answer.frame.empty:
        layout.notice(say("customer.no_visit"), say("customer.no_visit_remedy"))
        return
    column = layout.Column
    layout.table(
        "customer_visits",
        answer,
        [
            column("local_time", say("axis.started_at"), figures.instant, is_text=True),
            column("ended_at", say("unit.minutes"), write_row=_minutes),
            column("device_type", say("axis.device"), lambda v: name_of("device", v),
                   is_text=True),
            column("utm_source", say("axis.came_from"), is_text=True),
            column("event_count", say("unit.events"), figures.count),
            column("product_view_count", say("unit.product_views"), figures.count),
            column("cart_add_count", say("unit.cart_adds"), figures.count),
            column("purchase_count", say("unit.purchases"), figures.count),
        ],
        "core.sessions",
        limit=15,
    )  # fmt: skip


PAGE = Page(
    name="customer",
    order=80,
    room="core",
    needs=("retention.customer_lifecycle", "core.customer_days", "core.orders",
           "segments.rfm_segments"),
    render=_render,
)  # fmt: skip
