"""Every page of the app is an exposure, which depends on the marts that the page asks for."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.registry import all_pages
from tests.architecture.house import House, schema_name
from tests.building import CHECKOUT

_ASKED = re.compile(r"\b(?:from|join)\s+(?!information_schema)([a-z]\w*\.[a-z]\w*)")
Exposure = dict[str, Any]


def marts_in(module: str) -> set[str]:
    """The marts (``room.mart``) that the SQL in a module's texts reads."""
    return {
        mart
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for mart in _ASKED.findall(node.value)
    }


def asked_by(name: str) -> set[str]:
    """The marts that a page and the parts that it is made of ask for."""
    known, waiting = set[str](), [f"app.views.{name}"]
    while waiting:
        module = waiting.pop()
        if module not in known:
            known.add(module)
            waiting += imported_by(module)
    return set().union(*(marts_in(text_of(module)) for module in known))


def imported_by(module: str) -> Iterator[str]:
    """The modules of the app that one of them imports."""
    for node in ast.walk(ast.parse(text_of(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "app":
            yield str(node.module)
            for name in node.names:
                if (part := f"{node.module}.{name.name}") and path_of(part).exists():
                    yield part


def path_of(module: str) -> Path:
    """Where a module's text lies."""
    path = CHECKOUT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def text_of(module: str) -> str:
    """The text of a module."""
    return path_of(module).read_text(encoding="utf-8")


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
    assert mistakes(house, {**pages, "baskets": {"core.orders"}}) == [
        "The page app/views/baskets.py has no exposure: describe it in models/exposures.yml."
    ]
    fewer = {name: marts for name, marts in pages.items() if name != "quality"}
    assert [m.split(":")[0] for m in mistakes(house, fewer)] == [
        "The exposure quality is of no page"
    ]
    assert mistakes(house, {**pages, "quality": {"core.clock", "core.events"}}) == [
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
