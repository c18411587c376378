"""What a night brought: the batches that the publication before did not have, of every table."""

import duckdb
import pytest

from stayhouse.reports.new_batches import new_batches
from stayhouse.reports.summary import summary_lines

OLD = (
    ("orders", 1, "accepted", "accepted", 90),
    ("orders", 1, "rejected", "unknown_status", 2),
    ("events", 1, "accepted", "accepted", 9_000),
)


def write(path, rows, is_sample=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core")
        con.execute("create table core.clock as select ?::boolean as is_sample", [is_sample])
        con.execute(
            "create table core.data_quality (source_name varchar default 'shop', table_name "
            "varchar, batch_id bigint, disposition varchar, reason_code varchar, row_count bigint, "
            "amount decimal(38, 4), currency varchar, example varchar)"
        )
        con.executemany(
            "insert into core.data_quality (table_name, batch_id, disposition, reason_code, "
            "row_count) values (?, ?, ?, ?, ?)",
            rows,
        )
    return path


@pytest.fixture
def published(tmp_path):
    """A folder of publications whose first version is there and current."""
    folder = tmp_path / "published"
    write(folder / "versions" / "1" / "stayhouse.duckdb", OLD)
    (folder / "current").symlink_to("versions/1")
    return folder


def publish(published, version, rows, **given):
    path = write(published / "versions" / str(version) / "stayhouse.duckdb", rows, **given)
    (published / "current").unlink()
    (published / "current").symlink_to(f"versions/{version}")
    return path


def named(found):
    return None if found is None else (found.version, set(found.batches))


def test_all_files_of_a_night_are_new_and_none_of_the_night_before(published):
    night = [*OLD, *(("orders", n, "accepted", "accepted", 5) for n in (2, 3))]
    second = publish(published, 2, night)
    assert named(new_batches(second)) == (1, {"shop.orders.2", "shop.orders.3"})
    # Through the names that readers know, too.
    assert named(new_batches(published / "current" / "stayhouse.duckdb")) == (
        1,
        {"shop.orders.2", "shop.orders.3"},
    )
    night.append(("events", 2, "accepted", "accepted", 40))
    assert named(new_batches(publish(published, 3, night))) == (2, {"shop.events.2"})
    # Nothing landed: nothing is new.
    assert named(new_batches(publish(published, 4, night))) == (3, set())


def test_the_first_version_has_none_before(published):
    assert new_batches(published / "versions" / "1" / "stayhouse.duckdb") is None


def test_a_version_that_is_gone_is_passed_over(published):
    fifth = publish(published, 5, [*OLD, ("orders", 2, "accepted", "accepted", 5)])
    assert named(new_batches(fifth)) == (1, {"shop.orders.2"})


def test_a_batch_landed_again_under_its_number_is_new_by_what_could_not_be_taken(published):
    again = [*OLD[:1], ("orders", 1, "rejected", "unknown_status", 30), *OLD[2:]]
    assert named(new_batches(publish(published, 2, again))) == (1, {"shop.orders.1"})


REFUSED = ("rejected", "unknown_status", 2)


@pytest.mark.parametrize(
    "fates",
    [
        # Later batches brought the rejected ones again, and other versions.
        [
            ("superseded", "unknown_status", 2),
            ("accepted", "accepted", 50),
            ("superseded", "later_version", 40),
        ],
        # Lines wait for their order; a person was erased.
        [REFUSED, ("orphaned", "unknown_order", 3), ("accepted", "accepted", 80)],
        [REFUSED, ("rejected", "invoice_in_later_file", 90)],
    ],
)
def test_what_later_batches_do_to_it_makes_no_batch_new(published, fates):
    first = [("orders", 1, *fate) for fate in fates]
    rows = [*first, ("orders", 2, "accepted", "accepted", 42), OLD[2]]
    assert named(new_batches(publish(published, 2, rows))) == (1, {"shop.orders.2"})


def test_a_warehouse_is_held_against_what_is_published_and_then_against_the_one_before(published):
    night = [*OLD, ("orders", 2, "accepted", "accepted", 5)]
    warehouse = write(published.parent / "warehouse.duckdb", night)
    assert named(new_batches(warehouse, published)) == (1, {"shop.orders.2"})
    publish(published, 2, night)
    assert named(new_batches(warehouse, published)) == (1, {"shop.orders.2"})
    assert new_batches(warehouse) is None


def test_a_warehouse_that_was_never_published_has_nothing_before(tmp_path):
    assert new_batches(write(tmp_path / "warehouse.duckdb", OLD), tmp_path / "published") is None


def test_a_shop_is_not_held_against_the_sample(published):
    assert new_batches(publish(published, 2, [*OLD], is_sample=True)) is None


def test_a_version_of_an_older_release_tells_nothing(published):
    path = published / "versions" / "1" / "stayhouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("drop table core.data_quality")
    assert new_batches(publish(published, 2, OLD)) is None


def test_the_summary_of_a_publication_tells_of_every_file_of_the_night(published):
    night = [
        *OLD,
        ("orders", 2, "accepted", "accepted", 1),
        ("orders", 2, "rejected", "unknown_status", 2),
        ("orders", 3, "accepted", "accepted", 1),
    ]
    lines = summary_lines(publish(published, 2, night), [], 0.2)
    assert "  Of what is new since version 1, 50.0% of the rows of shop.orders (2 of 4) are in" in (
        "\n".join(lines)
    )
