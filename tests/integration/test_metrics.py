"""What the YAML of the metrics says, on the sample and without MetricFlow.

Each metric is written out as the SQL that its measure, filter and semantic model amount to, and
meets a number that another mart holds.
"""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from tests.building import CHECKOUT, METRICFLOW, WITHOUT_METRICFLOW, Run

# What a shop asks first, and the metric that answers it.
ASKED = {
    "active people": "active_people",
    "new people": "new_people",
    "lapsed people": "lapsed_people",
    "retention": "retention_rate",
    "conversion": "conversion_rate",
    "net sales": "net_sales",
    "repeat rate": "repeat_rate",
    "value": "value_per_customer",
    "value in the same time": "value_90d_per_customer",
    "churn rate": "churn_rate",
}
_DIMENSION = re.compile(r"\{\{\s*Dimension\('(\w+?)__(\w+)'\)\s*\}\}")


class Written:
    """Metrics as SQL on one semantic model each."""

    def __init__(self, warehouse: Run) -> None:
        manifest = json.loads((warehouse.target / "manifest.json").read_text(encoding="utf-8"))
        self.warehouse = warehouse
        self.metrics = {m["name"]: m for m in manifest["metrics"].values()}
        self.models = list(manifest["semantic_models"].values())
        self.measures = {
            one["name"]: (model, one) for model in self.models for one in model["measures"]
        }

    def sql(self, name: str) -> tuple[str, str, str]:
        """The aggregate, relation and condition of a metric."""
        metric = self.metrics[name]
        if metric["type"] == "ratio":
            over, relation, condition = self.sql(metric["type_params"]["numerator"]["name"])
            under, same, also = self.sql(metric["type_params"]["denominator"]["name"])
            assert (relation, condition) == (same, also)
            return f"{over}::double / nullif({under}, 0)", relation, condition
        model, measure = self.measures[metric["type_params"]["measure"]["name"]]
        expression = measure["expr"] or measure["name"]
        aggregate = {
            "sum": f"sum({expression})",
            "count_distinct": f"count(distinct {expression})",
            "average": f"avg({expression})",
        }[measure["agg"]]
        filters = (metric["filter"] or {"where_filters": []})["where_filters"]
        own = {entity["name"] for entity in model["entities"] if entity["type"] == "primary"}
        condition = " and ".join(f"({f['where_sql_template']})" for f in filters) or "true"
        assert {entity for entity, _ in _DIMENSION.findall(condition)} <= own
        relation = model["node_relation"]
        return (
            aggregate,
            f"{relation['schema_name']}.{relation['alias']}",
            _DIMENSION.sub(r"\2", condition),
        )

    def rows(self, name: str, by: str, where: str = "true") -> dict[Any, Any]:
        """The metric's value by an expression of its mart."""
        aggregate, relation, condition = self.sql(name)
        return pairs(
            self.warehouse.query(
                f"select {by}, {aggregate} from {relation} "
                f"where {condition} and {where} group by all"
            )
        )


def pairs(rows: Iterable[tuple[Any, ...]]) -> dict[Any, Any]:
    found = {row[0]: row[1] for row in rows}
    assert found
    return found


@pytest.fixture(scope="session")
def written(warehouse: Run) -> Written:
    return Written(warehouse)


def test_what_is_asked_first_has_a_metric(written: Written) -> None:
    assert set(ASKED.values()) <= set(written.metrics)
    for name in written.metrics:
        if written.metrics[name]["type"] != "cumulative":
            assert all(v is not None for v in written.rows(name, "'all'").values()), name


