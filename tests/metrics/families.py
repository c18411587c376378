"""The same metrics as SQL on the marts, written by hand from their definitions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

_COUNTRY = {"person__country": "c.country", "person__city": "c.city"}
_SEGMENT = {"person__segment": "r.segment"}
_CALENDAR = {
    "calendar_day__is_day_complete": "{day} < k.open_day",
    "calendar_day__is_week_complete": "date_trunc('week', {day}) < date_trunc('week', k.open_day)",
    "calendar_day__is_month_complete": "year({day}) * 12 + month({day}) "
    "< year(k.open_day) * 12 + month(k.open_day)",
}
_PEOPLE = (
    " left join core.customers as c on f.person_id = c.person_id"
    " left join segments.rfm_segments as r on f.person_id = r.person_id"
)
# The local day, computed from the instant: a metric that took the UTC day would differ.
_LOCAL = "timezone(k.time_zone, timezone('UTC', f.{instant}))::date"


@dataclass(frozen=True)
class Family:
    """Metrics over one mart: how its rows, time and dimensions read in SQL."""

    mart: str
    day: str
    metrics: dict[str, str]
    where: str = "true"
    joins: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
    grains: tuple[str, ...] = ("day", "week", "month")

    def sql(self, values: Sequence[str], by: Sequence[str] = (), where: str = "true") -> str:
        """A query of these values by these expressions."""
        return (
            f"select {', '.join((*by, *values))} from {self.mart} as f cross join core.clock as k"
            f"{self.joins} where ({self.where}) and ({where}) group by all"
        )

    def period(self, grain: str) -> str:
        """The first day of the period; weeks begin on Monday."""
        day = f"({self.day})"
        return {
            "day": day,
            "week": f"({day} - (isodow({day}) - 1)::integer)",
            "month": f"make_date(year({day}), month({day}), 1)",
            "quarter": f"make_date(year({day}), (quarter({day}) - 1) * 3 + 1, 1)",
        }[grain]

    def by(self, dimension: str) -> str:
        return self.dimensions[dimension].format(day=f"({self.day})")


_CUBE_CELLS = "f.is_mature and f.period_index > 0 and f.cut_id = 'month_net_order_on'"
_SLICED_CELLS = (
    "f.is_mature and f.period_index > 0 and f.cohort_grain = 'month' and f.clock_kind = 'calendar' "
    "and f.start_kind = 'net_order' and f.return_kind = 'net_order' and f.min_occurrences = 1 "
    "and f.definition = 'on_or_after'"
)


def _gained_and_lost(prefix: str, grain: str, grains: tuple[str, ...]) -> Family:
    return Family(
        mart="retention.lifecycle",
        day="f.period_start",
        metrics={
            f"{prefix}new_people": "sum(f.new_count)",
            f"{prefix}returning_people": "sum(f.returning_count)",
            f"{prefix}resurrected_people": "sum(f.resurrected_count)",
            f"{prefix}lapsed_people": "sum(f.lapsed_count)",
            f"{prefix}gained_people": "sum(f.new_count + f.resurrected_count)",
            f"{prefix}quick_ratio": "sum(f.new_count + f.resurrected_count) "
            "/ nullif(sum(f.lapsed_count), 0)",
        },
        where=f"f.period_grain = '{grain}'",
        dimensions={"lifecycle_period__period_grain": "f.period_grain"},
        grains=grains,
    )


FAMILIES = {
    "activity": Family(
        mart="core.customer_days",
        day="f.local_day",
        metrics={"active_people": "count(distinct f.person_id)"},
        joins=_PEOPLE,
        dimensions={
            "active_day__source_name": "f.source_name",
            **_COUNTRY,
            **_SEGMENT,
            **_CALENDAR,
        },
    ),
    "people": Family(
        mart="retention.customer_lifecycle",
        day="f.as_of_date",
        metrics={"people": "count(*)"},
        joins=_PEOPLE,
        dimensions={"person__lifecycle_state": "f.lifecycle_state", **_COUNTRY, **_SEGMENT},
    ),
    "months": _gained_and_lost("", "month", ("day", "month", "quarter")),
    "weeks": _gained_and_lost("weekly_", "week", ("day", "week", "month")),
    "buyers": Family(
        mart="segments.rfm_segments",
        day="f.as_of_date",
        metrics={
            "buyers": "count(*)",
            "repeat_buyers": "count(*) filter (f.order_count >= 2)",
            "repeat_rate": "avg((f.order_count >= 2)::integer)",
            "buyers_net_sales": "sum(f.net_sales)",
            "value_per_customer": "sum(f.net_sales) / count(*)",
        },
        joins=" left join core.customers as c on f.person_id = c.person_id",
        dimensions={"person__segment": "f.segment", **_COUNTRY},
    ),
    "orders": Family(
        mart="core.orders",
        day=_LOCAL.format(instant="ordered_at"),
        metrics={
            "orders": "count(*)",
            "net_sales": "sum(f.net_sales)",
            "gross_sales": "sum(f.gross_sales)",
            "net_sales_per_order": "sum(f.net_sales) / count(*)",
            "numbered_orders": "count(f.order_number)",
            "repeat_orders": "count(*) filter (f.order_number >= 2)",
            "repeat_order_share": "count(*) filter (f.order_number >= 2) "
            "/ nullif(count(f.order_number), 0)",
        },
        where="f.is_order",
        joins=_PEOPLE,
        dimensions={
            "order__status": "f.status",
            "order__coupon_code": "f.coupon_code",
            "order__is_guest": "f.is_guest",
            "order__is_settled": "f.is_settled",
            "order__currency": "f.currency",
            **_COUNTRY,
            **_SEGMENT,
            **_CALENDAR,
        },
    ),
    "sessions": Family(
        mart="core.sessions",
        day=_LOCAL.format(instant="started_at"),
        metrics={
            "sessions": "count(*)",
            "engaged_sessions": "count(*) filter (f.is_engaged)",
            "purchase_sessions": "count(*) filter (f.purchase_count > 0)",
            "conversion_rate": "count(*) filter (f.purchase_count > 0) "
            "/ nullif(count(*) filter (f.is_engaged), 0)",
        },
        where="not f.is_bot",
        joins=_PEOPLE,
        dimensions={
            "session__device_type": "f.device_type",
            "session__utm_source": "f.utm_source",
            "session__utm_medium": "f.utm_medium",
            **_COUNTRY,
            **_SEGMENT,
            **_CALENDAR,
        },
    ),
    "retention": Family(
        mart="retention.retention_cube",
        day="f.cohort_start",
        metrics={
            "eligible_people": "sum(f.eligible_count)",
            "retained_people": "sum(f.retained_count)",
            "retention_rate": "sum(f.retained_count) / sum(f.eligible_count)",
        },
        where=_CUBE_CELLS,
        dimensions={"retention_cell__period_index": "f.period_index"},
    ),
    "slices": Family(
        mart="retention.retention_cube",
        day="f.cohort_start",
        metrics={
            "eligible_people_by_slice": "sum(f.eligible_count)",
            "retained_people_by_slice": "sum(f.retained_count)",
            "retention_or_later_rate": "sum(f.retained_count) / sum(f.eligible_count)",
        },
        where=_SLICED_CELLS,
        dimensions={
            "retention_cell__slice": "f.slice",
            "retention_cell__slice_value": "f.slice_value",
            "retention_cell__period_index": "f.period_index",
            "retention_cell__cut_id": "f.cut_id",
        },
    ),
    "acquisition": Family(
        mart="retention.channel_quality",
        day="f.acquisition_month",
        metrics={
            "new_customers": "sum(f.people_count)",
            "eligible_30d": "sum(f.eligible_30d_count)",
            "retained_30d": "coalesce(sum(f.retained_30d_count), 0)",
            "retention_30d": "sum(f.retained_30d_count) / nullif(sum(f.eligible_30d_count), 0)",
            "eligible_90d": "sum(f.eligible_90d_count)",
            "value_90d": "sum(f.value_90d)",
            "value_90d_per_customer": "sum(f.value_90d) / nullif(sum(f.eligible_90d_count), 0)",
        },
        dimensions={
            "channel_month__channel": "f.channel",
            "channel_month__is_settled": "f.is_settled",
        },
        grains=("month", "quarter"),
    ),
    "outcomes": Family(
        mart="features.churn_labels",
        day="f.cut_off_date",
        metrics={
            "judged_buyers": "count(*)",
            "churned_buyers": "count(*) filter (f.has_churned)",
            "churn_rate": "avg(f.has_churned::integer)",
        },
        where="f.has_churned is not null",
        joins=_PEOPLE,
        dimensions={"churn_label__split": "f.split", **_COUNTRY, **_SEGMENT},
    ),
    "scores": Family(
        mart="churn.churn_scores",
        day="f.as_of_date",
        metrics={"scored_buyers": "count(*)", "expected_churn_rate": "avg(f.churn_probability)"},
        where="f.classifier = (select classifier from churn.churn_champion where is_champion)",
        joins=_PEOPLE,
        dimensions={
            "churn_score__risk_band": "f.risk_band",
            "churn_score__classifier": "f.classifier",
            **_COUNTRY,
            **_SEGMENT,
        },
    ),
}

METRICS = {name: family for family in FAMILIES.values() for name in family.metrics}
MONTH, WEEK = "calendar_day__is_month_complete", "calendar_day__is_week_complete"


def saved(family: str, metrics: Sequence[str], by: Sequence[str], where: str = "true") -> str:
    """The SQL of a saved query over one mart; ``by`` are dimensions, or grains of its time."""
    one = FAMILIES[family]
    expressions = [one.by(b) if b in one.dimensions else one.period(b) for b in by]
    return one.sql([one.metrics[m] for m in metrics], expressions, where)


_LIFECYCLE = (
    "select period_start, new_count, returning_count, resurrected_count, lapsed_count, quick_ratio "
    "from retention.lifecycle where period_grain = '{grain}'"
)

SAVED = {
    "active_people_by_month": "select period_start, active_count from retention.lifecycle "
    "where period_grain = 'month' and active_count > 0",
    "active_people_by_week": "select period_start, active_count from retention.lifecycle "
    "where period_grain = 'week' and active_count > 0",
    "gained_and_lost_by_month": _LIFECYCLE.format(grain="month"),
    "gained_and_lost_by_week": _LIFECYCLE.format(grain="week"),
    # Up to 7 days, up to 30, more: counted from days that are over to the open one.
    "people_by_state": """
        select
            case
                when k.open_day - max(f.local_day) <= 7 then 'current'
                when k.open_day - max(f.local_day) <= 30 then 'idle_8_30'
                else 'idle_over_30'
            end as state,
            count(*) over (partition by state)
        from core.customer_days as f
        cross join core.clock as k
        where f.local_day < k.open_day
        group by f.person_id, k.open_day
        qualify row_number() over (partition by state) = 1
    """,
    "sales_by_month": saved(
        "orders",
        ["orders", "gross_sales", "net_sales", "net_sales_per_order", "repeat_order_share"],
        ["month"],
        FAMILIES["orders"].by(MONTH),
    ),
    "conversion_by_device": saved(
        "sessions",
        ["sessions", "engaged_sessions", "conversion_rate"],
        ["week", "session__device_type"],
        FAMILIES["sessions"].by(WEEK),
    ),
    "retention_curve": "select period_index, eligible_count, retained_count, retention_rate "
    "from retention.retention_curves where cut_id = 'month_net_order_on' and period_index > 0",
    "retention_by_cohort": "select cohort_start, period_index, eligible_count, retained_count, "
    "retention_rate from retention.cohort_retention where cohort_grain = 'month' "
    "and start_kind = 'net_order' and return_kind = 'net_order' and definition = 'on' "
    "and clock_kind = 'calendar' and period_index > 0",
    "retention_by_country": "select slice_value, period_index, "
    "sum(retained_count) / sum(eligible_count) from retention.retention_cube "
    "where cut_id = 'month_net_order_by_country' and period_index > 0 and is_mature group by all",
    "channels": saved(
        "acquisition",
        ["new_customers", "retention_30d", "value_90d_per_customer"],
        ["channel_month__channel"],
    ),
    "value_by_segment": saved(
        "buyers", ["buyers", "repeat_rate", "value_per_customer"], ["person__segment"]
    ),
    "churn_by_cut_off": saved(
        "outcomes", ["judged_buyers", "churned_buyers", "churn_rate"], ["day"]
    ),
    "risk_today": "select risk_band, count(*), avg(churn_probability) from churn.churn_scores "
    "where is_champion group by all",
}
