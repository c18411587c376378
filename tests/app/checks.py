"""What a page must show after a choice: what the marts hold for it."""

import pandas as pd
import pytest

from app.language import LANGUAGES, say_in
from tests.app.conftest import Site, Visit
from tests.app.test_pages import PAGES, number

# The days of each period: the sample's clock stands on 14 May 2025. One's own begin as 28 days.
SPANS = {
    "7": ("2025-05-07", "2025-05-13"), "28": ("2025-04-16", "2025-05-13"),
    "90": ("2025-02-13", "2025-05-13"), "month": ("2025-04-01", "2025-04-30"),
    "quarter": ("2025-01-01", "2025-03-31"), "year": ("2024-01-01", "2024-12-31"),
    "all": ("2024-01-01", "2025-05-13"), "own": ("2025-04-16", "2025-05-13"),
}  # fmt: skip


FIGURES = (
    "net_sales", "order_count", "net_sales_per_order", "new_customer_count", "returning_share",
    "conversion_rate", "retention", "at_risk",
)  # fmt: skip


def same(shown: pd.DataFrame, held: pd.DataFrame) -> None:
    """Hold the rows of a CSV against those of a mart, by the mart's columns."""
    assert len(held) > 0
    pd.testing.assert_frame_equal(shown[list(held.columns)], held, check_dtype=False)


def chosen(visit: Visit, key: str) -> str:
    """What a list says now."""
    return visit.page.locator(f".st-key-{key} input").input_value()


# What a choice of a list says, and what the cube holds for it.
WHO = {
    "buyers who buy again": ("net_order", "net_order"),
    "buyers who order again, refunds included": ("order", "order"),
    "buyers who log in later": ("order", "login"),
    "visitors who visit again": ("visit", "visit"),
}


SPLITS = {"everyone together": "none", "first category": "first_category"}


def cut_rule(visit: Visit) -> str:
    """What the four lists of the page Retention say, as SQL over the cube."""
    start, back = WHO[chosen(visit, "retention-activity")]
    grain = chosen(visit, "retention-cohort_grain")
    split = chosen(visit, "retention-slice")
    return f"""
        start_kind = '{start}' and return_kind = '{back}' and cohort_grain = '{grain}'
        and case
            when definition = 'on' then 'in exactly that {grain}'
            when definition = 'on_or_after' then 'in that {grain} or any later one'
            when bracket_from = bracket_to then 'on {grain} ' || bracket_from || ' after the start'
            else 'on {grain}s ' || bracket_from || ' to ' || bracket_to || ' after the start'
        end || case when min_occurrences > 1
            then ', at least ' || min_occurrences || ' times' else '' end
            = '{chosen(visit, "retention-definition")}'
        and slice = '{SPLITS.get(split, split)}'"""


def group_rule(visit: Visit, site: Site) -> str:
    """The group whose cohorts are shown, as SQL over the cube."""
    value = visit.page.locator(".st-key-retention-slice-value input")
    if not value.count():
        return "true"
    held = site.rows("select distinct slice_value from retention.retention_cube")
    kind = "channel" if chosen(visit, "retention-slice") == "channel" else "slice_value"
    name = value.input_value()
    (group,) = {g for (g,) in held if (say_in("en", f"names.{kind}.{g}") or g) == name}
    return f"slice_value = '{group}'"


def the_cut(visit: Visit, site: Site, _: str) -> None:
    """The triangle is that of the cut whose four parts the lists name."""
    same(visit.csv("retention_triangle"), site.csv(f"""
        select cohort_start, slice_value, period_index, retained_count, eligible_count, rate_high
        from retention.retention_cube
        where {cut_rule(visit)} and {group_rule(visit, site)}
        order by cohort_start, period_index
    """))  # fmt: skip


def at(visit: Visit, cohort: str, period: str) -> str:
    """A cohort and a period that two lists name, as SQL over the cube."""
    grain = chosen(visit, "retention-cohort_grain")
    start = pd.Timestamp(chosen(visit, f"{cohort}-{grain}").removeprefix("week of ")).date()
    place = visit.page.locator(f".st-key-{period}-{grain} input")
    index = "true"
    if place.count():
        index = f"period_index = {place.input_value().split()[1]}"
    return f"cohort_start = '{start}' and {index}"


