"""What `stayhouse pull` refuses before it needs a database, or what reads one."""

import pytest

from stayhouse.landing.aliases import read_source
from stayhouse.pulling import pull as pulling
from stayhouse.pulling.plan import read_plan

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
