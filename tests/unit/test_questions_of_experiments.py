"""The queries of docs/questions.md on campaigns and experiments, on rows counted by hand."""

import re
from typing import Any

import duckdb
import pytest

from tests.building import CHECKOUT

ROWS = """
create schema core;
create table core.clock as select timestamp '2024-03-02' as as_of_at;
create table core.campaigns as from (values
    ('shop', 'k1', 'offer', timestamp '2024-01-01'), ('shop', 'k2', 'offer', timestamp '2024-02-01')
) as t(source_name, campaign_id, kind, starts_at);
create table core.contacts as from (values
    ('shop', 'm1', 'k1', .5), ('shop', 'm2', 'lost', .25), ('other', 'm1', 'k1', 1)
) as t(source_name, contact_id, campaign_id, cost);
create table core.experiments as from (values
    ('shop', 'e', 'a', .25::double, false), ('shop', 'e', 'control', .75, true),
    ('other', 'e', 'a', .5, false), ('other', 'e', 'control', .5, true)
) as t(source_name, experiment_id, arm, share, is_control);
create table core.exposures as
select *, arm <> 'b' as is_planned,
    case when unit_id <> 'nobody' then concat('c:', source_name, ':', unit_id) end as person_id
from (values
    ('shop', 'e', 'a', 'u1', timestamp '2024-01-01 10:00:00'),
    ('shop', 'e', 'a', 'u2', '2024-01-01 10:00:00'),
    ('shop', 'e', 'a', 'nobody', '2024-01-01 10:00:00'),
    ('shop', 'e', 'control', 'closed', '2024-02-01 00:00:00'),
    ('shop', 'e', 'control', 'open', '2024-02-01 00:00:01'),
    ('shop', 'e', 'a', 'both', '2024-01-01 10:00:00'),
    ('shop', 'e', 'control', 'both', '2024-01-02 10:00:00'),
    ('shop', 'e', 'b', 'unplanned', '2024-01-01 10:00:00'),
    ('other', 'e', 'control', 'u1', '2024-01-01 10:00:00')
) as t(source_name, experiment_id, arm, unit_id, exposed_at);
create table core.orders as from (values
    ('before', 'c:shop:u1', timestamp '2024-01-01 09:59:59', true),
    ('at', 'c:shop:u1', '2024-01-01 10:00:00', true),
    ('at too', 'c:shop:u1', '2024-01-01 10:00:00', true),
    ('first', 'c:shop:u1', '2024-01-01 10:00:01', true),
    ('last', 'c:shop:u1', '2024-01-31 10:00:00', true),
    ('after', 'c:shop:u1', '2024-01-31 10:00:01', true),
    ('test', 'c:shop:u2', '2024-01-02 10:00:00', false),
    ('both', 'c:shop:both', '2024-01-03 10:00:00', true)
) as t(order_id, person_id, ordered_at, is_net_at_clock);
"""


@pytest.fixture
def answers() -> dict[str, list[dict[str, Any]]]:
    """The rows of each query, by the name of the mart that it is listed under and its number."""
    page = (CHECKOUT / "docs" / "questions.md").read_text(encoding="utf-8")
    found = {}
    with duckdb.connect() as con:
        con.execute(ROWS)
        for mart in ("campaigns", "experiments", "exposures"):
            section = page.split(f"**core.{mart}**: ")[1].split("\n**")[0].split("\n## ")[0]
            for number, sql in enumerate(re.findall(r"```sql\n(.*?)```", section, re.DOTALL)):
                rows = con.execute(sql)
                names = [column[0] for column in rows.description or []]
                found[f"{mart} {number}"] = [
                    dict(zip(names, row, strict=True)) for row in rows.fetchall()
                ]
    return found


def test_messages_of_unknown_campaigns_have_a_row(answers: dict[str, list[dict[str, Any]]]) -> None:
    found = {
        (row["source_name"], row["campaign_id"]): (row["message_count"], row["starts_at"] is None)
        for row in answers["campaigns 0"]
    }
    assert found == {
        ("shop", "k1"): (1, False), ("shop", "k2"): (0, False), ("shop", "lost"): (1, True),
        ("other", "k1"): (1, True),
    }  # fmt: skip


def test_experiments_of_two_sources_are_two(answers: dict[str, list[dict[str, Any]]]) -> None:
    shares = {
        (row["source_name"], row["arm"]): (row["unit_count"], row["share_of_units"])
        for row in answers["experiments 0"]
    }
    assert shares == {
        ("shop", "a"): (4, 4 / 7), ("shop", "control"): (3, 3 / 7),
        ("other", "a"): (0, 0), ("other", "control"): (1, 1),
    }  # fmt: skip
    counts = {(row["source_name"], row["arm"]): row["unit_count"] for row in answers["exposures 0"]}
    assert counts == {
        ("shop", "a"): 4, ("shop", "b"): 1, ("shop", "control"): 3, ("other", "control"): 1,
    }  # fmt: skip


def test_what_an_experiment_did(answers: dict[str, list[dict[str, Any]]]) -> None:
    """Arm a: u1 with two orders, a second and 30 days to the second after the exposure, u2 with one
    that is not net, nobody; control: one whose 30 days are over.

    Planned 1 and 3 of 4, seen 3 and 1: (3 - 1)^2 / 1 + (1 - 3)^2 / 3.
    """
    control, arm = (row for row in answers["exposures 1"] if row["source_name"] == "shop")
    assert (control["arm"], control["unit_count"], control["share_with_order"]) == ("control", 1, 0)
    assert (arm["arm"], arm["unit_count"]) == ("a", 3)
    assert (arm["orders_per_unit"], arm["share_with_order"]) == (1, 0.5)
    assert (arm["planned_share"], arm["seen_share"]) == (0.25, 0.75)
    assert arm["split_chi_square"] == pytest.approx(4 + 4 / 3)
    assert {row["two_arm_count"] for row in (control, arm)} == {1}
    others = [row for row in answers["exposures 1"] if row["source_name"] == "other"]
    assert [(row["arm"], row["unit_count"]) for row in others] == [("control", 1), ("a", 0)]