def listed_side(visit: Visit) -> str:
    """Which people of a cell are listed; those who came back, where nobody was asked for yet."""
    buttons = visit.page.locator(".st-key-retention-people")
    pressed = buttons.locator('[aria-checked="true"]')
    if not pressed.count():
        buttons.get_by_text("came back", exact=True).click()
        visit.wait()
    return pressed.inner_text()


def the_people_of_the_cell(visit: Visit, site: Site, _: str) -> None:
    """The list has as many people as the cube counts, and the sentence above it says so."""
    cell = at(visit, "retention-cohort", "retention-period")
    ((eligible, retained),) = site.rows(
        "select eligible_count, retained_count from retention.retention_cube "
        f"where {cut_rule(visit)} and {group_rule(visit, site)} and {cell}"
    )
    people = retained if listed_side(visit) == "came back" else eligible - retained
    shown = visit.table("retention_people") if people else []
    assert len(shown) == min(people, 10)
    words = visit.words()
    assert f"The {eligible} " in words or (
        f"Of the {eligible} " in words and f", {retained} " in words
    )
    if people > 10:
        assert f"The first 10 of {people} people" in words


def the_two(visit: Visit, site: Site, _: str) -> None:
    """Two cohorts, or two groups, are those that the lists name."""
    side = visit.page.locator(".st-key-retention-compare input")
    shown = visit.table("retention_compare")
    assert len(shown) == 2
    assert shown[0][0] != shown[1][0]
    split = chosen(visit, "retention-slice")
    if side.count() and side.input_value().startswith("groups"):
        split = SPLITS.get(split, split)
        names = [chosen(visit, f"retention-{one}-{split}") for one in ("first", "second")]
        assert [row[0] for row in shown] == names
    else:
        for one, row in zip(("first", "second"), shown, strict=True):
            cell = at(visit, f"retention-{one}", "retention-compare-period")
            ((eligible, retained),) = site.rows(
                "select eligible_count, retained_count from retention.retention_cube "
                f"where {cut_rule(visit)} and {group_rule(visit, site)} and {cell}"
            )
            assert [number(text) for text in row[1:3]] == [eligible, retained]


def the_periods(visit: Visit, site: Site, name: str) -> None:
    grain = name.removeprefix("by ")
    same(visit.csv("lifecycle_flow"), site.csv(f"""
        select period_start, active_count, new_count, returning_count, resurrected_count,
            lapsed_count
        from retention.lifecycle where period_grain = '{grain}' order by period_start
    """))  # fmt: skip


def the_segment(visit: Visit, site: Site, name: str) -> None:
    keys = (k for (k,) in site.rows("select distinct segment from segments.rfm_segments"))
    (segment,) = (k for k in keys if say_in("en", f"names.segment.{k}") == name)
    people = site.rows(f"""
        select coalesce(c.customer_id, 'guest'), order_count,
            (select open_day from core.clock) - (
                select max(local_day) from core.orders as o
                where o.person_id = r.person_id and is_net_at_clock
            ), s.churn_probability
        from segments.rfm_segments as r
        left join core.customers as c on r.person_id = c.person_id
        left join churn.churn_scores as s on r.person_id = s.person_id and s.is_champion
        where segment = '{segment}' order by r.net_sales desc, r.person_id limit 25
    """)
    shown = visit.table("lifecycle_people")
    assert [(row[0], number(row[2]), number(row[7])) for row in shown] == [
        (name, orders, days) for name, orders, days, _ in people
    ]
    assert [number(row[1]) for row in shown] == pytest.approx([p for *_, p in people], abs=5.1e-4)


def tags(visit: Visit, key: str, kind: str, values: list[str]) -> str:
    """What is chosen of a list of many, as SQL."""
    marks = visit.page.locator(f".st-key-{key} [aria-label^='Remove ']").all()
    names = {str(mark.get_attribute("aria-label")).removeprefix("Remove ") for mark in marks}
    return ", ".join(f"'{v}'" for v in values if say_in("en", f"names.{kind}.{v}") in names)


def filtered(visit: Visit, site: Site) -> str:
    """What the lists of the page Churn say, as SQL over scores and segments."""
    bands = tags(visit, "churn-band", "band", ["high", "medium", "low"])
    held = site.rows("select distinct segment from segments.rfm_segments")
    segments = tags(visit, "churn-segment", "segment", [segment for (segment,) in held])
    return f"""s.is_champion and ({not bands} or risk_band in ({bands or "''"}))
        and ({not segments} or segment in ({segments or "''"}))"""


