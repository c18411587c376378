"""The kinds of chart that pages draw, each with its interval, in the app's colours.

A chart takes a frame and column names; what its axes mean comes in words with their unit. A kind
stands beside those that answer the same sort of question: over periods, by category, on a grid, of
probabilities; what they share is in ``scales``.
"""

from app.charts.categories import dots, shares
from app.charts.grids import CLICK, heat
from app.charts.periods import bars, lines, strip
from app.charts.probabilities import against_diagonal, histogram
from app.charts.scales import date_format

__all__ = [
    "CLICK",
    "against_diagonal",
    "bars",
    "date_format",
    "dots",
    "heat",
    "histogram",
    "lines",
    "shares",
    "strip",
]
