"""What `stayhouse pull` refuses before it needs a database, or what reads one."""

import tomllib
from pathlib import Path

import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.commands.new_source import pull_toml
from stayhouse.landing.aliases import read_source
from stayhouse.landing.notation import Notation
from stayhouse.pulling import pull as pulling
from stayhouse.pulling.plan import origin_of, read_plan
from stayhouse.sources.describing import Column, Described

VARIABLE = "STAYHOUSE_DATABASE_SHOP"
ORDERS = '[orders]\nfrom = "public.orders"\ncursor = "updated_at"\n'


@pytest.fixture
def plan(project):
    """Write a plan for the source shop."""

    def write(text):
        (project.root / "models" / "staging" / "shop" / "pull.toml").write_text(text)
        return project

    return write


def test_a_plan_says_where_each_table_stands(plan):
    project = plan("batch_rows = 7\n" + ORDERS + "[customers]\nfrom = 'people'\ncursor = 'id'")
    read = read_plan(project.root, read_source(project.root, "shop"))
    assert (read.settle_seconds, read.batch_rows) == (60, 7)
    assert [(t.table.name, t.schema, t.name, t.cursor, t.origin) for t in read.tables] == [
        ("orders", "public", "orders", "updated_at", "public.orders"),
        ("customers", None, "people", "id", "people"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[orders", "models/staging/shop/pull.toml is no TOML (Expected ']'"),
        ("", "models/staging/shop/pull.toml names no table: write it as"),
        ("batch_rows = 0\n" + ORDERS, "pull.toml says batch_rows = 0: it must be a whole number"),
        ("settle_seconds = true\n" + ORDERS, "pull.toml says settle_seconds = True: it must be"),
        ("[order]\nfrom = 'o'\ncursor = 'i'", "has a 'order', which is neither a table of shop"),
        ("settle = 5\n" + ORDERS, "nor one of settle_seconds, batch_rows: correct it."),
        ("[orders]\nfrom = 'o'", "does not say two things of orders: give from, the table"),
        (ORDERS + "key = 'id'", "does not say two things of orders"),
        ("[orders]\nfrom = 'o'\ncursor = ' '", "does not say two things of orders"),
    ],
)
def test_a_plan_with_a_fault_is_refused(plan, refused, text, sentence):
    plan(text)
    assert sentence in refused("pull", "shop")


def test_what_is_missing_is_named(plan, refused, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert "Unknown source 'shoq'" in refused("pull", "shoq")
    assert refused("pull", "shop") == (
        "stayhouse: models/staging/shop/pull.toml does not exist, so nothing says which tables to "
        "pull: write it as docs/sources/database.md shows."
    )
    project = plan(ORDERS)
    assert refused("pull", "shop") == (
        f"stayhouse: {VARIABLE} is not set: set it, in your shell or in .env, to the URL of the "
        "database, such as postgresql://user:password@host/name."
    )
    (project.root / ".env").write_text(f"{VARIABLE}=postgresql://u:hunter2@localhost/x\n")
    monkeypatch.setattr(pulling, "find_spec", lambda name: None)
    assert refused("pull", "shop") == (
        "stayhouse: What reads databases is not installed: run .venv/bin/pip install -r "
        "requirements-pull.lock."
    )
    assert not project.landing.exists()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.delenv("STAYHOUSE_LANDING")
    assert "STAYHOUSE_LANDING is not set" in refused("pull", "shop")


def test_parts_of_an_order_need_what_tells_them_apart(plan, project):
    plan("[order_lines]\nfrom = 'items'\ncursor = 'id'")
    (lines,) = read_plan(project.root, read_source(project.root, "shop")).tables
    lines.check_numbered({"order_id", "line_number"})
    with pytest.raises(Exception, match="items has no column for line_number, without which only"):
        lines.check_numbered({"order_id", "product_id"})


@pytest.mark.parametrize("said", ["orders", "orders:", ":updated_at", " : "])
def test_a_table_to_learn_from_is_named_with_its_cursor(said):
    assert origin_of("public.orders:updated_at") == ("public.orders", "updated_at")
    with pytest.raises(StayhouseError, match="give the table and, after a colon"):
        origin_of(said)


def described(table, *files, landed=(), has_products=True):
    columns = {name: Column(name, name) for name in landed}
    return Described(table, list(files), columns, {}, Notation(), has_products)


def test_the_plan_of_a_new_source_names_each_table_once():
    orders, items = Path("orders.parquet"), Path("items.parquet")
    samples = {orders: "public.orders:updated_at", items: "order items:id"}
    tables = [described("orders", orders), described("order_lines", items), described("reviews")]
    text = pull_toml(tables, samples)
    assert tomllib.loads(text) == {
        "orders": {"from": "public.orders", "cursor": "updated_at"},
        "order_lines": {"from": "order items", "cursor": "id"},
    }
    with pytest.raises(StayhouseError, match="would both become orders"):
        pull_toml([described("orders", orders, items)], samples)


def test_rows_of_lines_without_a_number_are_not_pulled():
    """Those that come in a later pull would take the place of the others of their order."""
    file = Path("sales.parquet")
    samples = {file: "sales:updated_at"}
    numbered = described("order_rows", file, landed=["order_id", "line_number"])
    heads = described("order_rows", file, landed=["order_id"], has_products=False)
    for fine in (numbered, heads):
        assert "order_rows" in tomllib.loads(pull_toml([fine], samples))
    with pytest.raises(StayhouseError, match="no number for a line"):
        pull_toml([described("order_rows", file, landed=["order_id"])], samples)
