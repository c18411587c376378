"""The page Recommendations on a few marts written by hand: its answer, and what it shows whom."""

import re
from pathlib import Path

import pytest

from app.language import say_in
from tests.app.words import english_sentences
from tests.unit.test_app_customer import rows_of
from tests.unit.test_app_pages import (
    PEOPLE,
    draw_page,
    empty_marts,
    place,
    published_words,
    put,
    shown,
)

__all__ = ["place"]

# Somebody with both lists who may be mailed, somebody with one who may not, and one with none.
SHOP = (
    PEOPLE.format("e:till:x")
    + """;
insert into core.clock by name
select timestamp '2025-05-14' as as_of_at, 'Europe/London' as time_zone, 'GBP' as base_currency;
insert into core.products by name
select * from (values
    ('shop', 'p1', 'Plain <b>Pan</b>', 'kitchen'), ('shop', 'p2', 'Fine Knife', 'kitchen'),
    ('shop', 'p3', 'Small Spade', null), ('stall', 'p2', 'Fine Knife', 'tools')
) as t(source_name, product_id, name, category);
insert into core.content by name
select 'shop' as source_name, 'g1' as content_id, 'How to choose a pan' as title;
insert into recommendations.product_recommendations by name
select *, 'shop' as source_name, case when reason_product_id is not null then 'shop' end
    as reason_source_name, date '2025-05-21' as valid_until
from (values
    ('c:shop:1', 'discovery', 1, 'p1', 'bought_with', 'p2', null, true),
    ('c:shop:1', 'discovery', 2, 'p2', 'viewed_with', 'gone', null, true),
    ('c:shop:1', 'discovery', 3, 'p1', 'popular_in_category', null, null, true),
    ('c:shop:1', 'discovery', 4, 'p3', 'popular_in_category', null, null, true),
    ('c:shop:1', 'discovery', 5, 'p3', 'popular', null, null, true),
    ('c:shop:1', 'discovery', 6, 'p3', 'new_here', null, null, true),
    ('c:shop:1', 'discovery', 7, 'p1', 'new_here', null, null, true),
    ('c:shop:1', 'discovery', 8, 'p3', 'viewed', null, null, true),
    ('c:shop:1', 'buy_again', 1, 'p1', 'buys_every', null, 31, true),
    ('c:shop:1', 'buy_again', 2, 'p9', 'others_buy_every', null, 1, true),
    ('c:shop:1', 'buy_again', 3, 'p3', 'bought_before', null, null, true),
    ('e:till:x', 'discovery', 1, 'p3', 'popular', null, null, false)
) as t(person_id, list_kind, list_rank, product_id, reason_code, reason_product_id, reason_days,
    may_be_contacted);
insert into recommendations.content_recommendations by name
select 'c:shop:1' as person_id, 'shop' as source_name, * from (values
    ('g1', 'bought_category', 'kitchen', 1), ('g2', 'viewed_category', 'tools', 2)
) as t(content_id, reason_code, reason_category, list_rank);
insert into recommendations.product_neighbours by name
select *, 'shop' as source_name from (values
    ('p1', 'shop', 'p2', 1, 40, true), ('p1', 'shop', 'p9', 2, 3, false),
    ('p2', 'shop', 'p1', 1, 40, true)
) as t(product_id, neighbour_source_name, neighbour_product_id, neighbour_rank, people_count,
    is_available);
insert into recommendations.recommendation_exclusions by name
select * from (values
    ('discovery', 'bought', 812, 9, 2400), ('discovery', 'unavailable', 0, 4, 0),
    ('buy_again', 'silent_for_a_year', 33, 0, 0), ('buy_again', 'too_soon', 5, 2, 6)
) as t(list_kind, reason, people_count, product_count, pair_count);
"""
)
# Recall and its ends of the served way and of popular products, on test.
RECORD = """
insert into recommendations.recommendation_evaluation by name
select *, recall as hit, recall as coverage, 4.0 as novelty, recall as ndcg, recall as map,
    'test' as split, model_name = '{served}' as is_served
from (values
    ('discovery', 'item_to_item', 'all', null, 812, {recall}, {low}, {high}),
    ('discovery', 'popular_30d', 'all', null, 812, .11, .09, .13),
    ('discovery', 'ease', 'all', 'too_many_products', 812, null, null, null),
    ('discovery', 'item_to_item', 'new', null, 222, .071, .05, .09)
) as t(list_kind, model_name, people, reason_code, people_count, recall, recall_low, recall_high);
-- What validation says is looked at by nobody but the choice.
insert into recommendations.recommendation_evaluation by name
select 'discovery' as list_kind, 'item_to_item' as model_name, 'validation' as split,
    'all' as people, .99 as recall, .98 as recall_low, 1.0 as recall_high, true as is_served;
"""
BETTER = RECORD.format(served="item_to_item", recall=0.16, low=0.14, high=0.18)
AGAIN = """
insert into recommendations.recommendation_evaluation by name
select 'buy_again' as list_kind, 'test' as split, 'all' as people, 400 as people_count, *,
    model_name = 'buy_again' as is_served
from (values ('buy_again', {recall}, {low}, .4), ('popular_30d', .09, .04, .12))
    as t(model_name, recall, recall_low, recall_high);
"""
OWN = """
insert into recommendations.recommendation_evaluation by name
select 'buy_again' as list_kind, 'own_popular' as model_name, 'test' as split, 'all' as people,
    400 as people_count, {recall} as recall, .06 as recall_low, {high} as recall_high,
    false as is_served;
"""
NOT_KNOWN = """
insert into strategy.recommendation_effect by name
select 'not_known' as verdict_code, false as is_primary, false as is_running;
"""
RESULT = """
insert into strategy.recommendation_effect by name
select 'shop' as source_name, 'lists' as experiment_id, 'order_rate' as metric, {verdict} as
    verdict_code, 500 as unit_count, 480 as control_unit_count, .3 as arm_mean,
    .25 as control_mean, .05 as effect, .01 as effect_low, .09 as effect_high, true as is_primary,
    {running} as is_running;
insert into experiments.experiment_results by name
select 'shop' as source_name, 'lists' as experiment_id, 'order_rate' as metric,
    'recommended' as arm, 'control' as control_arm, 'all' as segment_kind, 'rate' as metric_kind,
    {running} as is_running, .01 as effect_low, .09 as effect_high, -.02 as sequential_low,
    .12 as sequential_high;
"""
REASONS = {
    "en": [
        "bought with Fine Knife", "viewed with gone", "popular in kitchen", "popular now",
        "popular now", "popular with newcomers", "popular with newcomers, in kitchen",
        "you looked at this",
    ],
    "zh": [
        "常与“Fine Knife”一起买", "常与“gone”一起看", "“kitchen”中的热门商品", "当下热门",
        "当下热门", "新顾客中热门", "新顾客中热门，属于“kitchen”",  # noqa: RUF001
        "您看过这件商品",
    ],
}  # fmt: skip
AGAIN_REASONS = {
    "en": ["you buy this every 31 days", "others buy this every 1 day", "you bought this before"],
    "zh": ["您每 31 天购买一次", "其他人每 1 天购买一次", "您以前买过"],
}
GUIDES = {
    "en": ["you bought something in kitchen of late", "you looked at tools of late"],
    "zh": ["您近来买过“kitchen”中的商品", "您近来看过“tools”中的商品"],
}


