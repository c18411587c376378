"""Decisions can be found, are short, and speak of what is there."""

import re
import subprocess

from tests.architecture.house import House
from tests.building import CHECKOUT

DECISIONS = sorted((CHECKOUT / "docs" / "decisions").glob("*/*.md"))
_PLACE = re.compile(r"`((?:app|docs|macros|models|python_models|seeds|src|tests)/[\w/.-]+)`")
_PRIVATE_MODEL = re.compile(r"\b(?:int|ml|stg)_[a-z]\w+")


def test_every_decision_that_is_named_is_there() -> None:
    """In a sentence, a comment or a reason: whoever reads the name can open the file."""
    named = subprocess.run(
        ["git", "grep", "--untracked", "-IohE", r"docs/decisions/[a-z0-9/-]+\.md|DECISIONS[.]md"],
        cwd=CHECKOUT, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert named
    assert {name for name in named if not (CHECKOUT / name).is_file()} == set()


def test_a_decision_is_a_page_of_25_lines() -> None:
    for path in DECISIONS:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# "), path
        assert len(lines) <= 25, path
        assert max(map(len, lines)) <= 100, path


def test_what_a_decision_speaks_of_is_there(house: House) -> None:
    """What was moved or renamed takes its decision along."""
    models = {model["name"] for model in house.models()}
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert set(_PRIVATE_MODEL.findall(text)) <= models, path
        assert all((CHECKOUT / place).exists() for place in _PLACE.findall(text)), path
