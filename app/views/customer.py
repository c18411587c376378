"""Customer: one person on one page."""

from collections.abc import Hashable
from typing import Any

import altair as alt
import streamlit as st

from app import charts, choices, figures, layout
from app.language import language, name_of, say
from app.palette import BLUE, GREY
from app.published import Published
from app.registry import Page
from stayhouse.base import project
from stayhouse.landing import who

# A search looks at buyers and accounts: whoever has neither has nothing to show but visits.
_SEARCH = """
select person_id
from (select person_id from retention.customer_lifecycle where contains(person_id, $text))
order by length(person_id), person_id
limit 50
"""

_FIND = f"""
select person_id
from ({who.FIND})
where person_id in (select person_id from retention.customer_lifecycle)
order by found_by, person_id
limit 50
"""

_IS_SAMPLE = "select 1 from core.clock where is_sample"

_EXISTS = "select 1 from retention.customer_lifecycle where person_id = $person"

_SOME = """
select person_id
from retention.customer_lifecycle
order by active_day_count desc, person_id
limit 5
"""

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
    segment, recency_days, order_count, net_sales::double as net_sales,
    recency_score, frequency_score, monetary_score
from segments.rfm_segments
where person_id = $person
"""

_RHYTHM = """
select
    order_day_count, expected_gap_days, expected_gap_days_low, expected_gap_days_high,
    expected_order_day, expected_order_day_low, expected_order_day_high,
    overdue_days, overdue_score
from retention.purchase_rhythm
where person_id = $person
"""

_SCORES = """
select classifier, churn_probability, risk_band, is_champion, horizon_days
from churn.churn_scores
where person_id = $person
order by is_champion desc, classifier
"""

_REASONS = """
select
    reason_rank, reason_{tongue} as reason, family,
    coalesce(direction, '') as direction, contribution, explained_classifier
from churn.churn_reasons
where person_id = $person
order by reason_rank
"""

_ORDERS = """
select
    ordered_at, order_id, order_number, status, item_quantity,
    gross_sales::double as gross_sales, discount_amount::double as discount_amount,
    refund_amount::double as refund_amount, net_sales::double as net_sales
from core.orders
where person_id = $person
order by ordered_at desc, order_id
"""

_VISITS = """
select
    started_at, ended_at, device_type, utm_source, event_count, product_view_count,
    cart_add_count, purchase_count, is_engaged
