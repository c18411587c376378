"""The app's colours: one set, told apart by the colour-blind, seen on white and on near-black.

The hues are Okabe and Ito's (https://jfly.uni-koeln.de/color/), the last two darkened so that a
mark has a contrast of 3 to 1 against both backgrounds (WCAG 2.2, 1.4.11).
"""

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#BF6A99"
OCHRE = "#A67C00"
GREY = "#7A858F"

# In this order, so that two or three series are as far apart as can be.
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, OCHRE, GREY)

BACKGROUNDS = ("#ffffff", "#12171d")

RISK = {"high": VERMILLION, "medium": OCHRE, "low": BLUE}
LIFECYCLE = {"new": BLUE, "returning": GREY, "resurrected": GREEN, "lapsed": VERMILLION}
STATES = {"current": BLUE, "idle_8_30": OCHRE, "idle_over_30": VERMILLION}
