"""What new-model refuses: in one sentence, without a file. test_analyst builds what it writes."""

import shutil
from pathlib import Path

import pytest

from stayhouse.errors import StayhouseError
from stayhouse.new_model import new_model, write_all
from tests.building import CHECKOUT


@pytest.fixture
def house(project):
    """A project with the models of the checkout."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    shutil.copytree(CHECKOUT / "seeds", project.root / "seeds", ignore=lambda *_: ["sample"])
    (project.root / "tests" / "laws").mkdir(parents=True)
    return project.root


def files(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("", "x"), "needs a ROOM (core, features, retention, segments, churn)"),
        (("retention", ""), "needs a NAME: make new-model ROOM=retention NAME="),
        (("lobby", "x"), "There is no room lobby: choose one of core,"),
        # A room of the house that nobody has moved into yet.
        (("strategy", "x"), "There is no room strategy"),
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
        f"tests/laws/{'a' * 50}_equals_customers.sql",
    }
    assert all(f"wrote {path}\n" in out for path in written)
    assert f"dbt build -s +{'a' * 50}" in out
    assert "docs/questions.md" in out


def test_where_one_file_cannot_be_written_none_is(house):
    texts = new_model(house, "retention", "loyal", "customers")
    before = files(house)
    (house / "tests" / "laws").rmdir()
    with pytest.raises(StayhouseError, match="nothing was written"):
        write_all(house, texts)
    assert files(house) == before


def test_a_file_that_appears_meanwhile_is_not_overwritten(house):
    texts = new_model(house, "retention", "loyal", "customers")
    (house / "models" / "retention" / "loyal.yml").write_text("somebody's own")
    before = files(house)
    with pytest.raises(StayhouseError, match="File exists"):
        write_all(house, texts)
    assert files(house) == before
    assert (house / "models" / "retention" / "loyal.yml").read_text() == "somebody's own"