def the_people(visit: Visit, site: Site, _: str) -> None:
    by_risk = chosen(visit, "churn-order") == "probability of leaving"
    people = site.rows(f"""
        select coalesce(c.customer_id, 'guest'), churn_probability,
            has_marketing_consent and not is_held_out, reason_en
        from churn.churn_scores as s
        inner join segments.rfm_segments as r using (person_id)
        left join core.customers as c using (person_id)
        left join churn.churn_reasons as e on s.person_id = e.person_id and reason_rank = 1
            and coalesce(direction, 'raises') = 'raises'
        where {filtered(visit, site)}
        order by churn_probability {"" if by_risk else "* net_sales::double"} desc, s.person_id
        limit 25
    """)
    consents = {True: "yes", False: "no", None: "–"}
    shown = visit.table("churn_people")
    assert [(row[0], row[7], row[8]) for row in shown] == [
        (name, consents[agreed], reason or "–") for name, _, agreed, reason in people
    ]
    assert [number(row[1]) for row in shown] == pytest.approx(
        [p for _, p, *_ in people], abs=0.0005001
    )


def the_file(visit: Visit, site: Site, purpose: str) -> None:
    """For marketing only those who agreed are in the file."""
    key = next(k for k in visit.controls() if k.startswith("purpose-")).partition("-")[2]
    button = visit.page.locator(f".st-key-export-{key} button")
    with visit.page.expect_download() as download:
        button.click()
    file = pd.read_csv(download.value.path())
    if key == "retention_people":
        # Who they are is held by tests/integration/test_cell_people.py.
        assert len(file) >= len(visit.table(key))
        return
    if key == "churn_people":
        who = filtered(visit, site)
    else:
        name = chosen(visit, "lifecycle-segment")
        (segment,) = (k for (k,) in site.rows("select distinct segment from segments.rfm_segments")
                      if say_in("en", f"names.segment.{k}") == name)  # fmt: skip
        who = f"segment = '{segment}'"
    held = site.csv(f"""
        select r.person_id, source_name, customer_id,
            has_marketing_consent and not is_held_out as has_agreed, segment,
            r.net_sales::double as net_sales, days_since_last_order, churn_probability,
            reason_en as reason
        from segments.rfm_segments as r
        inner join retention.purchase_rhythm as d on r.person_id = d.person_id
        left join core.customers as c on r.person_id = c.person_id
        left join churn.churn_scores as s on r.person_id = s.person_id and s.is_champion
        left join churn.churn_reasons as e on r.person_id = e.person_id and reason_rank = 1
            and coalesce(direction, 'raises') = 'raises'
        where {who}
    """)
    agreed = held[held["has_agreed"] == True]  # noqa: E712 (of a guest it is unknown)
    said = visit.words()
    if purpose == "analysis, no contact":
        assert f"All {len(held):,} people are in the file" in said
        by, held = "person_id", held.drop(columns="source_name")
    else:
        assert f"{len(held) - len(agreed)} of {len(held):,} people are not in the file" in said
        by, held = "customer_id", agreed.drop(columns="person_id").reset_index(drop=True)
        assert "person_id" not in file.columns
    same(*(frame.sort_values(by).reset_index(drop=True) for frame in (file, held)))


def the_split(visit: Visit, site: Site, split: str) -> None:
    held = site.rows(
        "select roc_auc, brier from churn.churn_evaluation "
        f"where split = '{split}' order by roc_auc desc, classifier"
    )
    shown = visit.table("churn_evaluation")
    for column, place in ((0, 1), (1, 3)):
        figures = [number(row[place]) for row in shown]
        assert figures == pytest.approx([row[column] for row in held], abs=0.0005001)


def the_groups(visit: Visit, site: Site, kind: str) -> None:
    kinds = {"age": "age_group", "number of orders": "purchases"}
    people = site.rows(f"""
        select customer_count from churn.churn_evaluation_by_segment
        inner join (select distinct classifier from churn.churn_scores where is_champion)
            using (classifier)
        where segment_kind = '{kinds.get(kind, kind)}' order by customer_count desc
    """)
    shown = visit.table("churn_fairness")
    assert [(number(row[1]),) for row in shown] == people


