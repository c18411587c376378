"""Names, addresses and texts. Everything here is made up."""

from collections.abc import Sequence

from stayhouse.shop.parameters import CATEGORIES, PRODUCTS_PER_CATEGORY
from stayhouse.shop.writing.phrases import (
    BLAME,
    CLOSINGS,
    HELP,
    LANGUAGES,
    NEGATIVE,
    NEUTRAL,
    NOUNS,
    OPENINGS,
    POSITIVE,
    PRAISE,
    SENTENCES,
)

STAFF = 2**62  # a number that no customer has
_FIRST_NAMES = ("Ada", "Ben", "Chloe", "Dev", "Emma", "Felix", "Grace", "Hugo", "Iris", "Jun")
_LAST_NAMES = ("Ash", "Brook", "Clay", "Dale", "Eaton", "Ford", "Glen", "Hill", "Inman", "Jarvis")
_NOUNS = tuple(
    tuple(line.split())
    for line in (
        "Pan Knife Kettle Board Mug Scale Grater Pot Jar Tray Whisk Bowl",
        "Spade Hose Planter Shears Rake Bench Lamp Trellis Gloves Feeder Sprayer Barrow",
        "Atlas Novel Diary Cookbook Guide Poems Primer Comic Memoir Thriller History Fable",
        "Blocks Puzzle Kite Doll Train Ball Robot Drum Cards Yoyo Bear Chess",
        "Coat Scarf Shirt Jeans Dress Socks Hat Boots Belt Jumper Skirt Vest",
        "Soap Cream Brush Balm Oil Mask Comb Scent Serum Toner Lotion Scrub",
        "Speaker Charger Headset Tracker Camera Drone Watch Light Keyboard Mouse Router Projector",
        "Coffee Razors Vitamins Tea Kibble Filters Ink Detergent Bulbs Candles Seeds Batteries",
    )
)
_ADJECTIVES = ("Plain", "Fine", "Small", "Bright", "Sturdy")
GUIDE_TITLES = tuple(f"How to choose for {category}" for category in CATEGORIES)
SEARCH_TERMS = tuple(
    word
    for place, category in enumerate(CATEGORIES)
    for word in (
        category,
        _NOUNS[place][0].lower(),
        _NOUNS[place][3].lower(),
        f"cheap {category}",
        f"{_NOUNS[place][5].lower()} gift",
        f"best {_NOUNS[place][8].lower()}",
    )
)


def product_name(product: int) -> str:
    """Return the name of a product."""
    category, place = divmod(product, PRODUCTS_PER_CATEGORY)
    return f"{_ADJECTIVES[product % 5]} {_NOUNS[category][place]}"


def full_name(customer: int) -> str:
    """Return a customer's name."""
    return f"{_FIRST_NAMES[customer % 10]} {_LAST_NAMES[customer // 10 % 10]}"


def email_of(customer: int) -> str:
    """Return a customer's e-mail address, also when they buy as a guest; or that of staff."""
    if customer == STAFF:
        return "staff@shop.example"
    return f"{_FIRST_NAMES[customer % 10].lower()}.{customer}@mail.example"


def phone_of(customer: int) -> str:
    """Return a customer's telephone number (of a range that is kept for fiction)."""
    return f"+44 7700 9{customer % 100_000:05d}"


def review_text(key: int, rating: int, code: int, product: int) -> str:
    """Return the words of a review: its code is twice the topic, plus 1 in Chinese."""
    topic, language = divmod(code, len(LANGUAGES))
    sentiment = sentiment_of(rating)
    bits = _Bits(key)
    parts = {
        "n": bits.pick(NOUNS[language][topic]),
        "p": bits.pick(PRAISE[language][topic]),
        "b": bits.pick(BLAME[language][topic]),
        "o": product_name(product),
    }
    patterns = SENTENCES[language][sentiment]
    first = bits.below(len(patterns))
    sentences = [patterns[first].format(**parts)]
    if bits.below(3) == 0:
        other = (first + 1 + bits.below(len(patterns) - 1)) % len(patterns)
        parts["n"] = bits.pick(NOUNS[language][topic])
        sentences.append(patterns[other].format(**parts))
    if bits.below(2) == 0:
        sentences.insert(0, bits.pick(OPENINGS[language]))
    if bits.below(3) == 0:
        sentences.append(bits.pick(CLOSINGS[language]))
    # Some people press return between sentences: a row of several lines.
    between = "\n" if bits.below(25) == 0 else ("" if language else " ")
    return between.join(sentences)


def support_text(key: int, code: int) -> str:
    """Return the words of a message to the help desk; codes are those of reviews."""
    topic, language = divmod(code, len(LANGUAGES))
    return _Bits(key).pick(HELP[language][topic])


def sentiment_of(rating: int) -> int:
    """Return the sentiment of a rating: 1 and 2 stars negative, 3 neutral, 4 and 5 positive."""
    if rating <= 2:
        return NEGATIVE
    return NEUTRAL if rating == 3 else POSITIVE


class _Bits:
    """Choices from the bits of a key, one after the other."""

    def __init__(self, key: int) -> None:
        self._left = key

    def below(self, size: int) -> int:
        """Return a number from 0 to ``size`` - 1."""
        self._left, found = divmod(self._left, size)
        return found

    def pick(self, options: Sequence[str]) -> str:
        """Return one of the options."""
        return options[self.below(len(options))]
