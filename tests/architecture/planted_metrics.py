"""Offences against what metrics may be."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.architecture import metrics
from tests.architecture.house import House, Node
from tests.architecture.planting import Neighbour, Offence, Plant, both


def changed(kind: str, name: str, change: Callable[[Node], Any]) -> Plant:
    """A semantic model, metric or saved query of the project, changed in a copy."""

    def plant(house: House) -> House:
        node_id = f"{kind.removesuffix('s').replace('querie', 'query')}.stayhouse.{name}"
        node = deepcopy(house.manifest[kind][node_id])
        change(node)
        return replace(
            house, manifest={**house.manifest, kind: {**house.manifest[kind], node_id: node}}
        )

    return plant


def metric(name: str, /, **changes: Any) -> Plant:
    """A metric with other values."""
    return changed("metrics", name, lambda node: node.update(changes))


def measure(semantic_model: str, /, **of: Any) -> Plant:
    """One more measure of a semantic model."""
    return changed("semantic_models", semantic_model, lambda node: node["measures"].append(of))


def key(semantic_model: str, expression: str) -> Plant:
    """Another expression of the primary entity, which comes first."""
    return changed(
        "semantic_models", semantic_model, lambda node: node["entities"][0].update(expr=expression)
    )


def counted_by(name: str, measure_name: str) -> Plant:
    """A metric that reads another measure."""
    return changed(
        "metrics", name, lambda node: node["type_params"]["measure"].update(name=measure_name)
    )


def filled(node: Node) -> None:
    node["type_params"]["input_measures"][0].update(join_to_timespine=True, fill_nulls_with=0)


OFFENCES: list[Offence] = [
    (
        metrics.metrics_speak_to_people,
        metric("net_sales", description=" "),
        ["models/metrics/sales.yml: net_sales", "no description"],
    ),
    (metrics.metrics_speak_to_people, metric("net_sales", label="Orders"), ["has the label of"]),
    (
        metrics.metrics_speak_to_people,
        changed("saved_queries", "channels", lambda node: node.update(label=None)),
        ["saved_queries.yml: channels"],
    ),
    (
        metrics.metrics_read_public_marts,
        changed(
            "semantic_models",
            "orders",
            lambda node: node["depends_on"].update(
                nodes=["model.stayhouse.int_orders__identified"]
            ),
        ),
        ["sales.yml: orders reads core.int_orders__identified", "private"],
    ),
    (
        metrics.metrics_read_public_marts,
        changed(
            "semantic_models",
            "orders",
            lambda node: node["depends_on"].update(nodes=["model.stayhouse.stg_shop__orders"]),
        ),
        ["reads staging.stg_shop__orders"],
    ),
    (
        metrics.entities_are_tested_keys,
        key("orders", "order_id"),
        ["sales.yml: orders has the key [['order_id']]", "source_name"],
    ),
    (
        metrics.entities_are_tested_keys,
        key("churn_scores", "person_id"),
        ["churn.yml: churn_scores", "classifier"],
    ),
    (
        metrics.entities_are_tested_keys,
        changed("semantic_models", "sessions", lambda node: node["entities"].pop(0)),
        ["sessions has the key []"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        measure("customer_days", name="people", agg="count", expr="person_id"),
        ["people.yml: customer_days: measure people adds up person_id"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        measure("retention_cube", name="cohort", agg="sum", expr="cohort_size"),
        ["adds up cohort_size"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        measure("retention_cube", name="rate", agg="sum", expr="coalesce(retention_rate, 0)"),
        ["adds up retention_rate"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        measure("channel_quality", name="value", agg="sum", expr="value_90d_per_person"),
        ["adds up value_90d_per_person"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        metric("lapsed_people", filter=None),
        ["lifecycle.yml: lifecycle: measure lapsed_people adds up lapsed_count"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        measure("lifecycle", name="lost", agg="sum", expr="lapsed_count"),
        ["measure lost adds up lapsed_count"],
    ),
    (
        metrics.sums_are_of_what_adds_up,
        measure("customer_days", name="people", agg="count_distinct", expr="local_day"),
        ["no id"],
    ),
    (
        metrics.rates_are_ratios,
        metric("gross_sales", name="gross_sales_rate"),
        ["has the name of a rate"],
    ),
    (
        metrics.rates_are_ratios,
        metric("purchase_sessions", filter=None),
        ["conversion_rate divides purchase_sessions by engaged_sessions", "same semantic model"],
    ),
    (
        metrics.rates_are_ratios,
        counted_by("repeat_buyers", "repeat_orders"),
        ["repeat_rate divides"],
    ),
    (
        metrics.metrics_are_not_filled,
        changed("metrics", "net_sales", filled),
        ["sales.yml: net_sales fills"],
    ),
]

LAWFUL: list[Neighbour] = [
    (metrics.metrics_speak_to_people, metric("net_sales", label="Sales, net")),
    # One label in a list of metrics and in one of saved queries confuses nobody.
    (metrics.metrics_speak_to_people, metric("net_sales", label="Channels")),
    (metrics.entities_are_tested_keys, key("orders", "concat(order_id, ' of ', source_name)")),
    (metrics.entities_are_tested_keys, key("customers", "concat(source_name, customer_id)")),
    (
        metrics.sums_are_of_what_adds_up,
        both(
            measure("customer_days", name="sources", agg="count_distinct", expr="customer_id"),
            measure("orders", name="lines", agg="sum", expr="line_count"),
            # What a text says is no column.
            measure("orders", name="none", agg="sum", expr="case when 'order_id' = '' then 1 end"),
        ),
    ),
    (metrics.rates_are_ratios, metric("expected_churn_rate", name="mean_churn_rate")),
]
