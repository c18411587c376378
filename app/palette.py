"""The app's colours: one set, told apart by the colour-blind, seen on white and on near-black.

The hues are Okabe and Ito's (https://jfly.uni-koeln.de/color/), some made lighter or darker so that
a mark has a contrast of 3 to 1 against both backgrounds (WCAG 2.2, 1.4.11).
"""

BLUE = "#2484C6"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#BF6A99"
OCHRE = "#A67C00"
GREY = "#7A858F"

# Under white figures, where a grid of cells says how much.
DEEP_BLUE = "#0072B2"

# In this order: the first four are told apart by everybody, and no chart draws more.
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, OCHRE, GREY)

BACKGROUNDS = ("#ffffff", "#12171d")

RISK = {"high": VERMILLION, "medium": GREY, "low": BLUE}
LIFECYCLE = {"new": BLUE, "returning": GREY, "resurrected": GREEN, "lapsed": VERMILLION}
STATES = {"current": BLUE, "idle_8_30": GREY, "idle_over_30": VERMILLION}

# From the warmest to the coldest: whoever moves down this list is being lost.
SEGMENTS = (
    "champions", "loyal", "potential_loyalist", "new_customer", "promising", "need_attention",
    "about_to_sleep", "at_risk", "cant_lose", "hibernating", "prospect",
)  # fmt: skip


def ink(dark: bool) -> str:
    """Return the colour of words on the page's background."""
    return "#e4e9ee" if dark else "#1d2733"
