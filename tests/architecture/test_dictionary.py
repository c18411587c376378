"""The data dictionary and its diagrams are what the YAML says now, and can be read."""

import re
from itertools import combinations, pairwise

import pytest

from stayhouse.dictionary.diagram import diagrams
from stayhouse.dictionary.layout import BOX_WIDTH, Box, lay_out
from stayhouse.dictionary.marts import Dictionary, read
from stayhouse.dictionary.pages import pages
from tests.architecture.house import House
from tests.building import CHECKOUT, PUBLIC_ROOMS

DOCS = CHECKOUT / "docs"


@pytest.fixture(scope="session")
def dictionary(house: House) -> Dictionary:
    return read(house.manifest, (DOCS / "definitions.md").read_text(encoding="utf-8"))


def test_the_dictionary_is_not_stale(dictionary: Dictionary) -> None:
    made = {**pages(dictionary), **diagrams(dictionary)}
    standing = {
        path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
        for path in (DOCS / "dictionary.md", *(DOCS / "dictionary").iterdir())
    }
    stale = sorted(name for name in made | standing if made.get(name) != standing.get(name))
    if stale:
        pytest.fail(f"docs/{stale[0]} is not what the YAML says: run `make docs`.", pytrace=False)


def test_every_room_and_mart_of_the_files_is_in_it(dictionary: Dictionary) -> None:
    files = {
        f"{room}.{path.stem}"
        for room in PUBLIC_ROOMS
        for path in (CHECKOUT / "models" / room).glob("*.sql")
        if not path.stem.startswith("int_")
    }
    assert {entity.full_name for entity in dictionary.entities} == files
    text = "".join(pages(dictionary).values())
    for entity in dictionary.entities:
        assert f"\n## {entity.name}\n" in text
        assert entity.key, entity.full_name


def test_what_a_mart_is_said_to_be_is_what_its_yaml_says(dictionary: Dictionary) -> None:
    """Read off models/churn/churn_reasons.yml and models/core/reviews.yml by hand."""
    page = (
        pages(dictionary)["dictionary/churn.md"].split("\n## churn_reasons\n")[1].split("\n## ")[0]
    )
    assert "- Key: `person_id`, `reason_rank`\n" in page
    assert (
        "- Relation: `person_id`, `explained_classifier` to [`churn.churn_scores`](#churn_scores) "
        "`person_id`, `classifier`\n"
    ) in page
    assert "(features.md#feature_profile)\n" in page
    assert "- Pages of the app: Churn, Customer\n" in page
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
def test_a_diagram_shows_each_relation_from_its_row_to_its_partner(
    dictionary: Dictionary, room: str
) -> None:
    picture = lay_out(dictionary, room)
    boxes = {box.entity.full_name: box for box in picture.boxes}
    ends = {(line.points[0], line.points[-1]): line for line in picture.lines}
    drawn = 0
    for box in picture.boxes:
        for index, row in enumerate(box.rows):
            if row.relation:
                partner = boxes[row.relation.to]
                line = ends[(partner.x + BOX_WIDTH, partner.y + 15), (box.x, box.row_y(index))]
                assert line.is_dashed == row.relation.may_lack
                drawn += 1
    to_others = [
        relation
        for entity in dictionary.of_room(room)
        for relation in entity.relations
        if relation.to != entity.full_name
    ]
    assert drawn == len(picture.lines) == len(to_others)


@pytest.mark.parametrize("room", PUBLIC_ROOMS)
def test_no_box_covers_another_and_no_line_crosses_one(dictionary: Dictionary, room: str) -> None:
    picture = lay_out(dictionary, room)
    for one, other in combinations(picture.boxes, 2):
        assert (
            abs(one.x - other.x) >= BOX_WIDTH
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        ), (one.entity.name, other.entity.name)
    for box in picture.boxes:
        assert box.x + BOX_WIDTH <= picture.width
        assert box.y + box.height <= picture.height
        for line in picture.lines:
            for start, end in pairwise(line.points):
                assert not _crosses(start, end, box), (line, box.entity.name)
        # A letter of the type is 7.23 pixels wide.
        assert all(len(row.text) * 7.23 + 18 <= BOX_WIDTH for row in box.rows)


def _crosses(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a straight piece of a line goes through the inside of a box."""
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(start, end, strict=True))
    return (
        left < box.x + BOX_WIDTH
        and right > box.x
        and top < box.y + box.height
        and bottom > box.y
    )  # fmt: skip


def test_a_diagram_asks_for_nothing_from_elsewhere(dictionary: Dictionary) -> None:
    for text in diagrams(dictionary).values():
        assert set(re.findall(r"https?://[^\"\s]+", text)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(r"@import|url\(|<script|href", text)
