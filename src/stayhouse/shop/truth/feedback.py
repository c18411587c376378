"""What reviews and messages are about, and in which language."""

from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Ints, choice, keys
from stayhouse.shop.orders.orders import Orders
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import Settings
from stayhouse.shop.visits.sessions import REVIEW, SLOT, SUPPORT, Sessions
from stayhouse.shop.writing import columns as text
from stayhouse.shop.writing.phrases import LANGUAGES, TOPICS
from stayhouse.shop.writing.words import sentiment_of

SENTIMENTS = ("negative", "neutral", "positive")
# Topics of reviews and of messages, where the order came on time and where it came late.
_REVIEW_TOPICS = np.array([[0.10, 0.40, 0.20, 0.15, 0.15], [0.65, 0.15, 0.05, 0.05, 0.10]])
_HELP_TOPICS = np.array([[0.15, 0.25, 0.20, 0.20, 0.20], [0.80, 0.05, 0.05, 0.00, 0.10]])


def text_codes(settings: Settings, people: People, orders: Orders, sessions: Sessions) -> Ints:
    """Return the code of each session's text: twice the topic, plus 1 in Chinese; -1 for none."""
    codes = np.full(len(sessions), -1, dtype=np.int64)
    if not settings.has("words"):
        return codes
    for kind, topics in ((REVIEW, _REVIEW_TOPICS), (SUPPORT, _HELP_TOPICS)):
        chosen = np.flatnonzero(sessions.kind == kind)
        order = sessions.order[chosen]
        is_late = orders.around.is_late[order].astype(np.int64)
        topic = choice(keys(sessions.key[chosen], "topic"), "topic", topics, is_late)
        is_chinese = people.is_chinese[sessions.person[chosen]]
        codes[chosen] = topic * len(LANGUAGES) + is_chinese
    return codes


def reviews_truth(people: People, orders: Orders, sessions: Sessions, codes: Ints) -> Any:
    """Return sentiment and topic of each review that was written in words by a customer."""
    in_words = sessions.counts[:, SLOT["review"]] > 0
    chosen = np.flatnonzero((sessions.kind == REVIEW) & in_words & (sessions.known_from == 0))
    order = sessions.order[chosen]
    rating = orders.around.rating[order]
    sentiment = np.array([sentiment_of(stars) for stars in range(6)])[rating]
    return pa.table(
        {
            "review_id": text.number(orders.number[order], "w"),
            "rating": rating,
            "sentiment": text.coded(sentiment, SENTIMENTS).cast(pa.string()),
            **_topic_and_language(codes[chosen]),
        }
    )


def support_truth(sessions: Sessions, codes: Ints) -> Any:
    """Return the topic of each message to the help desk, by its event's id."""
    chosen = np.flatnonzero(sessions.kind == SUPPORT)
    visitor = text.number(sessions.visitor[chosen], "v")
    visit = text.number(sessions.visit_number[chosen], "-")
    # The message is the second event of its session, after the page it is written on.
    place = text.number(np.ones(len(chosen), dtype=np.int64), "-")
    return pa.table(
        {"event_id": text.joined(visitor, visit, place), **_topic_and_language(codes[chosen])}
    )


def _topic_and_language(codes: Ints) -> dict[str, Any]:
    topic = np.where(codes < 0, -1, codes // len(LANGUAGES))
    language = np.where(codes < 0, -1, codes % len(LANGUAGES))
    return {
        "topic": text.coded(topic, TOPICS).cast(pa.string()),
        "language": text.coded(language, LANGUAGES).cast(pa.string()),
    }
