"""The code of docs/bi.md, to be run as it stands."""

import re

from tests.building import CHECKOUT

GUIDE = (CHECKOUT / "docs" / "bi.md").read_text(encoding="utf-8")
# What each block prints: how many orders, and their net sales to the last digit.
QUESTION = "select count(*), sum(net_sales) from core.orders"


def code(section: str) -> str:
    """Return the one code block under a heading of the guide."""
    text = GUIDE.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(r"^```\w+\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return str(block)
