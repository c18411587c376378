"""What a check says of ids that another table lacks, in the files and in what was built before."""

import duckdb
import pytest

from stayhouse import cli
from stayhouse.commands import check
from stayhouse.landing import unmatched as matching
from stayhouse.landing.judge import Judged
from stayhouse.landing.unmatched import Unmatched

ORDERS = "order_id,customer_id,status,currency,ordered_at\n"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        # A line of each order; of two of three; rejected ones are none; without any there is no
        # table of lines, which is told by itself.
        ("('a', null), ('b', null), ('c', null), ('d', null)", None),
        ("('a', null), ('c', null)", Unmatched("order_id", "order_lines", 1, 3, "b")),
        ("('a', null), ('b', 'x'), ('c', null)", Unmatched("order_id", "order_lines", 1, 3, "b")),
        ("('a', 'x')", None),
        ("(null, null)", None),
    ],
)
def test_ids_are_looked_for_among_accepted_rows(lines, found):
    with duckdb.connect() as con:
        con.execute(
            "create table orders as select * from (values ('a', null), ('a', null), ('b', null), "
            "('c', null), ('d', 'unknown_status'), (null, null)) as t(order_id, reason_code)"
        )
        con.execute(
            f"create table lines as select * from (values {lines}) as t(order_id, reason_code)"
        )
        known = matching._known("s", "lines", "order_lines", set())
        assert matching._unmatched(con, "order_id", "orders", "order_lines", known) == found


@pytest.mark.parametrize(
    ("table", "column", "named", "built", "found"),
    [
        # Of orders that came before: with lines, without, and of another source.
        ("order_lines", "order_id", "abcd",
         "orders as select * from (values ('s', 'b', 1), ('s', 'c', 0), ('t', 'd', 1)) "
         "as t(source_name, order_id, line_count)", (2, 4, "c", True)),
        ("orders", "order_id", "abcd",
         "orders as select * from (values ('s', 'b', 1), ('s', 'c', 0), ('t', 'd', 1)) "
         "as t(source_name, order_id, line_count)", (1, 4, "d", True)),
        # Lines of an order that was rejected wait for it, and for no other source's.
        ("order_lines", "order_id", "abcd",
         "rejected_rows as select * from (values ('s', 'order_lines', 'b|1|false', 'orphaned'), "
         "('s', 'order_lines', 'c|1|false', 'rejected'), "
         "('s', 'order_charges', 'c|tax|1|false', 'orphaned'), "
         "('t', 'order_lines', 'd|1|false', 'orphaned')) "
         "as t(source_name, table_name, row_key, disposition)", (2, 4, "c", True)),
        # Who only bought or was seen has no profile.
        ("customers", "customer_id", "abc",
         "customers as select * from (values ('s', 'b', true), ('s', 'c', false)) "
         "as t(source_name, customer_id, has_profile)", (1, 3, "c", True)),
        # A source that has none of them yet is asked of its files alone, and so is all before a
        # first build.
        ("campaigns", "campaign_id", "ab",
         "campaigns as select * from (values ('t', 'b')) as t(source_name, campaign_id)",
         (1, 2, "b", False)),
        ("campaigns", "campaign_id", "ab", "clock as select 1", (1, 2, "b", False)),
    ],
)  # fmt: skip
def test_ids_are_looked_for_in_what_was_built_before(table, column, named, built, found, tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"create schema core; create table core.{built}")
    with duckdb.connect() as con:
        for name, ids in (("ours", named), ("theirs", "a")):
            con.execute(
                f"create table {name} as select unnest(string_split('{'|'.join(ids)}', '|')) "
                f"as {column}, null as reason_code"
            )
        marts = matching.attached(con, warehouse)
        known = matching._known("s", "theirs", table, marts)
        told = matching._unmatched(con, column, "ours", table, known)
    assert told == Unmatched(column, table, *found)


def test_an_arm_is_looked_for_in_its_experiment_in_capitals_or_not():
    with duckdb.connect() as con:
        for table, rows in (
            ("plans", "('gift', 'Blue', null), ('gift', 'control', null), ('tea', 'green', null)"),
            ("met", "('gift', 'blue', null), ('gift', 'control', null), ('gift', 'green', null)"),
        ):
            con.execute(
                f"create table {table} as select * from (values {rows}) "
                "as t(experiment_id, arm, reason_code)"
            )
        known = matching._known("s", "plans", "experiments", set())
        found = matching._unmatched(con, "arm", "met", "experiments", known)
    assert found == Unmatched("arm", "experiments", 1, 3, "gift green")


