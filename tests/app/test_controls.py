"""Every control of every page is used, and what the page then shows is what the marts hold.

Of options that are many of one kind, such as countries or themes, two are chosen; of others each.
Which controls there are is read from the page, again after each choice: one that appears, and that
`USES` does not know, fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.palette import BACKGROUNDS
from tests.app.basket_checks import the_rules_of
from tests.app.behavior_checks import (
    the_file_of_carts,
    the_grain,
    the_slices,
    the_step,
    the_steps,
    the_ways,
)
from tests.app.checks import (
    same,
    the_cut,
    the_definition,
    the_file,
    the_groups,
    the_own_days,
    the_people,
    the_people_of_the_cell,
    the_period,
    the_periods,
    the_person,
    the_rows_that_landed,
    the_scores,
    the_segment,
    the_split,
    the_tongue,
    the_two,
)
from tests.app.conftest import Site, Visit
from tests.app.experiment_checks import the_experiment
from tests.app.feedback_checks import the_file_of_writers, the_satisfaction, the_voice
from tests.app.recommendation_checks import the_lists_of, the_neighbours, the_ways_to_recommend
from tests.app.rhythm_checks import the_rhythm
from tests.app.segment_checks import (
    the_cluster,
    the_file_of_cluster,
    the_file_of_group,
    the_file_of_movers,
    the_group,
    the_movers,
    the_moves,
    the_size,
)
from tests.app.test_pages import PAGES, address
from tests.app.value_checks import (
    the_channel,
    the_file_of_tier,
    the_matrix,
    the_moves_of_value,
    the_record,
    the_tier,
)
from tests.app.ways import (
    each_button,
    each_card,
    each_fold,
    each_option,
    each_search,
    each_span,
    each_tag,
    two_options,
)

PNG = b"\x89PNG\r\n\x1a\n"


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
    "retention-slice-value": Use(two_options, the_cut),
    "retention-people": Use(each_button, the_people_of_the_cell),
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
    "purpose-retention_people": Use(each_button, the_file),
    "lifecycle-grain": Use(each_button, the_periods),
    "lifecycle-segment": Use(two_options, the_segment),
    "purpose-lifecycle_people": Use(each_button, the_file),
    "segments-month": Use(two_options, the_moves),
    "segments-move": Use(two_options, the_movers),
    "segments-segment": Use(two_options, the_size),
    "segments-cluster": Use(two_options, the_cluster),
    "segments-rule": Use(two_options, the_group),
    "purpose-segments_rule_people": Use(each_button, the_file_of_group),
    "purpose-segments_people": Use(each_button, the_file_of_movers),
    "purpose-segments_cluster_people": Use(each_button, the_file_of_cluster),
    "funnel-step": Use(each_button, the_step),
    "funnel-grain": Use(each_button, the_grain),
    "funnel-funnel": Use(each_option, the_steps),
    "funnel-slice": Use(each_option, the_slices),
    "funnel-goal": Use(each_button, the_ways),
    "baskets-product": Use(two_options, the_rules_of),
    "rhythm-measure": Use(each_button, the_rhythm),
    "feedback-category": Use(two_options, the_voice),
    "feedback-theme": Use(two_options, the_voice),
    "feedback-part": Use(each_button, the_satisfaction),
    "purpose-feedback_people": Use(each_button, the_file_of_writers),
    "purpose-funnel_people": Use(each_button, the_file_of_carts),
    "recommendations-text": Use(each_search, the_lists_of),
    "recommendations-found": Use(two_options, the_lists_of),
    "recommendations-product": Use(two_options, the_neighbours),
    "recommendations-list": Use(each_button, the_ways_to_recommend),
    "recommendations-people": Use(each_button, the_ways_to_recommend),
    "experiments-plan": Use(two_options, the_experiment),
    "value-tier": Use(two_options, the_tier),
    "value-measure": Use(each_button, the_matrix),
    "value-channel": Use(two_options, the_channel),
    "value-month": Use(two_options, the_moves_of_value),
    "value-horizon": Use(each_button, the_record),
    "purpose-value_people": Use(each_button, the_file_of_tier),
    "purpose-churn_people": Use(each_button, the_file),
    "churn-band": Use(each_tag, the_people),
    "churn-segment": Use(each_tag, the_people),
    "churn-order": Use(each_option, the_people),
    "churn-model-split": Use(each_button, the_split),
    "churn-model-kind": Use(each_option, the_groups),
    "customer-text": Use(each_search, the_person),
    "customer-found": Use(two_options, the_person),
    "customer-classifiers": Use(each_fold, the_scores),
    "quality-source": Use(two_options, the_rows_that_landed),
    "quality-table": Use(two_options, the_rows_that_landed),
    "period": Use(each_option, the_period),
    "period-own": Use(each_span, the_own_days),
    "overview-figures": Use(each_card, the_definition),
    "language": Use(each_button, the_tongue),
}


def use_all(visit: Visit, site: Site, used: set[str]) -> None:
    """Use whatever is on the page and was not used, and what appears meanwhile.

    The period is used by `use_the_period`, since a short one leaves little on the page.
    """
    for key in visit.controls():
        if key in used or key.startswith("period"):
            continue
        used.add(key)
        kind, _, figure = key.partition("-")
        if kind == "png":
            assert visit.picture(figure).startswith(PNG)
        elif kind == "csv":
            # What is shown is what was asked: it gives the same rows to whoever types it.
            sql = visit.sql(figure)
            held = site.csv(sql)
            same(visit.csv(figure), held)
            # Rows without an order come in another one now and then.
            assert len(held) == 1 or "\norder by" in sql.lower(), sql
        # A list's file is had by whoever chose its purpose.
        elif kind not in ("how", "export"):
            assert key in USES, f"The control {key} is used by no test: write how in USES."
            for choice in USES[key].choices(visit, key):
                USES[key].check(visit, site, choice)
                use_all(visit, site, used)


def use_the_period(visit: Visit, site: Site, used: set[str]) -> None:
    """Choose each period, and days of one's own."""
    for key in ("period", "period-own"):
        for choice in USES[key].choices(visit, key):
            USES[key].check(visit, site, choice)
            if key == "period" and "period-own" in visit.controls():
                break
    use_all(visit, site, used)


@pytest.mark.parametrize("name", PAGES)
def test_every_control_is_used_and_tells_what_the_marts_hold(
    visit: Visit, site: Site, name: str
) -> None:
    visit.open(address(name, site))
    used: set[str] = set()
    use_all(visit, site, used)
    if "period" in visit.controls():
        use_the_period(visit, site, used)
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
        if key == "period":
            # A group may have nobody in a short one.
            visit.choose(key, "all time" if name == "retention" else "last full quarter")
        elif visit.page.locator(f".st-key-{key} .stSelectbox").count():
            if len(visit.options(key)) > 1:
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
    people = f"{name}_people"
    # Without a purpose there is no file.
    assert visit.page.locator(f".st-key-export-{people}").count() == 0
    if name == "churn":
        visit.choose("churn-band", "medium")
        visit.page.keyboard.press("Escape")
    visit.choose("lifecycle-segment" if name == "lifecycle" else "churn-order", 1)
    visit.page.locator(f".st-key-purpose-{people} button").first.click()
    visit.wait()
    export = visit.page.locator(f".st-key-export-{people} button")
    export.wait_for()
    before = [row[0] for row in visit.table(people)]
    for tongue in ("中文", "English"):
        visit.page.get_by_text(tongue, exact=True).click()
        visit.wait()
        names = ["guest" if row[0] == "未注册买家" else row[0] for row in visit.table(people)]
        assert names == before
        assert export.count() == 1
