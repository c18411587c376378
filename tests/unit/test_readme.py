"""What the pages say is true: their SQL runs, and what they name exists."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from stayhouse.base.rooms import FLOORS
from tests.building import CHECKOUT, PUBLIC_ROOMS, Run

README, CHINESE, COMMANDS, QUESTIONS, DATA, SETTINGS, COVERAGE = (
    (CHECKOUT / page).read_text(encoding="utf-8")
    for page in (
        "README.md", "README.zh.md", "docs/commands.md",
        "docs/questions.md", "docs/data.md", "docs/settings.md", "docs/coverage.md",
    )
)  # fmt: skip
PAGES = [
    *(CHECKOUT / "README.md", CHECKOUT / "README.zh.md", CHECKOUT / "CONTRIBUTING.md"),
    *(path for folder in ("docs", "docs/sources") for path in (CHECKOUT / folder).glob("*.md")),
]
ANALYSES = sorted((CHECKOUT / "analyses").glob("*.sql"))
_SQL_BLOCK = re.compile(r"^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def public_marts() -> set[str]:
    """Every public mart as ``room.mart``, by the names of the models' files."""
    return {
        f"{room}.{path.stem}"
        for room in PUBLIC_ROOMS
        for path in (CHECKOUT / "models" / room).rglob("*.sql")
        if not path.stem.startswith("int_")
    }


def table_names(page: str, title: str) -> set[str]:
    """The names in backticks that open the rows of the table under a header row."""
    rows = page[page.index(title) :].split("\n\n", 1)[0]
    return set(re.findall(r"^\| `([^`]+)`", rows, re.MULTILINE))


def page_queries() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for sql in _SQL_BLOCK.findall(page.read_text(encoding="utf-8")):
            yield page.name, sql


@pytest.mark.parametrize(("page", "sql"), list(page_queries()))
def test_the_sql_of_a_page_runs(page: str, sql: str, warehouse: Run) -> None:
    rows = warehouse.query(sql)
    # Only what was refused, or has no theme, may be nothing: every other question has an answer in
    # the sample.
    assert rows or "core.rejected_" in sql or "feedback.theme_candidates" in sql, page


def test_the_first_query_of_the_readme_fits_a_screen(warehouse: Run) -> None:
    (block,) = re.findall(r"^```sh\n(\.venv/bin/python -c .*?)^```$", README, re.DOTALL | re.M)
    command = block.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["sh", "-c", command.replace("published/stayhouse.duckdb", str(warehouse.database))],
        capture_output=True,
        text=True,
    )
    lines = done.stdout.strip().splitlines()
    assert 12 < len(lines) <= 20, done.stderr
    assert max(map(len, lines)) <= 100
    # One triangle: a month stands once, with its buyers and percents.
    rows = [re.findall(r"[\w-]+", line) for line in lines if re.search(r"\d{4}-\d{2}", line)]
    assert len(rows) == len({row[0] for row in rows}) == 12
    assert all(0 <= int(cell) <= 100 for row in rows for cell in row[2:] if cell != "NULL")


def test_every_room_has_queries_on_marts_that_exist() -> None:
    """Each mart has its question, by name; a mart that is gone has none."""
    titles = re.findall(r"^\*\*(\w+\.\w+)\*\*", QUESTIONS, re.MULTILINE)
    assert sorted(titles) == sorted(public_marts())
    asked = {
        mart
        for sql in _SQL_BLOCK.findall(QUESTIONS)
        for mart in re.findall(r"\bfrom (\w+\.\w+)", sql)
    }
    assert asked <= public_marts()
    assert {mart.split(".")[0] for mart in asked} == set(PUBLIC_ROOMS)


