"""What the page Experiments must show after a choice, counted anew from exposures and orders."""

import pytest

from app.language import say_in
from tests.app.checks import chosen
from tests.app.conftest import Site, Visit

VERDICTS = ("works", "harms", "not_shown", "withheld", "too_young")


def the_experiment(visit: Visit, site: Site, name: str) -> None:
    """Of a plan by orders in so many days: its arms' units and shares, and what to do."""
    plan = chosen(visit, "experiments-plan")
    ((metric,),) = site.rows(
        f"select distinct primary_metric from core.experiments where experiment_id = '{plan}'"
    )
    days = int(str(metric).removeprefix("order_rate_"))
    counted = site.csv(f"""
        with units as (
            select unit_id, min(arm) as arm, min(person_id) as person_id,
                min(exposed_at) as exposed_at
            from core.exposures where experiment_id = '{plan}'
            group by unit_id having count(distinct arm) = 1 and bool_and(is_planned)
        )
        select arm, count(*) as n, avg(has_order::integer) as rate from (
            select u.*, exists (
                from core.orders as o
                where o.person_id = u.person_id and o.is_net_at_clock
                    and o.ordered_at > u.exposed_at
                    and o.ordered_at <= u.exposed_at + interval {days} day
            ) as has_order
            from units as u, core.clock as c
            where u.exposed_at + interval {days} day <= c.as_of_at
        )
        group by arm
    """).set_index("arm")
    shown = visit.csv("experiments_metrics").set_index("metric").loc[metric]
    assert shown["eligible_count"] == counted["n"].sum()
    withheld = shown["verdict_code"] in ("withheld", "too_young")
    if withheld:
        assert shown[["effect", "control_mean", "arm_mean"]].isna().all()
    else:
        (arm,) = set(counted.index) - {"control"}
        rates = counted["rate"]
        assert shown["control_mean"] == pytest.approx(rates["control"])
        assert shown["arm_mean"] == pytest.approx(rates[arm])
        assert shown["effect"] == pytest.approx(rates[arm] - rates["control"])
    waits = shown["verdict_code"] == "not_shown" and shown["is_running"]
    what = "runs" if waits else shown["verdict_code"]
    assert say_in("en", f"experiments.do_{what}") in visit.words()
    line = next(row for row in visit.table("experiments_plans") if row[0] == plan)
    verdict = say_in("en", f"names.verdict.{shown['verdict_code']}")
    assert line[1] == (f"{verdict}, not all judged yet" if shown["is_running"] else verdict)
