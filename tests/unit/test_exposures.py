"""What the pages of the app really ask for, query by query, beside what their exposures say."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from app import registry
from app.published import Answer, Published, Value
from app.registry import Page, all_pages
from stayhouse.base.artifacts import public_marts
from stayhouse.publishing.publish import publish
from tests.building import Run
from tests.unit.test_app_pages import without_components


@pytest.fixture
def sample_published(
    warehouse: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A project folder in which the sample is published."""
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "src" / "stayhouse").mkdir(parents=True)
    publish(warehouse.database, public_marts(warehouse.target), tmp_path / "published")
    monkeypatch.chdir(tmp_path)
    without_components(monkeypatch)
    registry.all_pages.cache_clear()
    yield
    registry.all_pages.cache_clear()


def test_what_pages_send_is_what_exposures_say(
    warehouse: Run, sample_published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wrote a query, and wherever: a drawn page asks only what its exposure names."""
    manifest = json.loads((warehouse.target / "manifest.json").read_text(encoding="utf-8"))
    declared = {
        exposure["name"]: {
            f"{node['schema']}.{node['name']}"
            for node in map(manifest["nodes"].get, exposure["depends_on"]["nodes"])
        }
        for exposure in manifest["exposures"].values()
    }
    person = warehouse.query("select person_id from churn.churn_scores order by person_id limit 1")[
        0
    ][0]
    sent: list[str] = []
    ask = Published.ask

    def listen(self: Published, sql: str, **values: Value) -> Answer:
        answer = ask(self, sql, **values)
        sent.append(answer.sql)
        return answer

    monkeypatch.setattr(Published, "ask", listen)
    for page in all_pages():
        sent.clear()
        draw(page, person)
        with duckdb.connect() as con:
            tables = set().union(*(con.get_table_names(sql, qualified=True) for sql in sent))
        # DuckDB names a table with its alias, and puts quotes about what is also a word of SQL.
        names = {name.split(" AS ")[0].replace('"', "") for name in tables}
        marts = {name for name in names if not name.startswith("information_schema.")}
        # A choice that nobody made yet may ask for more: tests/architecture reads the modules.
        assert set(page.needs) & marts, page.name
        assert marts <= declared[page.name], page.name


def draw(page: Page, person: object) -> None:
    """Draw a page once, for a person where it asks for one."""

    def script(name: str) -> None:
        from app import published, shell
        from app.registry import all_pages

        shell.draw(next(p for p in all_pages() if p.name == name), published.current())

    test = AppTest.from_function(script, kwargs={"name": page.name})
    test.query_params["person"] = str(person)
    test.run(timeout=60)
    assert not test.exception
    assert not any("sh-error" in str(e.proto.body) for e in test.main if e.type == "html")
