"""Every page of the app is an exposure, which depends on the marts that the page asks for."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.registry import all_pages
from tests.architecture.house import House, schema_name
from tests.building import CHECKOUT

_VIEWS = CHECKOUT / "app" / "views"
# What is drawn around every page asks for the clock.
_AROUND = CHECKOUT / "app" / "layout.py"
_ASKED = re.compile(r"\b(?:from|join)\s+(?!information_schema)([a-z]\w*\.[a-z]\w*)")
Exposure = dict[str, Any]


def marts_in(module: str) -> set[str]:
    """The marts (``room.mart``) that the SQL in a module's texts reads."""
    return {
        mart
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for mart in _ASKED.findall(node.value)
        if not mart.startswith("information_schema.")
    }


def imported(path: Path) -> set[Path]:
    """The files of the app that one imports, and those that they import."""
    seen, ahead = {path}, [path]
    while ahead:
        for node in ast.walk(ast.parse(ahead.pop().read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "app":
                folder = CHECKOUT / str(node.module).replace(".", "/")
                names = (folder / f"{alias.name}.py" for alias in node.names)
                found = {file for file in (*names, folder.with_suffix(".py")) if file.exists()}
                ahead += found - seen
                seen |= found
    return seen


def asked_by(name: str) -> set[str]:
    """The marts that a page, what it is made of and what is drawn around it ask for."""
    texts = imported(_VIEWS / f"{name}.py") | imported(_AROUND)
    return set().union(*(marts_in(path.read_text(encoding="utf-8")) for path in texts))


def declared(house: House, exposure: Exposure) -> set[str]:
    """The marts that an exposure depends on, as ``room.mart``."""
    return {schema_name(house.manifest["nodes"][node]) for node in exposure["depends_on"]["nodes"]}


def mistakes(house: House, pages: dict[str, set[str]]) -> list[str]:
    """What does not agree between exposures and pages, given the marts that each page asks for."""
    exposures = {e["name"]: e for e in house.manifest["exposures"].values()}
    found = [
        f"The page app/views/{name}.py has no exposure: describe it in models/exposures.yml."
        for name in sorted(pages.keys() - exposures.keys())
    ]
    found += [
        f"The exposure {name} is of no page: take it out of models/exposures.yml, or add "
        f"app/views/{name}.py."
        for name in sorted(exposures.keys() - pages.keys())
    ]
    for name in sorted(pages.keys() & exposures.keys()):
        told = declared(house, exposures[name])
        found += [
            f"The page {name} asks for {mart}: add ref('{mart.split('.')[1]}') to its exposure."
            for mart in sorted(pages[name] - told)
        ]
        found += [
            f"The exposure {name} depends on {mart}, which its page does not ask for: take it out."
            for mart in sorted(told - pages[name])
        ]
    return found


def test_pages_and_exposures_agree(house: House) -> None:
    found = mistakes(house, {page.name: asked_by(page.name) for page in all_pages()})
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_a_page_an_exposure_and_a_mart_too_many_are_named(house: House) -> None:
    pages = {page.name: asked_by(page.name) for page in all_pages()}
    assert mistakes(house, {**pages, "attic": {"core.orders"}}) == [
        "The page app/views/attic.py has no exposure: describe it in models/exposures.yml."
    ]
    fewer = {name: marts for name, marts in pages.items() if name != "quality"}
    assert [m.split(":")[0] for m in mistakes(house, fewer)] == [
        "The exposure quality is of no page"
    ]
    changed = pages["quality"] - {"core.data_quality"} | {"core.events"}
    assert mistakes(house, {**pages, "quality": changed}) == [
        "The page quality asks for core.events: add ref('events') to its exposure.",
        "The exposure quality depends on core.data_quality, which its page does not ask for: "
        "take it out.",
    ]


def test_sql_is_found_in_plain_texts_and_in_formatted_ones() -> None:
    module = "A = 'select 1 from core.orders'\nB = f'select 1\\njoin  churn.churn_scores {A}'\n"
    assert marts_in(module) == {"core.orders", "churn.churn_scores"}
    assert marts_in("layout.chart('key', drawing, answer, 'core.events')  # from core.clock") == (
        set()
    )


def test_a_page_asks_for_what_the_files_that_it_imports_ask_for() -> None:
    page, parts = CHECKOUT / "app" / "views" / "lifecycle.py", CHECKOUT / "app" / "people.py"
    assert "core.customers" not in marts_in(page.read_text(encoding="utf-8"))
    assert {page, parts, CHECKOUT / "app" / "published.py"} <= imported(page)
    assert "core.customers" in asked_by("lifecycle") - asked_by("quality")


def test_an_exposure_is_called_what_its_page_is_called(house: House) -> None:
    words = tomllib.loads((CHECKOUT / "app" / "words" / "en.toml").read_text(encoding="utf-8"))
    pages = {page.name: page for page in all_pages()}
    first = all_pages()[0].name
    for exposure in house.manifest["exposures"].values():
        name = exposure["name"]
        assert exposure["label"] == words[name]["title"]
        assert exposure["description"].startswith(words[name]["question"] + " "), name
        assert exposure["type"] == "application"
        assert exposure["maturity"] in ("high", "medium", "low")
        assert exposure["url"] == f"http://localhost:8501/{'' if name == first else name}"
        # The groups of models/groups.yml are the rooms: a page's owner is one of them.
        assert exposure["owner"]["name"] == pages[name].room
        assert f"group.stayhouse.{pages[name].room}" in house.manifest["groups"]
