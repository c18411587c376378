"""What was written is opened again before anybody is led to it: every kind of damage is refused."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import pytest

from stayhouse.base.artifacts import Mart
from stayhouse.base.errors import StayhouseError
from stayhouse.publishing import publish as publishing
from stayhouse.publishing.publish import publish
from tests.building import CHECKOUT, FINISHED

PRODUCTS = Mart("core", "products", ("product_id",), ("product_id", "name"))
CLOCK = Mart("core", "clock", (), ("as_of_at",))
MARTS = [PRODUCTS, CLOCK]
ACCOUNT = (
    "source_name table_name batch_id disposition reason_code currency row_count amount example"
)
DATA_QUALITY = Mart("core", "data_quality", (), tuple(ACCOUNT.split()))
# Of a table with 100 rows 15 are in no figure.
QUALITY = """
create table core.data_quality as from (values
    ('accepted', 'accepted', null, 85::bigint, 4890::decimal(38, 4)),
    ('rejected', 'invalid_price', '1,249.00', 15, 131765)
) as t(disposition, reason_code, example, row_count, amount);
alter table core.data_quality add column source_name varchar default 'shop';
alter table core.data_quality add column table_name varchar default 'order_lines';
alter table core.data_quality add column currency varchar default 'GBP';
alter table core.data_quality add column batch_id bigint default 1;
alter table core.clock add column is_sample boolean default false;
"""


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core")
        con.execute(
            "create table core.products as select i as product_id, md5(i::varchar) as name, "
            "'secret' as email_hash from range(40000) t(i)"
        )
        con.execute("create table core.clock as select timestamp '2024-01-01' as as_of_at")
        con.execute("create table core.int_people as select 'secret' as email_hash")
        con.execute(FINISHED)
    return path


def database(folder):
    return duckdb.connect(str(folder / "stayhouse.duckdb"))


def another_value_in_the_database(folder):
    with database(folder) as con:
        con.execute("update core.products set name = 'x' where product_id = 7")


def a_row_less_in_the_database(folder):
    with database(folder) as con:
        con.execute("delete from core.products where product_id = 7")


def a_private_table_in_the_database(folder):
    with database(folder) as con:
        con.execute("create table core.int_people as select 1 as x")


def a_mart_less_in_the_database(folder):
    with database(folder) as con:
        con.execute("drop table core.clock")


def a_short_database(folder):
    path = folder / "stayhouse.duckdb"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damaged_bytes_in_the_database(folder):
    path = folder / "stayhouse.duckdb"
    content = bytearray(path.read_bytes())
    # Beyond the headers, well inside the blocks of 256 KiB that hold rows.
    for place in range(20_000, len(content), 50_000):
        content[place] ^= 0xFF
    path.write_bytes(content)


def rewritten(folder, query):
    path = folder / "parquet" / "core" / "products.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy ({query.format(path)}) to '{path}.new' (format parquet)")
    Path(f"{path}.new").chmod(path.stat().st_mode)  # else it is not shared
    Path(f"{path}.new").rename(path)


def another_value_in_parquet(folder):
    rewritten(
        folder, "select product_id, if(product_id = 7, 'x', name) as name from read_parquet('{}')"
    )


def a_row_less_in_parquet(folder):
    rewritten(folder, "from read_parquet('{}') where product_id <> 7")


def a_row_for_another_in_parquet(folder):
    """As many rows: one stands twice and another is gone."""
    rewritten(
        folder,
        "select t.* from read_parquet('{0}') as t where product_id <> 7 "
        "union all select * from read_parquet('{0}') where product_id = 8",
    )


def a_short_parquet(folder):
    path = folder / "parquet" / "core" / "products.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def damaged_bytes_in_parquet(folder):
    path = folder / "parquet" / "core" / "products.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def a_parquet_less(folder):
    (folder / "parquet" / "core" / "clock.parquet").unlink()


def a_private_parquet(folder):
    shutil.copy(
        folder / "parquet" / "core" / "clock.parquet", folder / "parquet" / "core" / "int_x.parquet"
    )


DAMAGES = {
    another_value_in_the_database: "core.products in stayhouse.duckdb has other rows than",
    a_row_less_in_the_database: "in stayhouse.duckdb has 39999 rows and the warehouse 40000",
    a_private_table_in_the_database: "core.int_people is one too many or missing",
    a_mart_less_in_the_database: "core.clock is one too many or missing",
    a_short_database: "cannot be read again",
    damaged_bytes_in_the_database: "cannot be read again",
    another_value_in_parquet: "core.products in parquet/core/products.parquet has other rows than",
    a_row_less_in_parquet: "products.parquet has 39999 rows and the warehouse 40000",
    a_row_for_another_in_parquet: "products.parquet has other rows than the warehouse",
    a_short_parquet: "cannot be read again",
    damaged_bytes_in_parquet: "",
    a_parquet_less: "core.clock is one too many or missing",
    a_private_parquet: "core.int_x is one too many or missing",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_copy_is_refused(tmp_path, warehouse, monkeypatch, damage):
    published = tmp_path / "published"
    publish(warehouse, MARTS, published)
    flush = publishing._flush_tree

    def flushed_and_damaged(folder):
        flush(folder)
        damage(folder)

    monkeypatch.setattr(publishing, "_flush_tree", flushed_and_damaged)
    with pytest.raises(StayhouseError) as refusal:
        publish(warehouse, MARTS, published)
    sentence = str(refusal.value)
    assert DAMAGES[damage] in sentence
    assert "nothing was published" in sentence
    assert "\n" not in sentence
    assert (published / "current").readlink() == Path("versions/1")
    assert [path.name for path in (published / "versions").iterdir()] == ["1"]
    with duckdb.connect(str(published / "stayhouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from core.products").fetchall() == [(40000,)]


def test_only_what_the_contract_names_is_copied(tmp_path, warehouse):
    """The table in the warehouse has a column more, and its schema a table more."""
    folder = publish(warehouse, MARTS, tmp_path / "published").folder
    with duckdb.connect(str(folder / "stayhouse.duckdb"), read_only=True) as con:
        columns = con.execute(
            "select table_name, column_name from information_schema.columns order by all"
        ).fetchall()
    assert columns == [("clock", "as_of_at"), ("products", "name"), ("products", "product_id")]
    with duckdb.connect() as con:
        parquet = con.execute(f"describe from '{folder}/parquet/core/products.parquet'").fetchall()
    assert [column[0] for column in parquet] == ["product_id", "name"]
    for path in folder.rglob("*"):
        assert path.is_dir() or b"secret" not in path.read_bytes(), path


def test_contents_tell_what_each_mart_holds(tmp_path, warehouse):
    folder = publish(warehouse, MARTS, tmp_path / "published").folder
    told = json.loads((folder / "contents.json").read_text())
    del told["build"]
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told.pop("version") == project["version"]
    assert {name: mart["row_count"] for name, mart in told.items()} == {
        "core.products": 40000,
        "core.clock": 1,
    }
    # By another sum than the one that wrote it: row by row, in Python.
    with duckdb.connect(str(folder / "stayhouse.duckdb"), read_only=True) as con:
        hashes = con.execute("select hash(product_id, name) from core.products").fetchall()
    assert told["core.products"]["row_hash"] == f"{sum(row[0] for row in hashes):x}"


def test_contents_tell_what_is_in_no_mart(tmp_path, warehouse):
    with duckdb.connect(str(warehouse)) as con:
        con.execute(QUALITY)
    folder = publish(warehouse, MARTS, tmp_path / "published").folder
    (loss,) = json.loads((folder / "contents.json").read_text())["losses"]
    assert (loss["source_name"], loss["table_name"]) == ("shop", "order_lines")
    assert (loss["rows"], loss["rows_lost"], loss["row_share"]) == (100, 15, 0.15)
    assert loss["money"][0]["amount_share"] == pytest.approx(131765 / 136655, abs=1e-6)
    (reason,) = loss["reasons"]
    assert (reason["reason_code"], reason["example"]) == ("invalid_price", "1,249.00")


@pytest.mark.parametrize("is_damaged", [False, True])
def test_contents_tell_what_is_lost_of_what_is_new(tmp_path, warehouse, is_damaged):
    """Also where no file of the version before can be shared, since one was damaged."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(QUALITY)
    marts = [*MARTS[:1], Mart("core", "clock", (), ("as_of_at", "is_sample")), DATA_QUALITY]
    first = publish(warehouse, marts, tmp_path / "published").folder
    assert "new" not in json.loads((first / "contents.json").read_text())
    if is_damaged:
        damaged_bytes_in_parquet(first)
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            """
            insert into core.data_quality (disposition, reason_code, row_count, amount, batch_id)
            values ('accepted', 'accepted', 6, 60, 2), ('rejected', 'invalid_price', 4, 40, 2)
            """
        )
    second = publish(warehouse, marts, tmp_path / "published").folder
    told = json.loads((second / "contents.json").read_text())
    assert told["losses"][0]["rows"] == 110
    assert (told["new"]["since_version"], told["new"]["batches"]) == (1, ["shop.order_lines.2"])
    (loss,) = told["new"]["losses"]
    assert (loss["rows"], loss["rows_lost"], loss["money"][0]["amount_lost"]) == (10, 4, 40)
    # Nothing new: nothing of it is lost, which is told as well.
    third = publish(warehouse, marts, tmp_path / "published").folder
    told = json.loads((third / "contents.json").read_text())["new"]
    assert told == {"since_version": 2, "batches": [], "losses": []}