def test_keys_are_unique(written: Written, warehouse: Run) -> None:
    for model in written.models:
        relation = model["node_relation"]
        for entity in model["entities"]:
            if entity["type"] == "primary":
                expression = entity["expr"] or entity["name"]
                counts = warehouse.query(
                    f"select count(*), count({expression}), count(distinct {expression}) "
                    f"from {relation['schema_name']}.{relation['alias']}"
                )[0]
                assert counts[0] == counts[1] == counts[2] > 0, model["name"]


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_people_are_those_of_the_period_and_not_of_its_days(
    written: Written, warehouse: Run, grain: str
) -> None:
    by = f"date_trunc('{grain}', local_day)::date"
    complete = f"local_day in (select local_day from core.days where is_{grain}_complete)"
    people = written.rows("active_people", by, complete)
    assert people == pairs(
        warehouse.query(
            "select period_start, active_count from retention.lifecycle "
            f"where period_grain = '{grain}' and active_count > 0"
        )
    )
    days = pairs(
        warehouse.query(
            f"select {by}, count(*) from core.customer_days where {complete} group by all"
        )
    )
    assert (days == people) == (grain == "day")


@pytest.mark.parametrize(("prefix", "grain"), [("", "month"), ("weekly_", "week")])
def test_people_gained_and_lost_explain_who_is_active(
    written: Written, warehouse: Run, prefix: str, grain: str
) -> None:
    """From the active days themselves: period by period, and nobody is new twice."""
    people: dict[Any, set[Any]] = {}
    for start, person in warehouse.query(
        f"select distinct date_trunc('{grain}', local_day)::date, person_id "
        "from core.customer_days semi join "
        f"(from core.days where is_{grain}_complete) as d using (local_day)"
    ):
        people.setdefault(start, set()).add(person)
    kinds = ("new", "returning", "resurrected", "lapsed")
    found = {kind: written.rows(f"{prefix}{kind}_people", "period_start") for kind in kinds}
    ratio = written.rows(f"{prefix}quick_ratio", "period_start")
    assert set(ratio) == set(people)
    seen: set[Any] = set()
    before: set[Any] = set()
    for start, now in sorted(people.items()):
        new, lapsed = len(now - seen), len(before - now)
        back = len((now & seen) - before)
        assert [found[kind][start] for kind in kinds] == [new, len(now & before), back, lapsed]
        assert ratio[start] == (pytest.approx((new + back) / lapsed) if lapsed else None)
        seen, before = seen | now, now
    assert sum(found["new"].values()) == len(seen)


def test_retention_is_that_of_the_curve(written: Written, warehouse: Run) -> None:
    curve = pairs(
        warehouse.query(
            "select period_index, retention_rate from retention.retention_curves "
            "where cut_id = 'month_net_order_on' and period_index > 0"
        )
    )
    assert written.rows("retention_rate", "period_index") == pytest.approx(curve, abs=1e-12)


def test_slices_say_together_what_everybody_says(written: Written) -> None:
    """Each slicing holds everybody, so pooling them changes no rate."""
    everybody = written.rows("retention_or_later_rate", "period_index", "slice = 'none'")
    assert written.rows("retention_or_later_rate", "period_index") == pytest.approx(everybody)
    for one in ("channel", "country", "first_category", "device"):
        assert written.rows(
            "retention_or_later_rate", "period_index", f"slice = '{one}'"
        ) == pytest.approx(everybody), one


def test_cuts_that_metrics_name_are_built(written: Written) -> None:
    with (CHECKOUT / "seeds" / "retention_cuts.csv").open(encoding="utf-8", newline="") as file:
        cuts = {row["cut_id"] for row in csv.DictReader(file)}
    named = {
        cut
        for metric in written.metrics.values()
        for one in (metric["filter"] or {"where_filters": []})["where_filters"]
        if "cut_id" in one["where_sql_template"]
        for cut in re.findall(r"'(month_\w+|week_\w+|day_\w+)'", one["where_sql_template"])
    }
    assert named
    assert named <= cuts


