"""What new-model refuses: in one sentence, without a file. test_analyst builds what it writes."""

import shutil
from pathlib import Path

import pytest
import yaml

from stayhouse.base.errors import StayhouseError
from stayhouse.commands.new_model import new_model, stubs, write_all
from tests.building import CHECKOUT


@pytest.fixture
def house(project):
    """A project with the models of the checkout."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    shutil.copytree(
        CHECKOUT / "seeds", project.root / "seeds", ignore=lambda *_: ["sample"], dirs_exist_ok=True
    )
    (project.root / "tests" / "laws").mkdir(parents=True)
    (project.root / "docs").mkdir()
    for page in ("questions.md", "coverage.md"):
        shutil.copy(CHECKOUT / "docs" / page, project.root / "docs")
    return project.root


def files(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("", "x"), "needs a ROOM (core, features, retention, behavior, segments, feedback, "),
        (("retention", ""), "needs a NAME: make new-model ROOM=retention NAME="),
        (("lobby", "x"), "There is no room lobby: choose one of core,"),
        (("staging", "x"), "'Add a source' in docs/data.md"),
        (("retention", "Loyal"), "'Loyal' is no name for a mart"),
        (("retention", "loyal-customers"), "is no name for a mart"),
        (("retention", "loyal__customers"), "is no name for a mart"),
        (("retention", "../loyal"), "is no name for a mart"),
        (("retention", "a" * 51), "50 at most"),
        (("retention", "int_loyal"), "would be private"),
        (("retention", "select"), "select is a word of SQL"),
        (("retention", "lifecycle"), "models/retention/lifecycle.sql stands already"),
        # Names of models and seeds are one scope to dbt.
        (("retention", "rfm_segments"), "models/segments/rfm_segments.sql stands already"),
        (("retention", "event_types"), "seeds/event_types.csv stands already"),
        (("retention", "x", "--from", "custmers"), "did you mean customers"),
        (("retention", "x", "--from", "int_events__checked"), "There is no public mart int_ev"),
        (("retention", "x", "--from", "rfm_segments"), "segments.rfm_segments is not below reten"),
        (("core", "x", "--from", "churn_labels"), "features.churn_labels is not below core"),
        (("retention", "x", "--from", "visitor_days"), "may be null"),
        (("retention", "x", "--by", "contry"), "customers has no column contry: give BY columns"),
        (("retention", "x", "--by", "email, country"), "customers has no column email"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_written(house, refused, words, sentence):
    before = files(house)
    assert sentence in refused("new-model", *words)
    assert files(house) == before


def test_three_files_are_written_and_the_next_step_is_told(house, done):
    before = files(house)
    out = done("new-model", "retention", "a" * 50)
    written = {str(path.relative_to(house)) for path in files(house) - before}
    assert written == {
        f"models/retention/{'a' * 50}.sql",
        f"models/retention/{'a' * 50}.yml",
        f"tests/laws/{'a' * 50}_agrees_with_customers.sql",
    }
    assert all(f"wrote {path}\n" in out for path in written)
    assert f"make build MODEL={'a' * 50}" in out


def test_what_is_counted_has_the_columns_asked_for_once(house):
    texts = new_model(house, "retention", "x", "orders", ["currency", "status"])
    assert "group by currency, status" in texts["models/retention/x.sql"]
    assert "by currency and status, to start from." in texts["models/retention/x.sql"]
    assert "One row per currency and status of orders" in texts["models/retention/x.yml"]
    told = yaml.safe_load(texts["models/retention/x.yml"])
    (model,), (unit_test,) = told["models"], told["unit_tests"]
    assert [column["name"] for column in model["columns"]] == ["currency", "status", "row_count"]
    grain = model["data_tests"][0]["grain"]["arguments"]
    assert grain == {"columns": ["currency", "status"], "optional": ["currency", "status"]}
    assert [row["row_count"] for row in unit_test["expect"]["rows"]] == [2, 1]
    # A column of the start's own key is never null, so it is none here.
    texts = new_model(house, "retention", "x", "customer_days", ["person_id"])
    assert "optional:" not in texts["models/retention/x.yml"].split("data_tests")[1].splitlines()[1]


def test_each_page_gets_a_line_to_finish_in_the_place_of_its_room(house, done):
    questions, coverage = (house / "docs" / page for page in ("questions.md", "coverage.md"))
    before = questions.read_text(), coverage.read_text()
    out = done("new-model", "retention", "loyal")
    assert "added to docs/questions.md\nadded to docs/coverage.md\n" in out
    section = questions.read_text().split("\n## retention:")[1].split("\n## ")[0]
    assert "\n\n**retention.loyal**: TO DO which question does it answer?\n\n```sql\n" in section
    assert (
        coverage.read_text() == f"{before[1]}\nTO DO in which row above stands `retention.loyal`?\n"
    )
    # Of the last room too; and nothing that stood is lost.
    done("new-model", "churn", "late")
    assert "**churn.late**: TO DO" in questions.read_text().split("\n## churn:")[1]
    lines = questions.read_text().splitlines()
    assert set(before[0].splitlines()) <= set(lines)
    assert len(lines) == len(before[0].splitlines()) + 2 * 7


def test_where_one_file_cannot_be_written_none_is(house):
    texts = new_model(house, "retention", "loyal", "customers")
    before = files(house)
    (house / "tests" / "laws").rmdir()
    with pytest.raises(StayhouseError, match="nothing was written"):
        write_all(house, texts, {})
    assert files(house) == before


def test_where_a_page_cannot_be_written_nothing_is(house):
    texts, pages = (
        new_model(house, "retention", "loyal", "customers"),
        stubs(house, "retention", "x"),
    )
    (house / "docs" / "coverage.md").unlink()
    before, question = files(house), (house / "docs" / "questions.md").read_text()
    with pytest.raises(StayhouseError, match="nothing was written"):
        write_all(house, texts, pages)
    assert files(house) == before
    assert (house / "docs" / "questions.md").read_text() == question


def test_a_file_that_appears_meanwhile_is_not_overwritten(house):
    texts = new_model(house, "retention", "loyal", "customers")
    (house / "models" / "retention" / "loyal.yml").write_text("somebody's own")
    before = files(house)
    with pytest.raises(StayhouseError, match="File exists"):
        write_all(house, texts, {})
    assert files(house) == before
    assert (house / "models" / "retention" / "loyal.yml").read_text() == "somebody's own"