def test_the_order_of_rows_does_not_count(tmp_path, warehouse):
    """The warehouse holds the rows in another order than their key's, in which they are written."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute("create table t as from core.products order by name")
        con.execute("create or replace table core.products as from t")
    assert publish(warehouse, MARTS, tmp_path / "published").row_counts["core.products"] == 40000


def test_behind_the_resolved_link_is_one_version(tmp_path, warehouse):
    """Through the link a reader of two files may meet a publication between them."""
    published = tmp_path / "published"

    def publish_month(month):
        with duckdb.connect(str(warehouse)) as con:
            con.execute(f"update core.clock set as_of_at = '2024-{month:02}-01'")
            con.execute(f"update core.products set name = '{month}'")
        publish(warehouse, MARTS, published)

    def products(folder):
        return rows(f"select any_value(name) from '{folder}/core/products.parquet'")

    def clock(folder):
        return rows(f"select month(as_of_at) from '{folder}/core/clock.parquet'")

    def rows(query):
        with duckdb.connect() as con:
            return con.execute(query).fetchall()

    link = published / "parquet"
    publish_month(1)
    folder = link.resolve()
    assert products(link) == products(folder) == [("1",)]
    for month in (2, 3):
        publish_month(month)
        assert clock(link) == [(month,)]
        assert (products(folder), clock(folder)) == ([("1",)], [(1,)])
    publish_month(4)
    # The version is no longer among the last three: an error, and no row of another one.
    with pytest.raises(duckdb.IOException):
        clock(folder)


LIMITED = """
import resource, sys
from pathlib import Path
from stayhouse.base.artifacts import Mart
from stayhouse.base.errors import StayhouseError
from stayhouse.publishing.publish import publish
from tests.building import FINISHED
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    publish(Path(sys.argv[1]), [Mart("core", "products", ("product_id",), ("product_id", "name"))],
            Path(sys.argv[2]))
