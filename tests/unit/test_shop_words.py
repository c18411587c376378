"""Reviews: their sentiment is known, and counting words does not tell it."""

from collections import Counter

import numpy as np

from stayhouse.shop.draws import keys, root_key
from stayhouse.shop.writing import phrases
from stayhouse.shop.writing.words import review_text, sentiment_of, support_text

KEYS = [int(key) for key in keys(root_key(9), "text", np.arange(4000))]


def reviews(language: int) -> list[tuple[str, int, int]]:
    """Texts with topic and sentiment, as many bad as good."""
    found = []
    for place, key in enumerate(KEYS):
        topic, rating = place % len(phrases.TOPICS), (1, 5)[place // 7 % 2]
        text = review_text(key, rating, topic * 2 + language, place % 96)
        found.append((text, topic, sentiment_of(rating)))
    return found


def word_list_accuracy(language: int) -> float:
    """How often more praise than blame means a good review; ties count half."""
    right = 0.0
    for text, topic, sentiment in reviews(language):
        praise = sum(word in text for word in phrases.PRAISE[language][topic])
        blame = sum(word in text for word in phrases.BLAME[language][topic])
        if praise == blame:
            right += 0.5
        else:
            right += (praise > blame) == (sentiment == phrases.POSITIVE)
    return right / len(KEYS)


def test_a_word_list_is_not_much_better_than_a_coin() -> None:
    assert word_list_accuracy(0) < 0.65
    assert word_list_accuracy(1) < 0.75


def test_texts_are_many_and_in_their_language() -> None:
    english, chinese = ([text for text, _, _ in reviews(language)] for language in (0, 1))
    assert len(set(english)) > 2500
    assert len(set(chinese)) > 1500
    assert all(text.isascii() for text in english)
    assert all(not text.isascii() for text in chinese)
    assert all(text and "{" not in text for text in english + chinese)


def test_stars_give_the_sentiment() -> None:
    named = [phrases.NEGATIVE] * 2 + [phrases.NEUTRAL] + [phrases.POSITIVE] * 2
    assert [sentiment_of(stars) for stars in range(1, 6)] == named


def test_messages_are_about_their_topic() -> None:
    for topic in range(len(phrases.TOPICS)):
        for language in range(len(phrases.LANGUAGES)):
            found = Counter(support_text(key, topic * 2 + language) for key in KEYS[:300])
            assert set(found) == set(phrases.HELP[language][topic])