@pytest.mark.parametrize(
    ("table", "unmatched", "code", "said"),
    [
        ("orders", Unmatched("order_id", "order_lines", 5, 100, "o7"), 0,
         "5 of 100 orders (5.0%) have no accepted line, so they are worth nothing and are in no "
         "figure, such as o7"),
        ("orders", Unmatched("order_id", "order_lines", 6, 100, "o7"), 1, "6 of 100 orders (6.0%)"),
        ("order_lines", Unmatched("order_id", "orders", 6, 100, "o7"), 1,
         "6 of 100 orders that have lines (6.0%) are not among the accepted orders: their lines "
         "are in no figure, such as o7"),
        # What costs no money is told, and whom it names is not.
        ("events", Unmatched("customer_id", "customers", 90, 100, "anna"), 0, "visits meet no or"),
        # Unless nobody meets: these are ids of another kind, or a name that is misspelt.
        ("events", Unmatched("customer_id", "customers", 100, 100, "anna"), 1, "meet no order"),
        ("refunds", Unmatched("order_id", "orders", 90, 100, "o7"), 0, "taken off no order"),
        ("exposures", Unmatched("arm", "experiments", 1, 2, "gift gfit"), 0,
         "1 of 2 arms that units met (50.0%) are no arm of their experiment: units of them are in "
         "no result, such as gift gfit"),
        ("contacts", Unmatched("campaign_id", "campaigns", 2, 2, "mail-k1"), 1, "as mail-k1"),
    ],
)  # fmt: skip
def test_a_check_tells_of_ids_that_another_file_lacks(
    project, capsys, monkeypatch, table, unmatched, code, said
):
    monkeypatch.setattr(check, "judge", lambda *_: [Judged(table, 100, [], [unmatched])])
    path = project.file("orders.csv", f"{ORDERS}o1,c1,paid,GBP,2024-01-31\n")
    assert cli.main(["check", "shop", str(path)]) == code
    out = capsys.readouterr().out
    assert said in " ".join(out.split())
    assert "anna" not in out
    # What has landed before may have them.
    batch = project.landing / "shop" / unmatched.other / "batch_id=1"
    batch.mkdir(parents=True)
    assert cli.main(["check", "shop", str(path)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert said not in out
    # Of lines that is said: half a file of orders may have been cut off.
    not_asked = "are not in these files; whether they landed before is not asked"
    assert (not_asked in out) is (table == "order_lines")


@pytest.mark.parametrize(
    ("unmatched", "code"),
    [
        # Two of two meet nothing of before; of one alone the profile may come tomorrow.
        (Unmatched("customer_id", "customers", 2, 2, "anna", True), 1),
        (Unmatched("customer_id", "customers", 1, 1, "anna", True), 0),
        (Unmatched("customer_id", "customers", 1, 1, "anna", False), 0),
    ],
)
def test_a_night_is_asked_of_what_was_built(project, capsys, monkeypatch, unmatched, code):
    monkeypatch.setattr(check, "judge", lambda *_: [Judged("events", 100, [], [unmatched])])
    (project.landing / "shop" / "customers" / "batch_id=1").mkdir(parents=True)
    path = project.file("orders.csv", f"{ORDERS}o1,c1,paid,GBP,2024-01-31\n")
    assert cli.main(["check", "shop", str(path)]) == code
    out = capsys.readouterr().out
    assert ("customers who were seen" in out) is unmatched.is_of_all
    assert ("looked for in these files and in what was last built" in out) is unmatched.is_of_all
    assert ("Nothing else is wrong" in out) is (unmatched.is_of_all and not code)
    # Something has landed, and nothing was built.
    assert "Ids are looked for in these files alone. There is no warehouse file" in out


@pytest.mark.parametrize(
    ("made", "is_asked", "told"),
    [
        ("create schema core; create table core.clock as select false as is_sample", True, None),
        # The ids of the sample are nobody's; of a part of a build nobody knows whose they are.
        (
            "create schema core; create table core.clock as select true as is_sample",
            False,
            "is not",
        ),
        ("select 1", False, "is not of what has landed"),
        (None, False, "cannot be opened"),
    ],
)
def test_a_warehouse_of_something_else_is_said_and_not_asked(
    project, capsys, monkeypatch, tmp_path, made, is_asked, told
):
    asked: list[object] = []
    monkeypatch.setattr(check, "judge", lambda *words: asked.append(words[-1]) or [])
    warehouse = tmp_path / "it.duckdb"
    monkeypatch.setenv("STAYHOUSE_DB", str(warehouse))
    if made:
        with duckdb.connect(str(warehouse)) as con:
            con.execute(made)
    else:
        warehouse.write_bytes(b"no warehouse")
    path = project.file("orders.csv", f"{ORDERS}o1,c1,paid,GBP,2024-01-31\n")
    assert cli.main(["check", "shop", str(path)]) == 0
    # Before anything has landed there is nothing to be looked for.
    assert "looked for in these files alone" not in capsys.readouterr().out
    (project.landing / "shop" / "customers" / "batch_id=1").mkdir(parents=True)
    assert cli.main(["check", "shop", str(path)]) == 0
    out = capsys.readouterr().out
    assert ("looked for in these files alone" in out) is not is_asked
    assert told is None or told in " ".join(out.split())
    assert asked == [warehouse if is_asked else None] * 2


def test_what_is_told_of_ids_is_told_of_each_pair():
    """A pair that is looked at has its words."""
    assert check._UNMATCHED.keys() == set(matching.MATCHED)