def html(tongue: str = "en", person: str | None = None, address: str = "") -> str:
    """What the page shows, with its tags."""
    test = draw_page("recommendations", tongue, person, address)
    return " ".join(str(e.proto.body) for e in test.main if e.type == "html")


def test_a_list_that_beats_what_everybody_buys_may_be_mailed(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    text = shown("recommendations")
    assert "Lists find more than what everybody buys" in text
    assert (
        "On average 16 % of what a person then bought for the first time (of at most ten products) "
        "stood among the ten of their own list; 11 % among the ten that everybody buys." in text
    )
    assert "what 812 people bought" in text
    assert "14 % to 18 % for lists and 9 % to 13 % for popular products" in text
    assert "Mail lists to whoever may be contacted." in text
    assert "With a list: 2 people. Of these 1 may be contacted; the other 1 gave no consent" in text
    # The validation split, which chose, is no figure of the page.
    assert "99" not in text
    assert "sh-error" not in text
    assert "nan" not in text.lower()


def test_where_nothing_beats_popularity_the_page_says_so_plainly(place: Path) -> None:
    put(place, *empty_marts(), SHOP,
        RECORD.format(served="popular_30d", recall=0.12, low=0.1, high=0.14))  # fmt: skip
    text = shown("recommendations")
    assert "No list finds more than what everybody buys" in text
    assert "On average 11 % of what a person then bought for the first time" in text
    assert "(9 % to 13 %, nineteen times in twenty)" in text
    assert "Show popular products on the page, and do not mail them" in text
    assert "Mail lists" not in text


@pytest.mark.parametrize(
    ("recall", "low", "headline", "decision"),
    [
        # Just above the high end of popularity, and on it.
        (0.16, 0.1301, "Lists find more", "Mail lists to whoever"),
        (0.16, 0.13, "Lists probably find more", "mail them to a part of those"),
        # Above popularity itself, and on it.
        (0.1101, 0.09, "Lists probably find more", "mail them to a part of those"),
        (0.11, 0.09, "Lists find no more", "mail no lists until they are ahead again"),
    ],
)
def test_how_sure_the_lead_is_decides(
    place: Path, recall: float, low: float, headline: str, decision: str
) -> None:
    record = RECORD.format(served="item_to_item", recall=recall, low=low, high=0.18)
    put(place, *empty_marts(), SHOP, record)
    text = shown("recommendations")
    assert headline in text
    assert decision in text


def test_small_shares_have_a_digit_more(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER.replace(".09, .13", ".049, .13"))
    text = shown("recommendations")
    assert "On average 16.0 % of what" in text
    assert "14.0 % to 18.0 % for lists and 4.9 % to 13.0 %" in text


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_without_a_record_nothing_is_promised(place: Path, tongue: str) -> None:
    put(place, *empty_marts(), SHOP)
    text = shown("recommendations", tongue)
    assert text.count(say_in(tongue, "recommendations.untold_why")) == 2
    assert say_in(tongue, "recommendations.do_untold") in text


@pytest.mark.parametrize(
    ("recall", "low", "decision"),
    [(0.34, 0.1201, "again_better"), (0.34, 0.12, "again_likely"), (0.09, 0.05, "again_gone")],
)
def test_what_is_to_buy_again_is_decided_by_itself(
    place: Path, recall: float, low: float, decision: str
) -> None:
    put(place, *empty_marts(), SHOP, BETTER, AGAIN.format(recall=recall, low=low))
    text = shown("recommendations")
    assert "1 person may want something again that they bought, 1 of whom may be contacted" in text
    codes = ("again_better", "again_likely", "again_gone")
    said = {code for code in codes if say_in("en", f"recommendations.{code}") in text}
    assert said == {decision}
    assert (
        f"On average {100 * recall:.0f}.0 % of what a person then bought again (of at most ten "
        "products) stood in that list; 9.0 % among the ten that everybody buys." in text
    )


def test_what_is_to_buy_again_is_told_beside_all_that_they_had(place: Path) -> None:
    """It decides nothing, since whoever bought few products finds all of them among ten."""
    put(place, *empty_marts(), SHOP, BETTER, AGAIN.format(recall=0.34, low=0.32),
        OWN.format(recall=0.98, high=0.99))  # fmt: skip
    text = shown("recommendations")
    assert (
        "9.0 % among the ten that everybody buys, and 98 % among all that they had bought, ten at "
        f"most. {say_in('en', 'recommendations.again_better')}"
    ) in text
    assert "之中的有 98" in shown("recommendations", "zh")
    rows = rows_of("recommendations_record", html(address="recommendations-list=buy_again"))
    assert "What they had, the most popular first" in {row[0] for row in rows}


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_every_reason_has_its_words(place: Path, tongue: str) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    text = html(tongue, "c:shop:1")
    rows = rows_of("recommendations_list", text)
    assert [row[2] for row in rows] == REASONS[tongue]
    # A name is text, and a product that the catalogue lacks goes by its id.
    assert rows[0][0] == "Plain &lt;b&gt;Pan&lt;/b&gt;"
    again = rows_of("recommendations_again", text)
    assert [row[2] for row in again] == AGAIN_REASONS[tongue]
    assert again[1][0] == "p9"
    guides = rows_of("recommendations_guides", text)
    assert guides == [["How to choose a pan", GUIDES[tongue][0]], ["g2", GUIDES[tongue][1]]]
    assert say_in(tongue, "recommendations.may_mail") in text
    assert say_in(tongue, "recommendations.may_not_mail") not in text
    if tongue == "zh":
        assert english_sentences(shown("recommendations", tongue)) == []


def test_who_may_not_be_mailed_is_said_with_the_reason(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    text = html(person="e:till:x")
    assert "May be shown, not mailed: no consent, or held out of campaigns." in text
    assert rows_of("recommendations_again", text) == []
    assert rows_of("recommendations_guides", text) == []


def test_a_person_without_a_list_reads_why(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    text = html(person="c:shop:1001")
    assert "This person has no list. Whoever never bought a product has none, nor has who" in (
        re.sub(r"(<[^>]+>)+", " ", text)
    )
    assert "recommendations_list" not in text
    assert "may be mailed" not in text


def test_before_a_person_is_chosen_some_with_a_list_are_named(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    named = rows_of("recommendations_some", html())
    assert sorted(row[0] for row in named) == ["c:shop:1", "e:till:x"]


def test_what_goes_with_a_product_says_whether_it_can_be_bought(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    text = html(address="recommendations-product=Plain <b>Pan</b>")
    rows = rows_of("recommendations_neighbours", text)
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("Fine Knife", "40", "yes"), ("p9", "3", "no"),
    ]  # fmt: skip


def test_products_of_one_name_are_told_apart_by_their_ids(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER, """
        insert into recommendations.product_neighbours by name
        select 'stall' as source_name, 'p2' as product_id, 'stall' as neighbour_source_name,
            'p7' as neighbour_product_id, 1 as neighbour_rank, 2 as people_count
    """)  # fmt: skip
    test = draw_page("recommendations")
    (box,) = [box for box in test.selectbox if box.key == "recommendations-product"]
    assert box.options == ["Fine Knife (shop p2)", "Plain <b>Pan</b>", "Fine Knife (stall p2)"]


def test_the_record_says_what_was_not_told(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    text = html()
    rows = rows_of("recommendations_record", text)
    assert [row[:2] for row in rows] == [
        ["What the same people want", "16.0 %14.0 % – 18.0 %"],
        ["What everybody buys", "11.0 %9.0 % – 13.0 %"],
        ["All at once (EASE)", "–"],
    ]
    assert "Not told of “All at once (EASE)”: the shop has too many products for it." in text
    assert 'class="sh-marked"><td class="sh-long">What the same people want' in text
    new = html(address="recommendations-people=new")
    assert rows_of("recommendations_record", new)[0][1] == "7.1 %5.0 % – 9.0 %"
    assert "Judged by 222 people" in new


def test_what_is_left_out_stands_in_words(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    assert rows_of("recommendations_left_out", html()) == [
        ["they have it", "new to them", "812", "9", "2,400"],
        ["it cannot be bought", "new to them", "–", "4", "–"],
        ["bought so lately that it cannot be used up", "to buy again", "5", "2", "6"],
        ["no list: they ordered nothing for 365 days", "to buy again", "33", "–", "–"],
    ]


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_what_lists_are_worth_only_an_experiment_tells(place: Path, tongue: str) -> None:
    put(place, *empty_marts(), SHOP, BETTER, NOT_KNOWN)
    text = shown("recommendations", tongue)
    assert say_in(tongue, "recommendations.not_known") in text
    assert "recommendation_experiment" in text
    assert rows_of("recommendations_worth", html()) == []


@pytest.mark.parametrize(
    ("running", "verdict", "said", "do"),
    [(False, "works", "(+1.0 points to +9.0 points)", "Roll it out"),
     (True, "not_shown", "(−2.0 points to +12.0 points)", "Go on until then")],
)  # fmt: skip
def test_an_experiment_of_lists_is_told(
    place: Path, running: bool, verdict: str, said: str, do: str
) -> None:
    """While it runs, by the interval that holds at every look."""
    put(place, *empty_marts(), SHOP, BETTER, RESULT.format(running=running, verdict=f"'{verdict}'"))
    text = shown("recommendations")
    assert f"lists: with lists order_rate is +5.0 points beside the control {said}" in text
    assert do in text


def test_an_experiment_whose_arms_have_capitals_is_told(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER,
        RESULT.format(running=False, verdict="'works'")
        .replace("'recommended'", "'Recommended'").replace("'control'", "'Control'"))  # fmt: skip
    said = "lists: with lists order_rate is +5.0 points beside the control (+1.0 points to +9.0"
    assert said in shown("recommendations")


@pytest.mark.parametrize("tongue", ["en", "zh"])
@pytest.mark.parametrize(
    ("code", "arms", "fault", "remedy"),
    [
        ("no_such_experiment", None, "There is no experiment “lits”.", "or land its plan"),
        ("no_such_arms", "a, control", "It has: a, control.", "Whoever is shown lists belongs in"),
        ("no_result_yet", None, "“lits” has its arms, and no result yet.", "Land who was exposed"),
    ],
)
def test_what_an_experiment_lacks_is_said_with_its_remedy(
    place: Path, tongue: str, code: str, arms: str | None, fault: str, remedy: str
) -> None:
    put(place, *empty_marts(), SHOP, BETTER, f"""
        insert into strategy.recommendation_effect by name
        select 'lits' as experiment_id, '{code}' as verdict_code,
            {f"'{arms}'" if arms else "null"} as arms_found
    """)  # fmt: skip
    text = shown("recommendations", tongue)
    assert text.count("“lits”") == 1
    if tongue == "en":
        assert fault in text
        assert remedy in text
    else:
        assert arms is None or f"{arms}。" in text
        assert english_sentences(text) == []
    assert "sh-error" not in html(tongue)
    assert rows_of("recommendations_worth", html(tongue)) == []


# Nobody has a list: nothing can be bought, all are silent, and nobody ever bought.
UNLISTED = """
delete from recommendations.product_recommendations;
delete from recommendations.recommendation_exclusions;
insert into recommendations.recommendation_exclusions by name
select * from (values
    ('discovery', 'unavailable', 0, 4, 0), ('discovery', 'never_bought', 7, 0, 0),
    ('buy_again', 'never_bought', 7, 0, 0)
    {more}
) as t(list_kind, reason, people_count, product_count, pair_count);
"""


@pytest.mark.parametrize("tongue", ["en", "zh"])
@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (", ('discovery', 'nothing_left', 410, 0, 0), ('buy_again', 'nothing_left', 410, 0, 0),"
         "('discovery', 'silent_for_a_year', 33, 0, 0)", "nothing_left",
         "410 people bought in the last 365 days, and nothing could stand in their lists"),
        (", ('discovery', 'nothing_left', 0, 0, 0), ('discovery', 'silent_for_a_year', 33, 0, 0)",
         "silent_for_a_year", "33 people bought one, and all of them longer ago"),
    ],
)  # fmt: skip
def test_why_nobody_has_a_list_is_said_and_the_rest_is_shown(
    place: Path, tongue: str, more: str, code: str, said: str
) -> None:
    put(place, *empty_marts(), SHOP, BETTER, NOT_KNOWN, UNLISTED.format(more=more))
    text = shown("recommendations", tongue)
    if tongue == "en":
        assert said in text
    else:
        assert english_sentences(text) == []
    assert published_words(tongue, "recommendations.remedy") not in text
    assert say_in(tongue, "recommendations.empty") in text
    assert rows_of("recommendations_left_out", html(tongue))
    assert rows_of("recommendations_record", html(tongue))
    assert rows_of("recommendations_neighbours", html(tongue))
    assert say_in(tongue, "recommendations.not_known") in text
    # Nobody with a list can be chosen, nor may be mailed.
    assert say_in(tongue, "recommendations.person_note") not in text
    assert say_in(tongue, "recommendations.do_better") not in text
    assert "sh-error" not in html(tongue)


def test_where_nobody_ever_bought_orders_are_asked_for(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER, UNLISTED.format(more=""))
    text = shown("recommendations")
    assert published_words("en", "recommendations.remedy") in text
    assert say_in("en", "recommendations.left_out") not in text


def test_a_shop_without_any_product_still_has_its_page(place: Path) -> None:
    """Nobody in the search, nothing in the catalogue, and one line of a list."""
    put(place, *empty_marts(), """
        insert into recommendations.product_recommendations by name
        select 'c:shop:1' as person_id, 'discovery' as list_kind, 1 as list_rank,
            'popular' as reason_code, false as may_be_contacted
    """)  # fmt: skip
    for tongue in ("en", "zh"):
        text = shown("recommendations", tongue)
        assert "sh-error" not in text
        for key in ("untold", "no_neighbour", "nothing_left_out", "not_known"):
            assert say_in(tongue, f"recommendations.{key}") in text


def test_the_page_of_a_person_has_the_first_lines(place: Path) -> None:
    put(place, *empty_marts(), SHOP, BETTER)
    test = draw_page("customer", person="c:shop:1")
    text = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    rows = rows_of("customer_recommendations", text)
    assert [(row[2], row[4]) for row in rows] == [
        ("bought with Fine Knife", "new to them"), ("viewed with gone", "new to them"),
        ("popular in kitchen", "new to them"), ("you buy this every 31 days", "to buy again"),
    ]  # fmt: skip
    assert "May be shown, and may be mailed." in text
    assert "This person has no list." in shown("customer", person="c:shop:1001")


def test_without_the_room_the_page_of_a_person_says_nothing_of_lists(place: Path) -> None:
    put(place, *empty_marts(), SHOP, "drop table recommendations.product_recommendations")
    text = shown("customer", person="c:shop:1")
    assert "c:shop:1" in text
    assert say_in("en", "customer.next") not in text