def the_rows_that_landed(visit: Visit, site: Site, _: str) -> None:
    where = " and ".join(
        f"{column} = '{text}'"
        for column, key in (("source_name", "quality-source"), ("table_name", "quality-table"))
        if (text := chosen(visit, key)) != "All"
    )
    held = site.rows(f"""
        select replace(disposition, 'orphaned', 'rejected') as outcome, sum(row_count)
        from core.data_quality where {where or "true"} group by outcome
    """)
    cards = [number(t) for t in visit.page.locator(".sh-value").all_inner_texts()[:5]]
    counts = {str(k): float(n) for k, n in held}
    assert cards[0] == sum(counts.values())
    outcomes = ("accepted", "superseded", "repeated_copy", "rejected")
    assert cards[1:] == [counts.get(k, 0) for k in outcomes]


def the_person(visit: Visit, site: Site, text: str) -> None:
    several = visit.page.locator(".st-key-customer-found input")
    person = (
        several.input_value() if several.count() else visit.page.locator("h3").first.inner_text()
    )
    assert text in person
    ((orders,),) = site.rows(
        "select count(*) from core.orders, core.clock "
        f"where person_id = '{person}' and ordered_at < as_of_at"
    )
    assert orders == 0 or len(visit.table("customer_orders")) == min(orders, 10)


def the_scores(visit: Visit, site: Site, state: str) -> None:
    # It folds, and unfolds, without a run of the page.
    visit.page.locator(".st-key-customer-classifiers table").wait_for(
        state="hidden" if state == "closed" else "visible"
    )
    person = visit.page.locator("h3").first.inner_text()
    held = site.rows(
        f"select churn_probability from churn.churn_scores where person_id = '{person}' "
        "order by is_champion desc, classifier"
    )
    shown = [number(row[1]) for row in visit.table("customer_scores")] if held else []
    assert shown == pytest.approx([p for (p,) in held], abs=0.0005001)


def the_tongue(visit: Visit, site: Site, text: str) -> None:
    (tongue,) = (tongue for tongue, name in LANGUAGES.items() if name == text)
    title = visit.page.locator("h1").inner_text()
    assert title in {say_in(tongue, f"{name}.title") for name in PAGES}


def the_own_days(visit: Visit, site: Site, days: str) -> None:
    assert "period=own" in visit.page.url
    assert days in visit.words()


def the_period(visit: Visit, site: Site, name: str) -> None:
    """The address carries the period, and what is counted by days lies in it."""
    (kind,) = (k for k in SPANS if say_in("en", f"app.period_{k}") == name)
    assert f"period={kind}" in visit.page.url
    first, last = SPANS[kind]
    page = visit.page.locator("h1").inner_text()
    if page == say_in("en", "quality.title"):
        held = site.rows(
            "select sum(row_count) from core.data_quality, (select min(day) as begun from "
            "core.data_quality where disposition = 'accepted') as accepted "
            f"where day between greatest(begun, '{first}') and '{last}'"
        )
        assert visit.csv("quality_days")["row_count"].sum() == held[0][0]
    elif page == say_in("en", "acquisition.title"):
        held = site.rows(
            "select sum(people_count), sum(cost) from retention.channel_quality where "
            f"acquisition_month >= '{first}' and last_day(acquisition_month) <= '{last}'"
        )
        if held[0][0] is None:
            assert say_in("en", "acquisition.no_month") in visit.words()
        else:
            rows = visit.csv("acquisition_channels")
            sums = (rows["people_count"].sum(), rows["cost"].sum())
            assert sums == pytest.approx(tuple(map(float, held[0])))
            shown = visit.table("acquisition_channels")
            assert sum(number(row[1]) for row in shown) == held[0][0]
    elif page == say_in("en", "retention.title"):
        # The default cut is of months.
        held = site.rows(
            "select distinct cohort_start from retention.retention_cube where cut_id = "
            f"'month_net_order_on' and cohort_start between date_trunc('month', date '{first}') "
            f"and '{last}' order by cohort_start"
        )
        if held:
            starts = visit.csv("retention_triangle")["cohort_start"].unique()
            assert sorted(starts) == [str(start) for (start,) in held]
        else:
            assert say_in("en", "retention.no_cohort") in visit.words()


def the_definition(visit: Visit, site: Site, text: str) -> None:
    said = [say_in("en", f"overview.{name}_means", days="90") for name in FIGURES]
    assert text in said
