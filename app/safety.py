"""What comes from a shop's data is text, whatever it says: to a browser, and to a spreadsheet.

A city named ``![x](http://...)`` is an image to whoever renders Markdown, and a name that begins
with ``=`` is a formula to a spreadsheet. Pages put values into HTML by ``escape`` and into nothing
else; what is downloaded goes through ``harmless``.
"""

import html
import re

import pandas as pd

# OWASP, CSV injection: what begins so is computed by a spreadsheet, not shown.
_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def escape(value: object) -> str:
    """Return a value as text of HTML, in which nothing is markup."""
    return html.escape(str(value))


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose texts no spreadsheet computes: an apostrophe stands before such a one.

    A text that begins with ``=``, ``+``, ``-``, ``@`` or a control character is one, unless it is
    a number. Other columns, and the frame itself, stay as they are.
    """
    made = frame.copy()
    for name, column in frame.items():
        if column.dtype == object or pd.api.types.is_string_dtype(column):
            made[name] = column.map(_quoted)
    return made


def _quoted(value: object) -> object:
    if not isinstance(value, str) or not _FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"
