"""What the planted customers wrote against what was meant by it."""

from tests.truth.feedback import LEAST_F1, LEAST_THEMES, languages, sentiments, themes
from tests.truth.shop import Shop


def test_the_sentiment_of_reviews_is_that_of_their_stars(shop: Shop) -> None:
    found = sentiments(shop)
    for language, (least, texts) in LEAST_F1.items():
        # So many, or the figure would say little.
        assert found.loc[language, "texts"] >= texts, found.to_string()
        assert found.loc[language, "f1"] >= least, found.to_string()


def test_languages_are_told(shop: Shop) -> None:
    assert languages(shop) >= 0.99


def test_the_theme_of_a_text_is_its_topic(shop: Shop) -> None:
    found = themes(shop)
    assert set(found.index) == {"en", "zh"}
    assert (found >= LEAST_THEMES).all(), found.to_string()


def test_late_parcels_of_december_are_told(shop: Shop) -> None:
    """More parcels come late in December by plan, and eleven months lie before it."""
    told = shop.both("""
        select period_start::date::varchar as month from feedback.feedback_alerts
        where theme = 'delivery' and level = 'all' and grain = 'month' and is_alert
    """)
    assert told["month"].tolist() == ["2024-12-01"]
