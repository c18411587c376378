"""Texts of a shop's data: shown as they are, read as nothing else."""

import ast

import pandas as pd
import pytest

from app.safety import escape, harmless
from tests.building import CHECKOUT

# What Streamlit reads as Markdown, or as HTML, wherever it stands on a page.
READ_AS_MARKUP = {
    "caption", "header", "html", "info", "error", "success", "warning", "markdown", "metric",
    "subheader", "text", "title", "toast", "write", "table", "dataframe", "expander", "latex",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+44 20 7946", "'+44 20 7946"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1+1", "' =1+1"),
        ("\t=1", "'\t=1"),
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        ("-1e5", "-1e5"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_spreadsheet_computes_no_text(text: str, written: str) -> None:
    frame = pd.DataFrame({"name": [text, None], "n": [-1, 2]})
    made = harmless(frame)
    assert made["name"][0] == written
    assert pd.isna(made["name"][1])
    assert made["n"].tolist() == [-1, 2]
    assert frame["name"][0] == text


def test_html_shows_what_was_written() -> None:
    assert escape('<img src="x">') == "&lt;img src=&quot;x&quot;&gt;"
    assert escape(7) == "7"


def test_pages_write_by_the_parts_of_layout_alone() -> None:
    """What reads markup stands in two files, which escape; a page asks them for its parts."""
    found = []
    for path in sorted((CHECKOUT / "app").rglob("*.py")):
        if path.name in ("layout.py", "figure_cards.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "st"
                and node.attr in READ_AS_MARKUP
            ):
                found.append(f"{path.name}:{node.lineno} st.{node.attr}")
    assert found == []