except StayhouseError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [4_096, 300_000])
def test_a_full_disk_is_said_and_leaves_the_old_version(tmp_path, warehouse, limit):
    published = tmp_path / "published"
    publish(warehouse, MARTS, published)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(warehouse), str(published), str(limit)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "make room or mend the disk" in done.stdout
    assert done.stdout.count("\n") == 1
    assert (published / "current").readlink() == Path("versions/1")
    assert [path.name for path in (published / "versions").iterdir()] == ["1"]


def test_a_folder_of_any_name_is_published_into(tmp_path, warehouse):
    folder = tmp_path / '[b] it\'s name=x "é" 商店' / "published"
    folder.parent.mkdir()
    place = folder.parent / warehouse.name
    warehouse.rename(place)
    publish(place, MARTS, folder)
    with duckdb.connect(str(folder / "stayhouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from core.products").fetchall() == [(40000,)]


def inode(folder, name):
    return (folder / "parquet" / "core" / f"{name}.parquet").stat().st_ino


def test_a_mart_that_did_not_change_shares_its_parquet_with_the_version_before(tmp_path, warehouse):
    published = tmp_path / "published"
    first = publish(warehouse, MARTS, published).folder
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update core.clock set as_of_at = timestamp '2024-01-02'")
    second = publish(warehouse, MARTS, published).folder
    assert inode(second, "products") == inode(first, "products")
    assert inode(second, "clock") != inode(first, "clock")
    with duckdb.connect() as con:
        clock = con.execute(f"from '{second}/parquet/core/clock.parquet'").fetchall()
    assert [str(value) for (value,) in clock] == ["2024-01-02 00:00:00"]


ANOTHER_TYPE = "alter table core.products alter product_id type integer"
ANOTHER_NAME = "alter table core.products rename name to title"


@pytest.mark.parametrize(
    ("change", "columns", "key"),
    [
        (ANOTHER_TYPE, PRODUCTS.columns, PRODUCTS.key),
        (ANOTHER_NAME, ("product_id", "title"), PRODUCTS.key),
        ("select 1", PRODUCTS.columns, ("name", "product_id")),
        ("select 1", ("name", "product_id"), PRODUCTS.key),
    ],
    ids=["type", "name", "sorting", "order of columns"],
)
def test_what_a_hash_does_not_tell_is_written_anew(tmp_path, warehouse, change, columns, key):
    """The rows are the same, and their hash is, too, where types and names are not."""
    published = tmp_path / "published"
    first = publish(warehouse, [PRODUCTS], published).folder
    with duckdb.connect(str(warehouse)) as con:
        con.execute(change)
    second = publish(warehouse, [Mart("core", "products", key, columns)], published).folder
    assert inode(second, "products") != inode(first, "products")
    with duckdb.connect() as con:
        written = con.execute(f"from '{second}/parquet/core/products.parquet'")
        assert [column[0] for column in written.description] == list(columns)
        rows = written.fetchall()
    places = [columns.index(column) for column in key]
    assert rows == sorted(rows, key=lambda row: [row[place] for place in places])


def test_a_parquet_that_others_may_read_now_is_not_shared(tmp_path, warehouse):
    published = tmp_path / "published"
    first = publish(warehouse, [PRODUCTS], published).folder
    published.chmod(0o2750)
    second = publish(warehouse, [PRODUCTS], published).folder
    assert inode(second, "products") != inode(first, "products")
    # Nor does a version before that tells nothing of itself stand in the way.
    (second / "contents.json").write_text("[")
    third = publish(warehouse, [PRODUCTS], published).folder
    assert inode(third, "products") != inode(second, "products")


@pytest.mark.parametrize("damage", [another_value_in_parquet, damaged_bytes_in_parquet])
def test_a_version_before_that_was_damaged_since_does_not_stop_publishing(
    tmp_path, warehouse, damage
):
    published = tmp_path / "published"
    first = publish(warehouse, MARTS, published).folder
    damage(first)
    second = publish(warehouse, MARTS, published).folder
    assert second.name == "2"
    with duckdb.connect() as con:
        parquet = f"'{second}/parquet/core/products.parquet'"
        query = f"select count(*) from {parquet} where name = md5(product_id::varchar)"
        assert con.execute(query).fetchall() == [(40000,)]
    assert sorted(path.name for path in (published / "versions").iterdir()) == ["1", "2"]
