"""The data dictionary holds what the YAML says, and can be read."""

import re

import pytest

from stayhouse.documents.dictionary.marts import Dictionary, read
from stayhouse.documents.dictionary.pages import pages
from tests.architecture.house import House
from tests.building import CHECKOUT, PUBLIC_ROOMS

DOCS = CHECKOUT / "docs"


@pytest.fixture(scope="session")
def dictionary(house: House) -> Dictionary:
    return read(house.manifest, (DOCS / "definitions.md").read_text(encoding="utf-8"))


def test_every_room_and_mart_of_the_files_is_in_it(dictionary: Dictionary) -> None:
    files = {
        f"{room}.{path.stem}"
        for room in PUBLIC_ROOMS
        for path in (CHECKOUT / "models" / room).rglob("*.sql")
        if not path.stem.startswith("int_")
    }
    assert {entity.full_name for entity in dictionary.entities} == files
    text = "".join(pages(dictionary).values())
    for entity in dictionary.entities:
        assert f"\n## {entity.name}\n" in text
        assert entity.key, entity.full_name


def test_what_a_mart_is_said_to_be_is_what_its_yaml_says(dictionary: Dictionary) -> None:
    """Read off churn/explain/churn_reasons.yml and core/people/reviews.yml of models by hand."""
    page = (
        pages(dictionary)["dictionary/churn.md"].split("\n## churn_reasons\n")[1].split("\n## ")[0]
    )
    assert "- Key: `person_id`, `reason_rank`\n" in page
    assert (
        "- Relation: `person_id`, `explained_classifier` to [`churn.churn_scores`](#churn_scores) "
        "`person_id`, `classifier`\n"
    ) in page
    assert "(features.md#feature_profile)\n" in page
    pages_of = (
        "Churn, Customer, Funnel and faults, Lifecycle and segments, Retention, Segments, Value, "
        "Voice of the customer"
    )
    assert f"- Pages of the app: {pages_of}\n" in page
    assert "\n| `reason_rank` (key) | bigint | " in page
    core = pages(dictionary)["dictionary/core.md"]
    reviews = core.split("\n## reviews\n")[1].split("\n## ")[0]
    assert "[`core.products`](#products), may lack\n" in reviews
    products = core.split("\n## products\n")[1].split("\n## ")[0]
    assert "[`core.reviews`](#reviews) by `source_name`, `product_id`" in products


def test_a_mart_leads_to_its_definitions(dictionary: Dictionary) -> None:
    """An analyst's new mart passes without a line there; a mart that is gone does not."""
    lines = re.findall(r"^Marts: .*$", (DOCS / "definitions.md").read_text(encoding="utf-8"), re.M)
    named = {mart for line in lines for mart in re.findall(r"`([^`]+)`", line)}
    assert named
    assert named <= {entity.full_name for entity in dictionary.entities}
    page = pages(dictionary)["dictionary/core.md"].split("\n## orders\n")[1].split("\n## ")[0]
    assert "- Definitions: [2. Money](../definitions.md#2-money)\n" in page


def test_links_lead_to_headings(dictionary: Dictionary) -> None:
    made = pages(dictionary)
    for name, text in made.items():
        folder = name.rpartition("/")[0]
        for page, heading in re.findall(r"\]\(([\w/.]*)#(\w+)\)", text):
            target = "/".join(filter(None, (folder, page))) if page else name
            assert f"\n## {heading}\n" in made[target], (name, page, heading)


@pytest.mark.parametrize("room", PUBLIC_ROOMS)
def test_a_diagram_has_each_mart_and_relation_of_its_room(
    dictionary: Dictionary, room: str
) -> None:
    page = pages(dictionary)[f"dictionary/{room}.md"]
    (diagram,) = re.findall(r"^```mermaid\nerDiagram\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    boxes = set(re.findall(r'^    "([\w.]+)" \{$', diagram, re.MULTILINE))
    lines = re.findall(r'^    "(\S+)" \}o(..)o\| "(\S+)" : "(.+)"$', diagram, re.MULTILINE)
    assert lines == [
        (
            entity.full_name,
            ".." if relation.may_lack else "--",
            relation.to,
            ", ".join(relation.columns),
        )
        for entity in dictionary.of_room(room)
        for relation in entity.relations
    ]
    assert boxes == {entity.full_name for entity in dictionary.of_room(room)} | {
        partner for _, _, partner, _ in lines
    }
