"""The page Voice of the customer on a few marts written by hand: what it says, and to whom."""

from pathlib import Path

import pytest

from app.language import say_in
from tests.unit.test_app_customer import rows_of
from tests.unit.test_app_pages import draw_page, empty_marts, place, put, shown

__all__ = ["place"]

# A shop of two sources; the larger one has two themes, and one month of four texts is withheld.
SHOP = """
insert into core.clock by name
select timestamp '2025-05-14' as as_of_at, date '2025-05-14' as open_day, 'Asia/Tokyo' as time_zone,
    'JPY' as base_currency;
insert into feedback.feedback_themes_monthly by name
select source_name, 'all' as level, 'all' as level_value, theme, month, text_count,
    text_count as review_count,
    case when text_count >= 5 then text_count end as judged_count,
    case when text_count >= 5 then negative_count end as negative_count,
    case when text_count >= 5 then negative_count / text_count end as negative_share,
    text_count < 5 as is_withheld, month < date '2025-05-01' as is_month_complete,
    case when text_count >= 5 then example end as example_1
from (values
    ('shop', 'size', date '2025-02-01', 10, 1, null),
    ('shop', 'size', date '2025-04-01', 10, 2, 'r1'),
    ('shop', 'price', date '2025-04-01', 5, 4, null),
    ('shop', 'price', date '2025-03-01', 4, 4, null),
    -- Worse, and too long ago, or not over.
    ('shop', 'delivery', date '2025-01-01', 9, 9, null),
    ('shop', 'delivery', date '2025-05-01', 9, 9, null),
    -- None of the themes.
    ('shop', 'other', date '2025-04-01', 9, 9, null),
    ('stall', 'returns', date '2025-04-01', 6, 6, null)
) as t(source_name, theme, month, text_count, negative_count, example);
insert into core.reviews by name
select 'shop' as source_name, 'r1' as review_id, 'Much <b>too</b> small' as text, 7 as likes;
insert into feedback.review_sentiment by name
select 'shop' as source_name, 'r1' as review_id, 'c:shop:1' as person_id, 'en' as language,
    'negative' as sentiment, 'text' as model_used, 'price,size' as themes, 5 as rating,
    true as is_contradicting, timestamp '2025-04-30 15:30' as created_at;
"""
MESSAGE = """
insert into feedback.support_messages by name
select 'shop' as source_name, 'm1' as event_id, 'c:shop:1' as person_id, 'en' as language,
    'positive' as sentiment, 'size,website' as themes, timestamp '2025-05-01' as written_at;
"""
ALERT = """
insert into feedback.feedback_alerts by name
select 'shop' as source_name, level, level_value, theme, 'month' as grain, 40 as text_count,
    20 as mention_count, .5 as mention_share, .125 as share_before, .0001 as p_value,
    true as is_alert, is_open, period_start
from (values
    ('all', 'all', 'size', true, date '2025-04-01'),
    ('category', 'shoes', 'price', true, date '2025-04-01'),
    ('all', 'all', 'website', false, date '2024-06-01'),
    ('all', 'all', 'returns', false, date '2024-05-01')
) as t(level, level_value, theme, is_open, period_start);
"""
CANDIDATE = """
insert into feedback.theme_candidates by name
select source_name, 'en' as language, 1 as candidate, words, 30 as text_count, .25 as text_share
from (values ('shop', 'gift, wrap'), ('stall', 'queue')) as t(source_name, words);
"""
FOLLOWED = """
insert into feedback.churn_after_feedback by name
select 'shop' as source_name, follow_kind, follow_value, 90 as horizon_days, 40 as person_count,
    .25 as came_back_rate, .5 as other_rate, -.25 as difference, adjusted as adjusted_difference,
    low as adjusted_low, high as adjusted_high, false as is_withheld, true as is_adjusted
from (values
    ('rating', 'bad', -.2, -.3, -.1), ('theme', 'size', -.1, -.2, 0.0)
) as t(follow_kind, follow_value, adjusted, low, high);
"""


def test_what_to_repair_first_is_of_the_last_three_whole_months(place: Path) -> None:
    put(place, *empty_marts(), SHOP)
    text = shown("feedback")
    # Price has four negative texts that are told, and size three of twenty.
    assert "Repair first: Price. In the last three whole months 4 of 5 texts" in text
    assert "Too early to tell" in text
    assert "16 people" not in text
    assert "sh-error" not in text
    assert "nan" not in text.lower()


def test_what_rose_is_named_with_its_category(place: Path) -> None:
    put(place, *empty_marts(), SHOP, ALERT)
    text = shown("feedback")
    assert "Rising: 2" in text
    assert (
        "Size, April 2025: 50.0 % of what was written (20 of 40), 12.5 % in the year before" in text
    )
    assert "Price of shoes, April 2025" in text
    assert "Website, April" not in text
    # What is over is a row of the last twelve months before 14 May, no more.
    assert "June 2024" in text
    assert "May 2024" not in text
    assert "没有上升的主题" not in shown("feedback", "zh")


def test_words_of_no_theme_are_named_for_the_shop_alone(place: Path) -> None:
    put(place, *empty_marts(), SHOP, CANDIDATE)
    text = shown("feedback")
    assert "Of no theme: 30 texts (English, 25 % of those) have words in common: gift, wrap" in text
    assert "queue" not in text


@pytest.mark.parametrize("category", ["null", "'shoes'"])
def test_a_review_of_no_category_is_counted(place: Path, category: str) -> None:
    known = f"""
        insert into core.products by name
        select 'shop' as source_name, 'p1' as product_id, {category} as category;
        update feedback.review_sentiment set product_id = 'p1'
    """
    put(place, *empty_marts(), SHOP, known)
    assert ("or of one without a category: 1." in shown("feedback")) is (category == "null")


def test_a_test_that_found_nothing_says_so(place: Path) -> None:
    put(place, *empty_marts(), SHOP, ALERT.replace("true, date", "false, date"))
    assert "Nothing rose" in shown("feedback")


def test_whoever_wrote_is_listed_with_their_own_words(place: Path) -> None:
    put(place, *empty_marts(), SHOP)
    test = draw_page("feedback")
    html = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    # Customers' words are text, quoted in their language; the day is Tokyo's.
    assert '<q lang="en">Much &lt;b&gt;too&lt;/b&gt; small</q>' in html
    (row,) = rows_of("feedback_people", html)
    assert "1 May 2025" in row
    assert "1 person wrote to the help desk, or a negative review" in html
    assert "28 days: 1 in all" in html


def test_of_a_message_only_its_themes_are_known_here(place: Path) -> None:
    put(place, *empty_marts(), SHOP, MESSAGE)
    text = shown("feedback")
    # The newer of two texts of one person.
    assert "(a message about: Size, Website)" in text
    assert "28 days: 2 in all" in text


def test_only_what_is_beyond_chance_is_followed_by_staying_away(place: Path) -> None:
    put(place, *empty_marts(), SHOP, FOLLOWED)
    text = shown("feedback")
    assert "Followed by staying away: one or two stars. Within 90 days 20 points fewer" in text
    assert "Followed by staying away: words about" not in text


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_another_source_has_its_own_page(place: Path, tongue: str) -> None:
    put(place, *empty_marts(), SHOP)
    test = draw_page("feedback", tongue, address="feedback-source=stall")
    html = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    returns = say_in(tongue, "names.theme.returns")
    assert say_in(tongue, "feedback.repair_first", theme=returns, negative=6, judged=6) in html
    assert "small" not in html