def test_churn_is_the_prevalence_that_was_judged(written: Written, warehouse: Run) -> None:
    judged = pairs(
        warehouse.query(
            "select distinct cut_off_date, prevalence from churn.churn_evaluation "
            "where split in ('validation', 'test')"
        )
    )
    rates = written.rows("churn_rate", "cut_off_date")
    assert {day: rates[day] for day in judged} == pytest.approx(judged, abs=1e-12)
    # The horizon of today is not over: its buyers are no rate of 0.
    today = warehouse.query("select as_of_at::date from core.clock")[0][0]
    assert today not in rates


def test_net_sales_are_the_ledger_of_orders(written: Written, warehouse: Run) -> None:
    kinds = ("item", "discount", "refund", "cancellation")
    assert written.rows("net_sales", "'all'") == pairs(
        warehouse.query(
            f"""
            select 'all', sum(m.amount)
            from core.money_lines as m
            where m.kind in {kinds} and m.order_id is not null and exists (
                from core.orders as o
                where o.source_name = m.source_name and o.order_id = m.order_id
                    and o.line_count > 0 and not o.is_test
            )
            """
        )
    )


def test_repeat_rate_is_of_people_and_repeat_share_of_orders(
    written: Written, warehouse: Run
) -> None:
    rate = """
        select 'all', avg((order_count > 1)::integer)
        from (
            select person_id, count(*) as order_count
            from core.orders
            where is_net_at_clock and person_id is not null
                and ordered_at < (select as_of_at from core.clock)
            group by person_id
        )
    """
    assert written.rows("repeat_rate", "'all'") == pytest.approx(pairs(warehouse.query(rate)))
    # Of the net orders of people all but the first of each are repeated.
    share = """
        select 'all', 1 - count(distinct person_id) / count(person_id)
        from core.orders
        where is_net_order
    """
    assert written.rows("repeat_order_share", "'all'") == pytest.approx(
        pairs(warehouse.query(share))
    )


def test_every_purchase_is_in_an_engaged_session(written: Written, warehouse: Run) -> None:
    """Else the conversion rate could be above 1."""
    assert written.rows("conversion_rate", "'all'", "not is_engaged")["all"] is None
    assert written.rows("purchase_sessions", "is_engaged", "purchase_count > 0") == pairs(
        warehouse.query(
            "select true, count(*) from core.sessions where purchase_count > 0 and not is_bot"
        )
    )


def test_value_in_90_days_is_that_of_its_mart(written: Written, warehouse: Run) -> None:
    by = "channel || acquisition_month"
    mart = pairs(
        warehouse.query(
            f"select {by}, value_90d_per_person::double from retention.channel_quality "
            "where eligible_90d_count > 0"
        )
    )
    assert written.rows("value_90d_per_customer", by, "eligible_90d_count > 0") == pytest.approx(
        mart, abs=0.0000501
    )


def test_a_build_reads_the_metrics_where_metricflow_cannot_be_imported(warehouse: Run) -> None:
    """Also in an environment to which `make metrics` has added it."""
    words = warehouse.command("build")
    assert WITHOUT_METRICFLOW in words[2]
    for name in METRICFLOW:
        done = subprocess.run(
            [sys.executable, "-c", f"{WITHOUT_METRICFLOW}; import {name}"],
            capture_output=True, text=True,
        )  # fmt: skip
        assert f"import of {name} halted" in done.stderr
    told = json.loads((warehouse.target / "semantic_manifest.json").read_text(encoding="utf-8"))
    assert "lapsed_people" in {metric["name"] for metric in told["metrics"]}


def test_metricflow_is_no_part_of_the_environment() -> None:
    def pins(name: str) -> dict[str, str]:
        lines = (CHECKOUT / name).read_text(encoding="utf-8").split()
        return {line.split("==")[0].lower(): line.split("==")[1] for line in lines}

    extra, environment = pins("requirements-metrics.lock"), pins("requirements.lock")
    assert {"dbt-metricflow", "metricflow"} <= set(extra)
    assert not set(extra) & set(environment)
