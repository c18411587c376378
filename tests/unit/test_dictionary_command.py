"""``stayhouse dictionary``: what it writes, clears away and refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Project


def node(name: str, room: str, **columns: str) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "alias": name,
        "schema": room,
        "fqn": ["stayhouse", room, name],
        "description": "One row per thing: what it is.\n",
        "config": {"access": "public", "contract": {"enforced": True}},
        "columns": {
            column: {"name": column, "data_type": kind, "description": "a | b", "doc_blocks": []}
            for column, kind in columns.items()
        },
    }


def check(model: str, name: str, **kwargs: Any) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "attached_node": f"model.stayhouse.{model}",
        "test_metadata": {"name": name, "kwargs": kwargs},
    }


@pytest.fixture
def manifest(project: Project) -> dict[str, Any]:
    content = {
        "nodes": {
            "model.stayhouse.a": node("a", "core", id="bigint"),
            "model.stayhouse.b": node("b", "core", b_id="bigint", a_id="bigint"),
            "grain_a": check("a", "grain", columns=["id"]),
            "grain_b": check("b", "grain", columns=["b_id"]),
            "rel_b": check(
                "b", "relations",
                related=[{"columns": ["a_id"], "of": ["id"], "to": "ref('a')", "may_lack": True}],
            ),
        },
        "groups": {"g": {"name": "core", "description": "What happened?"}},
        "exposures": {
            "e": {"label": "Page", "depends_on": {"nodes": ["model.stayhouse.a"]}},
        },
    }  # fmt: skip
    target = project.root / "target"
    target.mkdir()
    (target / "manifest.json").write_text(json.dumps(content))
    return content


def test_it_writes_an_index_and_a_page_with_a_diagram(
    project: Project, manifest: dict[str, Any], done: Callable[..., str]
) -> None:
    stale = project.root / "docs" / "dictionary" / "gone.md"
    stale.parent.mkdir(parents=True)
    stale.write_text("a room that is gone")
    assert "wrote 2 files" in done("dictionary")
    docs = project.root / "docs"
    written = {path.relative_to(docs).as_posix() for path in docs.rglob("*") if path.is_file()}
    assert written == {"dictionary.md", "dictionary/core.md"}
    index = (docs / "dictionary.md").read_text()
    assert "2 marts with 3 columns in 1 rooms" in index
    assert "| [`a`](dictionary/core.md#a) | thing | Page |" in index
    page = (docs / "dictionary" / "core.md").read_text()
    assert "- Relation: `a_id` to [`core.a`](#a) `id`, may lack\n" in page
    assert "- Reached from: [`core.b`](#b) by `a_id`\n" in page
    # A bar in a meaning would end its cell.
    assert "| `id` (key) | bigint | a \\| b |" in page
    assert '    "core.a" {\n        bigint id PK\n    }\n' in page
    assert '    "core.b" }o..o| "core.a" : "a_id"\n' in page


def test_the_same_yaml_gives_the_same_bytes(
    project: Project, manifest: dict[str, Any], done: Callable[..., str]
) -> None:
    done("dictionary")
    first = {path: path.read_bytes() for path in (project.root / "docs").rglob("*.*")}
    done("dictionary")
    assert {path: path.read_bytes() for path in (project.root / "docs").rglob("*.*")} == first


def test_without_a_manifest_it_says_what_to_do(
    project: Project, refused: Callable[..., str]
) -> None:
    assert "stayhouse build" in refused("dictionary")
    assert not (project.root / "docs").exists()


def test_a_manifest_without_a_mart_is_refused(
    project: Project, manifest: dict[str, Any], refused: Callable[..., str]
) -> None:
    for each in manifest["nodes"].values():
        each.get("config", {})["access"] = "private"
    (project.root / "target" / "manifest.json").write_text(json.dumps(manifest))
    assert "names no public mart" in refused("dictionary")
    assert not (project.root / "docs").exists()
