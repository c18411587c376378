"""Every control of every page is used, and what the page then shows is what the marts hold.

Which controls there are is read from the page, again after each choice: one that appears, and that
`USES` does not know, fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
import pytest

from app.language import LANGUAGES, say_in
from app.palette import BACKGROUNDS
from tests.app.conftest import Site, Visit
from tests.app.test_pages import PAGES, address, number, someone

PNG = b"\x89PNG\r\n\x1a\n"
PERIODS = ("7", "28", "90", "month", "quarter", "year", "all", "own")
FIGURES = (
    "net_sales", "order_count", "net_sales_per_order", "new_customer_count", "returning_share",
    "conversion_rate", "retention", "at_risk",
)  # fmt: skip


def each_option(visit: Visit, key: str) -> Iterator[str]:
    """Choose each option of a list, and then the first one again."""
    for option in range(visit.options(key)):
        yield visit.choose(key, option)
    yield visit.choose(key, 0)


def two_options(visit: Visit, key: str) -> Iterator[str]:
    """Choose one option of a long list, and then the first one again."""
    middle = visit.options(key) // 2
    for option in (middle, 0):
        yield visit.choose(key, option)


def each_tag(visit: Visit, key: str) -> Iterator[str]:
    """Take away what is chosen, which means all, and then choose each option by itself."""
    for option in range(-1, 3):
        clear = visit.page.locator(f".st-key-{key}").get_by_label("Clear all")
        if clear.count():
            clear.click()
            visit.wait()
        yield "" if option < 0 else visit.choose(key, option)
        visit.page.keyboard.press("Escape")


def each_button(visit: Visit, key: str) -> Iterator[str]:
    """Press each of a row of buttons, or of a few round ones, and then the first one again."""
    group = visit.page.locator(f".st-key-{key}")
    texts = group.locator("button, label:has(input)").all_inner_texts()
    for text in (*texts, texts[0]):
        group.get_by_text(text, exact=True).click()
        visit.wait()
        yield text


def each_end(visit: Visit, key: str) -> Iterator[str]:
    """Move each end of a slider inwards."""
    ends = visit.page.locator(f".st-key-{key} input")
    for end, arrow in ((0, "ArrowRight"), (1, "ArrowLeft")):
        ends.nth(end).focus()
        for _ in range(2):
            visit.page.keyboard.press(arrow)
        visit.wait()
        yield " ".join(str(ends.nth(i).get_attribute("aria-valuetext")) for i in (0, 1))


def each_search(visit: Visit, key: str) -> Iterator[str]:
    """Type the whole name of a person, a part of one, and a part of several."""
    person = someone(visit.site)
    for text in (person, person[2:], person[2:-1]):
        visit.page.locator(f".st-key-{key} input").fill(text)
        visit.page.keyboard.press("Enter")
        visit.wait()
        yield text


def each_fold(visit: Visit, key: str) -> Iterator[str]:
    """Fold what is folded up open, closed and open again."""
    fold = visit.page.locator(f".st-key-{key} summary")
    assert not visit.page.locator(f".st-key-{key} table").is_visible()
    for state in ("open", "closed", "open again"):
        fold.click()
        visit.wait().page.wait_for_timeout(400)
        yield state


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
    start = pd.Timestamp(chosen(visit, f"{cohort}-{grain}")).date()
    place = visit.page.locator(f".st-key-{period}-{grain} input")
    index = "true"
    if place.count():
        index = f"period_index = {place.input_value().split()[1]}"
    return f"cohort_start = '{start}' and {index}"


def the_people_of_the_cell(visit: Visit, site: Site, _: str) -> None:
    """The list has as many people as the cube counts, and the sentence above it says so."""
    cell = at(visit, "retention-cohort", "retention-period")
    ((eligible, retained),) = site.rows(
        "select eligible_count, retained_count from retention.retention_cube "
        f"where {cut_rule(visit)} and {group_rule(visit, site)} and {cell}"
    )
    side = chosen(visit, "retention-people")
    people = retained if side == "who came back" else eligible - retained
    shown = visit.table("retention_people")
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
        select coalesce(c.customer_id, 'guest'), order_count, recency_days, s.churn_probability
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


def the_months(visit: Visit, site: Site, months: str) -> None:
    first, last = months.split()
    assert first < last
    held = site.rows(
        "select sum(people_count), sum(cost) from retention.channel_quality "
        f"where strftime(acquisition_month, '%Y-%m') between '{first}' and '{last}'"
    )[0]
    rows = visit.csv("acquisition_channels")
    assert (rows["people_count"].sum(), rows["cost"].sum()) == pytest.approx(
        tuple(map(float, held))
    )
    shown = visit.table("acquisition_channels")
    assert sum(number(row[1]) for row in shown) == held[0]


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
        select coalesce(c.customer_id, 'guest'), churn_probability, has_marketing_consent, reason_en
        from churn.churn_scores as s
        inner join segments.rfm_segments as r using (person_id)
        left join core.customers as c using (person_id)
        left join churn.churn_reasons as e on s.person_id = e.person_id and reason_rank = 1
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
    """Without a purpose there is no file; for marketing only those who agreed are in it."""
    key = next(k for k in visit.controls() if k.startswith("purpose-")).partition("-")[2]
    button = visit.page.locator(f".st-key-export-{key} button")
    if purpose == "Choose":
        assert button.count() == 0
        return
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
        select r.person_id, source_name, customer_id, has_marketing_consent as has_agreed, segment,
            recency_days, r.net_sales::double as net_sales, churn_probability, reason_en as reason
        from segments.rfm_segments as r
        left join core.customers as c on r.person_id = c.person_id
        left join churn.churn_scores as s on r.person_id = s.person_id and s.is_champion
        left join churn.churn_reasons as e on r.person_id = e.person_id and reason_rank = 1
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


def the_last_days(visit: Visit, site: Site, text: str) -> None:
    rows = visit.csv("quality_days")
    days = "10000" if text == "All" else text.split()[0]
    held = site.rows(f"""
        with seen as (
            select min(day) as first, least(max(day), any_value(open_day) - 1) as last
            from core.data_quality, core.clock where disposition = 'accepted'
        )
        select sum(row_count) from core.data_quality, seen
        where day between greatest(first, last - {days} + 1) and last
    """)
    assert rows["row_count"].sum() == held[0][0]


def the_person(visit: Visit, site: Site, text: str) -> None:
    several = visit.page.locator(".st-key-customer-found input")
    person = (
        several.input_value() if several.count() else visit.page.locator("h3").first.inner_text()
    )
    assert text in person
    orders = site.rows(f"select count(*) from core.orders where person_id = '{person}'")[0][0]
    assert orders == 0 or len(visit.table("customer_orders")) == min(orders, 10)


def the_scores(visit: Visit, site: Site, state: str) -> None:
    table = visit.page.locator(".st-key-customer-classifiers table")
    assert table.is_visible() is (state != "closed")
    person = visit.page.locator("h3").first.inner_text()
    held = site.rows(
        f"select churn_probability from churn.churn_scores where person_id = '{person}' "
        "order by is_champion desc, classifier"
    )
    shown = [number(row[1]) for row in visit.table("customer_scores")]
    assert shown == pytest.approx([p for (p,) in held], abs=0.0005001)


def the_tongue(visit: Visit, site: Site, text: str) -> None:
    (tongue,) = (tongue for tongue, name in LANGUAGES.items() if name == text)
    title = visit.page.locator("h1").inner_text()
    assert title in {say_in(tongue, f"{name}.title") for name in PAGES}


def each_span(visit: Visit, key: str) -> Iterator[str]:
    """Move the first of the days by one, and look elsewhere."""
    visit.page.locator(f".st-key-{key} [role=spinbutton]").nth(2).focus()
    visit.page.keyboard.press("ArrowUp")
    visit.page.locator("h1").click()
    visit.page.wait_for_timeout(500)
    visit.wait()
    # The clock stands on 14 May: the last 28 days are what one's own begin with.
    yield "17 Apr 2025 – 13 May 2025"


def the_own_days(visit: Visit, site: Site, days: str) -> None:
    the_period(visit, site, "my own days")
    assert days in visit.words()


def the_period(visit: Visit, site: Site, name: str) -> None:
    """The address carries the period, and the page says which days it has."""
    (kind,) = (k for k in PERIODS if say_in("en", f"app.period_{k}") == name)
    assert f"period={kind}" in visit.page.url


def each_card(visit: Visit, key: str) -> Iterator[str]:
    """Open each figure of a row by a click, and close it again."""
    for card in visit.page.locator(f".st-key-{key} details").all():
        card.locator("summary").click()
        yield card.locator("p").inner_text()
        card.locator("summary").click()


def the_definition(visit: Visit, site: Site, text: str) -> None:
    said = [say_in("en", f"overview.{name}_means", days="90") for name in FIGURES]
    assert text in said


@dataclass(frozen=True)
class Use:
    """How a control is used, and what must be seen after each choice."""

    choices: Callable[[Visit, str], Iterator[str]]
    check: Callable[[Visit, Site, str], None]


USES = {
    "retention-cohort_grain": Use(each_option, the_cut),
    "retention-activity": Use(each_option, the_cut),
    "retention-definition": Use(each_option, the_cut),
    "retention-slice": Use(each_option, the_cut),
    "retention-slice-value": Use(each_option, the_cut),
    "retention-people": Use(each_option, the_people_of_the_cell),
    "retention-compare": Use(each_option, the_two),
    **{
        f"retention-{name}": Use(two_options, check)
        for check, names in (
            (
                the_people_of_the_cell,
                ("cohort-month", "cohort-week", "cohort-day", "period-month", "period-week"),
            ),
            (
                the_two,
                (
                    "compare-period-month",
                    "compare-period-week",
                    "first-month",
                    "first-week",
                    "first-day",
                    "second-month",
                    "second-week",
                    "second-day",
                    *(
                        f"{one}-{split}"
                        for one in ("first", "second")
                        for split in ("channel", "country", "device", "first_category")
                    ),
                ),
            ),
        )
        for name in names
    },
    "purpose-retention_people": Use(each_option, the_file),
    "lifecycle-grain": Use(each_button, the_periods),
    "lifecycle-segment": Use(each_option, the_segment),
    "purpose-lifecycle_people": Use(each_option, the_file),
    "purpose-churn_people": Use(each_option, the_file),
    "acquisition-months": Use(each_end, the_months),
    "churn-band": Use(each_tag, the_people),
    "churn-segment": Use(each_tag, the_people),
    "churn-order": Use(each_option, the_people),
    "churn-model-split": Use(each_button, the_split),
    "churn-model-kind": Use(each_option, the_groups),
    "customer-text": Use(each_search, the_person),
    "customer-found": Use(each_option, the_person),
    "customer-classifiers": Use(each_fold, the_scores),
    "quality-source": Use(each_option, the_rows_that_landed),
    "quality-table": Use(each_option, the_rows_that_landed),
    "quality-days": Use(each_button, the_last_days),
    "period": Use(each_option, the_period),
    "period-own": Use(each_span, the_own_days),
    "overview-figures": Use(each_card, the_definition),
    "language": Use(each_button, the_tongue),
}


def use_all(visit: Visit, site: Site, used: set[str]) -> None:
    """Use whatever is on the page and was not used, and what appears meanwhile.

    The period comes last, since a short one leaves little on the page.
    """
    for key in sorted(visit.controls(), key=lambda key: key.startswith("period")):
        if key in used:
            continue
        used.add(key)
        kind, _, figure = key.partition("-")
        if kind == "png":
            assert visit.picture(figure).startswith(PNG)
        elif kind == "csv":
            # What is shown is what was asked: it gives the same rows to whoever types it.
            same(visit.csv(figure), site.csv(visit.sql(figure)))
        # A list's file is had by whoever chose its purpose.
        elif kind not in ("how", "export"):
            assert key in USES, f"The control {key} is used by no test: write how in USES."
            for choice in USES[key].choices(visit, key):
                USES[key].check(visit, site, choice)
                use_all(visit, site, used)


@pytest.mark.parametrize("name", PAGES)
def test_every_control_is_used_and_tells_what_the_marts_hold(
    visit: Visit, site: Site, name: str
) -> None:
    visit.open(address(name, site))
    used: set[str] = set()
    use_all(visit, site, used)
    # A definition stands by its rows: whoever has one has the other.
    figures = {key.removeprefix("csv-") for key in used if key.startswith("csv-")}
    lists = {key.removeprefix("purpose-") for key in used if key.startswith("purpose-")}
    assert figures | lists == {key.removeprefix("how-") for key in used if key.startswith("how-")}
    assert not figures & lists
    assert len(figures) >= 3
    assert "language" in used


def test_the_theme_is_chosen_in_the_menu(visit: Visit) -> None:
    visit.open("retention")
    label = ".st-key-figure-retention_curves svg .role-axis-label text"
    inks = set()
    for theme, background in zip(("Light", "Dark"), BACKGROUNDS, strict=True):
        visit.page.get_by_test_id("stMainMenuButton").click()
        visit.page.get_by_test_id(f"stMainMenuItem-theme-{theme}").click()
        visit.page.keyboard.press("Escape")
        visit.wait()
        red, green, blue = (int(background[i : i + 2], 16) for i in (1, 3, 5))
        colour = "e => getComputedStyle(e).backgroundColor"
        shown = visit.page.eval_on_selector('[data-testid="stApp"]', colour)
        assert shown == f"rgb({red}, {green}, {blue})"
        inks.add(visit.page.locator(label).first.get_attribute("fill"))
    assert len(inks) == 2


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("retention", ["retention_triangle"]),
        ("lifecycle", ["lifecycle_flow"]),
        ("churn_model", ["churn_fairness"]),
        ("quality", ["quality_days"]),
    ],
)
def test_a_choice_outlives_a_change_of_language(
    visit: Visit, name: str, figures: list[str]
) -> None:
    visit.open(name)
    for key in visit.controls():
        if visit.page.locator(f".st-key-{key} .stSelectbox").count():
            if visit.options(key) > 1:
                visit.choose(key, 1)
        elif visit.page.locator(f".st-key-{key} .stMultiSelect").count():
            visit.choose(key, "medium" if key == "churn-band" else "Hibernating")
            visit.page.keyboard.press("Escape")
    for row in visit.page.locator('[data-testid="stMain"] [data-testid="stButtonGroup"]').all():
        row.locator("button").nth(1).click()
        visit.wait()
    before = {figure: visit.csv(figure) for figure in figures}
    for tongue in ("中文", "English"):
        visit.page.get_by_text(tongue, exact=True).click()
        visit.wait()
        for figure in figures:
            same(visit.csv(figure), before[figure])


@pytest.mark.parametrize("name", ["lifecycle", "churn"])
def test_a_list_outlives_a_change_of_language(visit: Visit, name: str) -> None:
    visit.open(name)
    if name == "churn":
        visit.choose("churn-band", "medium")
        visit.page.keyboard.press("Escape")
    for key in visit.controls():
        if key in ("lifecycle-segment", "churn-order") or key.startswith("purpose-"):
            visit.choose(key, 1)
    people = f"{name}_people"
    export = visit.page.locator(f".st-key-export-{people} button")
    before = [row[0] for row in visit.table(people)]
    for tongue in ("中文", "English"):
        visit.page.get_by_text(tongue, exact=True).click()
        visit.wait()
        names = ["guest" if row[0] == "未注册买家" else row[0] for row in visit.table(people)]
        assert names == before
        assert export.count() == 1
