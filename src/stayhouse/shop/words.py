"""Names, addresses and sentences. Everything here is made up."""

from stayhouse.shop.parameters import CATEGORIES, PRODUCTS_PER_CATEGORY

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
    """Return a customer's e-mail address, also when they buy as a guest."""
    return f"{_FIRST_NAMES[customer % 10].lower()}.{customer}@mail.example"


def phone_of(customer: int) -> str:
    """Return a customer's telephone number (of a range that is kept for fiction)."""
    return f"+44 7700 9{customer % 100_000:05d}"


def review_text(key: int, rating: int, code: int, product: int) -> str:
    """Return the words of a review."""
    opinion = ("terrible", "poor", "all right", "good", "wonderful")[rating - 1]
    return f"The {product_name(product).lower()} is {opinion}"


def support_text(key: int, code: int) -> str:
    """Return the words of a message to the help desk."""
    return ("Where is my parcel?", "Please help me with my order")[key % 2]


def language_of(code: int) -> str:
    """Return the language of a text code."""
    return "zh" if code % 2 else "en"
