"""Reasons in the sample, and what a mistake in their seed says."""

import re
from collections.abc import Mapping

import duckdb
import pytest

from tests.building import Run

Templates = list[dict[str, object]]


def test_everybody_with_a_score_has_three_reasons(warehouse: Run) -> None:
    """Fewer only where the classifier that is explained reads fewer families."""
    ((families,),) = warehouse.query(
        """
        select count(distinct f.family)
        from churn.ml_churn_contributions as c
        inner join churn.int_churn__features as f on c.feature = f.feature
        """
    )
    reasons = min(3, int(str(families)))
    assert warehouse.query(
        """
        select
            count(distinct person_id) = (select count(distinct person_id) from churn.churn_scores),
            max(reason_rank),
            count(*) / count(distinct person_id)
        from churn.churn_reasons
        """
    ) == [(True, reasons, reasons)]


def test_a_reason_shows_the_customers_own_numbers(warehouse: Run) -> None:
    """The example of the issue, from the snapshot itself."""
    rows = warehouse.query(
        """
        select r.reason_en, round(s.mean_gap_days), s.recency_days, r.reason_zh
        from churn.churn_reasons as r
        inner join features.customer_snapshots as s
            on r.person_id = s.person_id and s.split = 'today'
        where r.family = 'recency' and s.mean_gap_days >= 10 and s.recency_days >= 10
        """
    )
    assert len(rows) > 10
    for english, gap, recency, chinese in rows:
        gap_text = f"{gap:.0f}"
        told = f"usually orders every {gap_text} days; {recency:,} days since the last"
        # A half is rounded upwards in the sentence and away from zero in SQL: the same above 0.
        assert english == told
        assert re.findall(r"[\d,]+", str(chinese)) == [gap_text, f"{recency:,}"]


def test_drivers_share_the_whole_and_have_every_rank(warehouse: Run) -> None:
    rows = warehouse.query(
        """
        select
            round(sum(share_of_total), 9),
            count(*),
            sum(driver_rank),
            count(rank_today),
            sum(rank_today)
        from churn.churn_drivers
        where classifier = 'boosted_trees'
        """
    )
    ((share, count, rank, read_today, today),) = rows
    assert share == 1
    assert rank == count * (count + 1) / 2
    # A feature that only the fit for validation kept has no place today.
    assert 0 < read_today <= count
    assert today == read_today * (read_today + 1) / 2


GOOD: Templates = [
    {
        "template_number": 1, "family": "recency", "template_en": "{recency_days}",
        "template_zh": "天",
    },
    {"template_number": 2, "family": "recency", "template_en": "time", "template_zh": "时间"},
    {
        "template_number": 3, "family": "money", "feature": "net_sales", "direction": "raises",
        "when_value": "0", "template_en": "{net_sales?one|# more}", "template_zh": "{net_sales}",
    },
    {"template_number": 4, "family": "money", "template_en": "money", "template_zh": "钱"},
]  # fmt: skip


@pytest.fixture(scope="module")
def checks(warehouse: Run) -> str:
    """The SQL that checks the seed, reading tables of ours in the place of seed and features."""
    folder = warehouse.target / "compiled/stayhouse/models/churn"
    sql = (folder / "int_churn__reason_templates.sql").read_text(encoding="utf-8")
    assert '"seeds"."churn_reason_templates"' in sql
    return sql.replace('"stayhouse"."seeds"."churn_reason_templates"', "templates").replace(
        '"stayhouse"."churn"."int_churn__features"', "features"
    )


def checked(sql: str, templates: Templates) -> list[tuple[object, ...]]:
    columns = (
        "template_number", "family", "feature", "direction", "when_value", "template_en",
        "template_zh",
    )  # fmt: skip
    with duckdb.connect() as con:
        con.execute(
            "create table features as from (values ('recency_days', 'recency'), "
            "('recency_days_2', 'recency'), ('net_sales', 'money')) as t(feature, family)"
        )
        con.execute(
            "create table templates (template_number bigint, family varchar, feature varchar, "
            "direction varchar, when_value varchar, template_en varchar, template_zh varchar)"
        )
        con.executemany(
            "insert into templates values (?, ?, ?, ?, ?, ?, ?)",
            [[row.get(name) for name in columns] for row in templates],
        )
        return con.execute(sql).fetchall()


def test_rows_that_can_be_meant_pass(checks: str) -> None:
    assert len(checked(checks, GOOD)) == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"family": "weather"}, "3 cannot be used: family must be one that"),
        ({"family": None}, "3 cannot be used: family must be one that"),
        ({"feature": "recency_days"}, "feature must be a column of that family, or empty"),
        ({"direction": "up"}, "direction must be raises, lowers or empty"),
        ({"when_value": "none"}, "when_value must be a number, unknown, or empty"),
        ({"feature": None}, "a number in when_value needs a feature"),
        ({"template_en": " "}, "template_en is missing"),
        ({"template_zh": None}, "template_zh is missing"),
        ({"template_en": "{net_sale}"}, "template_en has a placeholder that is no feature"),
        ({"template_en": "{net_sales} {x}"}, "template_en has a placeholder that is no feature"),
        ({"template_zh": "{recency_days_3}"}, "template_zh has a placeholder that is no feature"),
        ({"template_zh": "{net_sales"}, "template_zh has a placeholder that is no feature"),
        ({"template_number": 4}, "another row has its number"),
        ({"template_number": None}, "template_number must be a whole number"),
    ],
)
def test_a_row_that_cannot_be_meant_is_named(
    change: Mapping[str, object], words: str, checks: str
) -> None:
    templates = [row | change if row["template_number"] == 3 else row for row in GOOD]
    with pytest.raises(duckdb.Error) as error:
        checked(checks, templates)
    assert "seeds/churn_reason_templates.csv: the sentence " in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"feature": "net_sales"}, {"direction": "lowers"}, {"template_zh": "{net_sales}"},
        {"when_value": "unknown"},
    ],
)  # fmt: skip
def test_a_family_that_may_have_nothing_to_say_is_named(
    change: Mapping[str, object], checks: str
) -> None:
    templates = [row | change if row["template_number"] == 4 else row for row in GOOD]
    with pytest.raises(duckdb.Error, match="the family money has no sentence for values that are"):
        checked(checks, templates)