@pytest.fixture(scope="session")
def compiled(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analyses as dbt writes them out, in a folder of their own: `warehouse` stays as built."""
    run = Run(tmp_path_factory.mktemp("analyses"), parsed=parsed)
    done = run.dbt("compile", "--select", "resource_type:analysis")
    assert done.returncode == 0, done.stdout
    return run.target / "compiled" / "stayhouse" / "analyses"


@pytest.mark.parametrize("path", ANALYSES, ids=lambda path: path.stem)
def test_an_analysis_runs(path: Path, compiled: Path, warehouse: Run) -> None:
    rows = warehouse.query((compiled / path.name).read_text(encoding="utf-8"))
    assert rows or path.stem == "what_was_refused"


def test_an_analysis_that_lists_people_lists_those_who_consented(
    compiled: Path, warehouse: Run
) -> None:
    """A list of people is a list of people to contact. Consent is read from the landed files: the
    latest of a customer's profiles, where nothing stated means no.
    """
    files = f"'{CHECKOUT}/seeds/sample/shop/customers/*/data.parquet'"
    consents = dict(
        warehouse.query(
            f"""
            select 'c:shop:' || customer_id, arg_max(
                coalesce(lower(marketing_consent) = 'true', false), coalesce(updated_at, ''))
            from read_parquet({files}, hive_partitioning = false)
            where customer_id is not null
            group by customer_id
            """
        )
    )
    assert set(consents.values()) == {True, False}
    lists = 0
    for path in ANALYSES:
        sql = (compiled / path.name).read_text(encoding="utf-8")
        columns = [str(column[0]) for column in warehouse.query(f"describe {sql}")]
        if "person_id" in columns:
            place = columns.index("person_id")
            people = {row[place] for row in warehouse.query(sql)}
            assert people <= {person for person, consents_now in consents.items() if consents_now}
            lists += bool(people)
    assert lists > 0


def test_every_var_has_its_meaning_and_default() -> None:
    project = yaml.safe_load((CHECKOUT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert table_names(SETTINGS, "| var |") == set(project["vars"])
    for name, value in project["vars"].items():
        if name != "sources":
            assert f"| `{name}` | {'none' if value is None else value} |" in SETTINGS


def test_every_environment_variable_has_its_meaning() -> None:
    read = set()
    for pattern in ("src/**/*.py", "macros/**/*.sql", "profiles.yml", "tests/real/*.py"):
        for path in CHECKOUT.glob(pattern):
            text = path.read_text(encoding="utf-8")
            read |= set(re.findall(r"(?:environ\S*\(|env_var\()['\"](STAYHOUSE_\w+)", text))
    assert table_names(SETTINGS, "| variable |") == read


def skeleton(page: str) -> dict[str, list[str]]:
    """What a page has in any language: levels of headings, commands, links, rows of tables."""
    # Text and blocks of code by turns.
    parts = re.split(r"^```", page, flags=re.MULTILINE)
    text, blocks = "".join(parts[::2]), parts[1::2]
    (tree,) = (block for block in blocks if block.startswith("\n"))
    return {
        "headings": re.findall(r"^(#+) ", text, re.MULTILINE),
        "commands": [
            re.sub(r" *# .*", "", line)
            for block in blocks
            if block.startswith("sh\n")
            for line in block.splitlines()
        ],
        "code": sorted(re.findall(r"`([^`]+)`", text)),
        # What stands behind # is a heading, in the language of its page.
        "links": sorted(re.findall(r"\]\(([^)#]+)[^)]*\)", text)),
        "tables": [str(line.count("|")) for line in text.splitlines() if line.startswith("|")],
        "tree": re.findall(r"^ *(\S+)", tree, re.MULTILINE),
    }


def test_the_chinese_readme_says_the_same() -> None:
    ours, theirs = skeleton(README), skeleton(CHINESE)
    # Each links to the other.
    ours["links"] = sorted(link for link in ours["links"] if link != "README.zh.md")
    theirs["links"] = sorted(link for link in theirs["links"] if link != "README.md")
    assert len(ours["headings"]) > 7
    for what, listed in ours.items():
        assert theirs[what] == listed, what
    # In Chinese, and no copy of the English one.
    assert len(re.findall(r"[\u4e00-\u9fff]", CHINESE)) > 2_000


def test_every_make_target_is_listed() -> None:
    done = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True)
    targets = set(re.findall(r"^  make (\S+)", done.stdout, re.MULTILINE))
    assert {"build", "test"} < targets
    used, others = (
        {name.split()[1] for name in table_names(page, "| command |")}
        for page in (README, COMMANDS)
    )
    assert len(used) == 7
    assert not used & others
    assert used | others == targets


def test_macros_and_floors_are_as_the_page_on_models_says() -> None:
    page = (CHECKOUT / "docs" / "models.md").read_text(encoding="utf-8")
    rows = page[page.index("| asks | macro |") :].split("\n\n", 1)[0].splitlines()[2:]
    named = [name for row in rows for name in re.findall(r"(\w+)\(", row)]
    assert len(named) >= len(rows) > 5
    for name in named:
        (path,) = (CHECKOUT / "macros").rglob(f"{name}.sql")
        assert f"macro {name}(" in path.read_text(encoding="utf-8")
    order = page[page.index("A room above staging lies higher") :].split(";", 1)[0]
    rooms = [word for word in re.findall(r"\w+", order.split(":", 1)[1]) if word in FLOORS]
    assert sorted(rooms) == sorted(set(FLOORS) - {"staging"})
    assert [FLOORS[room] for room in rooms] == sorted(FLOORS[room] for room in rooms)


def test_the_tracking_plan_is_the_alias_file() -> None:
    sheet = (CHECKOUT / "models" / "staging" / "shop" / "aliases.csv").read_text(encoding="utf-8")
    plan: dict[str, list[str]] = {}
    for line in sheet.splitlines()[1:]:
        table, column, _, required, _ = line.split(",")
        plan.setdefault(table, []).append(column if required == "yes" else f"{column}?")
    told = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", DATA, re.MULTILINE))
    assert {table: told[table].split(", ") for table in plan} == plan


def anchors(page: Path) -> set[str]:
    """What a link may point at in a page: its headings, as GitHub writes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_exists(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#?([^):]*)\)", page.read_text(encoding="utf-8"))
    for target, anchor in links:
        place = page.parent / target if target else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), f"{target}#{anchor}"


def test_coverage_names_only_what_exists() -> None:
    named = set(re.findall(r"`([^`]+)`", COVERAGE))
    for path in (name for name in named if "/" in name):
        assert (CHECKOUT / path).is_file(), path
    marts = {name for name in named if re.fullmatch(r"[a-z]+\.[a-z_]+", name)}
    assert marts
    assert marts <= public_marts()


def test_coverage_keeps_every_row_with_its_state() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", COVERAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 22))
    assert all(re.match(r"works$|partly: .|not yet", state) for _, state in rows)


def test_what_new_model_left_to_do_is_done() -> None:
    left = re.findall(r"^.*\bTO DO\b.*$", QUESTIONS + COVERAGE, re.MULTILINE)
    assert not left, f"finish in docs/questions.md and docs/coverage.md: {'; '.join(left)}"
