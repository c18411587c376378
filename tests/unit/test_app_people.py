"""Lists of people: who is on them, what is known of each, and who may be written to."""

import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app import people
from tests.unit.test_app_pages import place, put

__all__ = ["place"]

# An account a row: person, customer, address, whether a profile landed, consent. X is held out.
ACCOUNTS = """
create schema core;
create table core.clock as select 'GBP' as base_currency;
create table core.customers as
select 'shop' as source_name, *, customer_id = 'X' as is_held_out from (values
    ('p:one', 'A', 'e:1', true, true), ('p:held', 'X', 'e:8', true, true),
    ('p:both', 'B1', 'e:2', true, true), ('p:both', 'B2', 'e:2', true, true),
    ('p:half', 'C1', 'e:3', true, true), ('p:half', 'C2', 'e:4', true, false),
    ('p:silent', 'D', 'e:5', true, null),
    ('p:sharer', 'E', 'e:6', true, true), ('p:refuser', 'F', 'e:6', true, false),
    ('p:also', 'G1', null, true, true), ('p:also', 'G2', null, false, null),
    ('p:bare', 'H', null, false, null),
    ('p:other', 'Z', 'e:9', true, true)
) as t(person_id, customer_id, email_person_id, has_profile, has_marketing_consent)
"""
LISTED = """
select person_id, place as my_place from (values
    ('p:one', 1), ('p:both', 2), ('p:half', 3), ('p:silent', 4), ('p:sharer', 5), ('p:also', 7),
    ('p:bare', 8), ('e:shop:guest', 9), ('v:shop:visitor', 9)
) as t(person_id, place)
"""
AGREED = {"A", "B1", "B2", "G1"}


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The files that a page offers, by name: what makes them."""
    offered: dict[str, Any] = {}

    def button(label: str, data: Any, file_name: str, **_: Any) -> None:
        offered[file_name] = data

    monkeypatch.setattr(people.st, "download_button", button)
    return offered


def draw(purpose: str = "", listed: str = LISTED, limit: int = 25) -> tuple[list[list[str]], str]:
    """Draw a list; return the rows of its table, and every text of the page."""

    def script(listed: str, limit: int) -> None:
        from app import layout, people, published

        people.listed(
            "key", published.current(), listed, "core.customers", order="my_place", limit=limit,
            extra=[layout.Column("my_place", "Place")],
        )  # fmt: skip

    test = AppTest.from_function(script, kwargs={"listed": listed, "limit": limit})
    if purpose:
        test.session_state["choices"] = {"purpose-key": purpose}
    test.run(timeout=60)
    assert not test.exception
    html = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]*)", row) for row in body.split("</tr>")[:-1]]
    return rows, html


def test_people_are_called_as_the_platform_calls_them(place: Path, files: dict[str, Any]) -> None:
    put(place, ACCOUNTS)
    rows, _ = draw()
    assert [row[0] for row in rows] == [
        "A", "B1 +1", "C1 +1", "D", "E", "G1 +1", "H", "guest", "visitor",
    ]  # fmt: skip
    assert [row[1] for row in rows] == list("123457899")
    assert [row[2] for row in rows] == ["yes", "yes", "no", "no", "no", "yes", "–", "–", "–"]


def test_there_is_no_file_without_a_purpose(place: Path, files: dict[str, Any]) -> None:
    put(place, ACCOUNTS)
    draw()
    assert files == {}


def test_a_file_for_marketing_leaves_out_exactly_who_did_not_agree(
    place: Path, files: dict[str, Any]
) -> None:
    put(place, ACCOUNTS)
    _, html = draw("marketing")
    (file,) = (pd.read_csv(io.BytesIO(make())) for make in files.values())
    assert files.keys() == {"key-marketing.csv"}
    assert list(file.columns) == ["my_place", "source_name", "customer_id", "has_agreed"]
    assert sorted(file["customer_id"]) == sorted(AGREED)
    assert "6 of 9 people are not in the file" in html


def test_a_file_for_analysis_has_everybody(place: Path, files: dict[str, Any]) -> None:
    put(place, ACCOUNTS)
    _, html = draw("analysis", limit=2)
    file = pd.read_csv(io.BytesIO(files["key-analysis.csv"]()))
    assert len(file) == file["person_id"].nunique() == 9
    assert "All 9 people are in the file" in html
    assert "The first 2 of 9 people" in html


def test_a_file_that_ends_early_says_so(
    place: Path, files: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(place, ACCOUNTS)
    for most, ends in ((3, True), (8, True), (9, False)):
        monkeypatch.setattr(people, "_FILE_LIMIT", most)
        _, html = draw("marketing")
        file = pd.read_csv(io.BytesIO(files["key-marketing.csv"]()))
        assert set(file["customer_id"]) == AGREED - (set() if most > 3 else {"G1"})
        assert f"{most - (2 if most == 3 else 3)} of {most} people are not" in html
        assert ("The file ends there; the list has 9 people" in html) is ends


def test_without_marts_of_people_a_list_is_ids_and_nobody_is_written_to(
    place: Path, files: dict[str, Any]
) -> None:
    put(place, "create schema core", "create table core.clock as select 'GBP' as base_currency")
    rows, _ = draw("marketing")
    assert [row[0] for row in rows][:2] == ["p:one", "p:both"]
    assert files == {}


@pytest.mark.parametrize(
    ("of", "name"),
    [
        ("", "key"),
        ("2025-04 loyal to at_risk", "key-2025-04-loyal-to-at_risk"),
        ("frequent, high spend", "key-frequent-high-spend"),
        ("年龄", "key-年龄"),
        ("../../etc; 'x'\\y", "key-etc-x-y"),
        ("//", "key"),
        ("a" * 300, f"key-{'a' * 40}"),
    ],
)
def test_a_file_is_called_by_whom_it_lists_in_letters_and_digits(of: str, name: str) -> None:
    assert people._file_name("key", of) == name


def test_of_a_list_with_nobody_a_sentence_is_left(place: Path, files: dict[str, Any]) -> None:
    put(place, ACCOUNTS)
    rows, html = draw(
        "marketing", "select person_id, 1 as my_place from core.customers where false"
    )
    assert (rows, files) == ([], {})
    assert "Nobody matches." in html


def test_who_is_held_out_of_all_campaigns_is_not_written_to(
    place: Path, files: dict[str, Any]
) -> None:
    put(place, ACCOUNTS)
    listed = "select * from (values ('p:one', 1), ('p:held', 2)) as t(person_id, my_place)"
    rows, html = draw("marketing", listed)
    assert [row[-1] for row in rows] == ["yes", "no"]
    assert "1 of 2 people are not in the file" in html
    file = pd.read_csv(io.BytesIO(files["key-marketing.csv"]()))
    assert list(file["customer_id"]) == ["A"]
