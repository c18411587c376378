"""The tour says what the sample says now, and its pictures are there and small."""

import re

import duckdb
import pytest

from tests.building import CHECKOUT, Run
from tests.tour.text import FORMS, TEMPLATE, Rows, fill

TOUR = CHECKOUT / "docs" / "tour.md"
MOST_BYTES = 1_500_000


def test_the_tour_is_not_stale(warehouse: Run) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as con:

        def ask(sql: str) -> tuple[list[str], Rows]:
            answer = con.execute(sql)
            return [column[0] for column in answer.description or []], answer.fetchall()

        now = fill(TEMPLATE.read_text(encoding="utf-8"), ask).splitlines()
    standing = TOUR.read_text(encoding="utf-8").splitlines()
    stale = [(was, now) for was, now in zip(standing, now, strict=False) if was != now]
    if stale or len(standing) != len(now):
        pytest.fail(
            f"docs/tour.md is not what the sample says, run `make build tour`: {stale[:1]}",
            pytrace=False,
        )


def one(value: object) -> tuple[list[str], Rows]:
    return ["n"], [(value,)]


def test_a_figure_and_a_table_are_filled() -> None:
    text = "{{ select 1 | count }} rows\n```sql\nselect 2;\n```\n\n{{ rows }}\n"
    asked: list[str] = []

    def ask(sql: str) -> tuple[list[str], Rows]:
        asked.append(sql)
        return one(1234)

    assert fill(text, ask) == ("1,234 rows\n```sql\nselect 2;\n```\n\n| n |\n| --- |\n| 1,234 |\n")
    assert sorted(asked) == ["select 1", "select 2;\n"]


@pytest.mark.parametrize("typed", ["1,234 rows", "an AUC of 0.77", "26 % of them", "5147 orders"])
def test_a_figure_that_was_typed_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="no query gives"):
        fill(f"There are {typed}.", lambda _: one(1))


def test_minutes_dates_of_code_and_links_are_no_figures() -> None:
    text = "## Minute 10\n\n`select 1000` ![a](b/1000.webp)\n"
    assert fill(text, lambda _: one(1)) == text


@pytest.mark.parametrize("rows", [[], [(1,), (2,)], [(None,)], [(1, 2)]])
def test_a_question_without_one_answer_is_refused(rows: Rows) -> None:
    with pytest.raises(ValueError, match="no single answer"):
        fill("{{ select 1 | text }}", lambda _: (["n"], rows))


def test_forms_write_as_people_read() -> None:
    assert FORMS["percent"](0.2564) == "25.6%"
    assert FORMS["money"]("217401.1097") == "217,401"
    assert FORMS["decimal"](0.77249) == "0.772"


def test_every_page_is_pictured_and_all_are_small() -> None:
    shown = set(re.findall(r"\]\(tour/(\w+\.webp)\)", TOUR.read_text(encoding="utf-8")))
    views = {f"{path.stem}.webp" for path in (CHECKOUT / "app" / "views").glob("[a-z]*.py")}
    files = list((TOUR.parent / "tour").iterdir())
    assert shown == views == {path.name for path in files}
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