from core.sessions
where person_id = $person and not is_bot
order by started_at desc, session_id
"""

_DAYS = """
select local_day, event_count, order_count, net_sales::double as net_sales
from core.customer_days
where person_id = $person
order by local_day
"""


def _render(published: Published) -> None:
    person = _choose(published)
    if person is None:
        return
    currency = layout.currency(published)
    layout.section(person)
    _profile(published, person)
    _cards(published, person, currency)
    layout.section(say("customer.days"))
    _days(published, person)
    if published.has("churn.churn_scores"):
        _churn(published, person)
    _orders(published, person, currency)
    if published.has("core.sessions"):
        _visits(published, person)


def _choose(published: Published) -> str | None:
    if "customer-text" not in st.session_state:
        st.session_state["customer-text"] = st.query_params.get("person", "")
    # The browser is told not to remember what may be an address.
    text = st.text_input(
        say("customer.search"), key="customer-text", placeholder="c:shop:…", autocomplete="off"
    ).strip()
    if not text:
        layout.notice(say("customer.nobody_chosen"), say("customer.nobody_chosen_remedy"))
        answer = published.ask(_SOME)
        column = layout.Column("person_id", say("customer.for_instance"), is_text=True,
                               link=layout.person_link)  # fmt: skip
        if not answer.frame.empty:
            layout.table("customer_some", answer, [column], "retention.customer_lifecycle")
        return None
    is_sample = (
        published.has("core.clock", "is_sample") and not published.ask(_IS_SAMPLE).frame.empty
    )
    key = who.secret(project.pii_key(), is_sample)
    found = _found(published, text, key)
    if not found:
        _nobody(text, key)
        return None
    if len(found) == 1:
        return found[0]
    count = f"{len(found)}{'+' if len(found) >= 50 else ''}"
    return str(choices.one(say("customer.several", count=count), found, key="customer-found"))


def _found(published: Published, text: str, key: str | None) -> list[str]:
    """The people that a text means: a whole person_id, else by order, customer, address or part.

    An address is hashed here, and asked for as its hash alone.
    """
    found: list[str] = []
    is_id = not who.is_address(text)
    if is_id and not published.ask(_EXISTS, person=text).frame.empty:
        return [text]
    if all(published.has(mart, *columns) for mart, columns in who.READS.items()):
        found += list(published.ask(_FIND, **who.known(text, key)).frame["person_id"])
    if is_id:
        found += list(published.ask(_SEARCH, text=text).frame["person_id"])
    return list(dict.fromkeys(found))


def _nobody(text: str, key: str | None) -> None:
    if not who.is_address(text):
        layout.notice(say("customer.not_found", text=text), say("customer.not_found_remedy"))
    elif key is None:
        layout.notice(say("customer.no_key"), say("customer.no_key_remedy"))
    else:
        layout.notice(say("customer.not_found_address"), say("customer.not_found_address_remedy"))


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
        scores = "-".join(
            str(int(segment[f"{name}_score"])) for name in ("recency", "frequency", "monetary")
        )
        items += [
            (say("axis.segment"), name_of("segment", segment["segment"]), f"RFM {scores}"),
            (
                say("customer.orders"),
                figures.count(segment["order_count"]),
                say("customer.last_order", days=figures.count(segment["recency_days"])),
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


def _churn(published: Published, person: str) -> None:
    answer = published.ask(_SCORES, person=person)
    layout.section(say("customer.churn"))
    if answer.frame.empty:
        layout.notice(say("customer.no_score"), say("customer.no_score_remedy"))
        return
    column = layout.Column
    sentence = f"reason_{language()}"
    if published.has("churn.churn_reasons", sentence):
        reasons = published.ask(_REASONS.format(tongue=language()), person=person)
        if not reasons.frame.empty:
            layout.table(
                "customer_reasons",
                reasons,
                [
                    column("reason", say("axis.reason"), is_text=True, is_long=True),
                    column("direction", say("axis.direction"), lambda v: name_of("direction", v),
                           is_text=True),
                    column("contribution", say("axis.contribution"),
                           lambda v: figures.decimal(v, 2)),
                    column("explained_classifier", say("axis.classifier"),
                           lambda v: name_of("classifier", v), is_text=True),
                ],
                "churn.churn_reasons",
            )  # fmt: skip
    layout.table(
        "customer_scores",
        answer,
        [
            column("classifier", say("axis.classifier"), lambda v: name_of("classifier", v),
                   is_text=True),
            column("churn_probability", say("unit.probability"), figures.percent),
            column("risk_band", say("axis.band"), lambda v: name_of("band", v), is_text=True),
        ],
        "churn.churn_scores",
        marked="is_champion",
    )  # fmt: skip


def _orders(published: Published, person: str, currency: str) -> None:
    answer = published.ask(_ORDERS, person=person)
    layout.section(say("customer.orders_list"))
    if answer.frame.empty:
        layout.notice(say("customer.no_order"), say("customer.no_order_remedy"))
        return

    def amount(value: Any) -> str:
        return figures.decimal(value, 2)

    column = layout.Column
    layout.table(
        "customer_orders",
        answer,
        [
            column("ordered_at", say("axis.ordered_at"), figures.instant, is_text=True),
            column("order_id", say("axis.order"), is_text=True),
            column("status", say("axis.status"), lambda v: name_of("status", v), is_text=True),
            column("item_quantity", say("unit.items"), figures.count),
            column("gross_sales", say("unit.gross", currency=currency), amount),
            column("discount_amount", say("unit.discount", currency=currency), amount),
            column("refund_amount", say("unit.refund", currency=currency), amount),
            column("net_sales", say("unit.net_sales", currency=currency), amount),
        ],
        "core.orders",
        limit=20,
    )


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
            column("started_at", say("axis.started_at"), figures.instant, is_text=True),
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
