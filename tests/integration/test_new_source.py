"""Three shops that nobody described: from their exports to cohorts by `new-source`, `check`, `land`
and a build, without an edit, and pandas agrees.
"""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from stayhouse import cli
from tests.architecture.house import House, read_files
from tests.architecture.test_house import RULES
from tests.building import Run, copy_of_checkout
from tests.conftest import KEY
from tests.integration.unknown_shops import (
    UnknownShop,
    shops,
    write_chinese,
    write_english,
    write_german,
    write_visits,
)

MARTS = ("orders", "sessions", "money_lines", "products", "data_quality", "cohort_retention")
ZONE = "Europe/London"
ENGLISH, GERMAN, CHINESE = shops()
WRITERS: tuple[tuple[UnknownShop, Callable[[UnknownShop, Path], list[Path]]], ...] = (
    (ENGLISH, write_english),
    (GERMAN, write_german),
    (CHINESE, write_chinese),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A copy of the checkout with the three sources, all landed, and the marts they fill."""
    folder = tmp_path_factory.mktemp("new_source")
    copy = copy_of_checkout(folder / "copy")
    run = Run(folder, folder / "landing", project=copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        steps = []
        for shop, write in WRITERS:
            exports = folder / shop.name
            exports.mkdir()
            files = [str(path) for path in write(shop, exports)]
            tracker = ["--tracker", "ga4"] if shop is ENGLISH else []
            options = ["--zone", shop.zone, *tracker]
            assert cli.main(["new-source", shop.name, *files, *options]) == 0
            steps += [(shop, file) for file in files]
        # What it does not understand, its user says in the sheet, and nowhere else.
        sheet = copy / "models" / "staging" / GERMAN.name / "aliases.csv"
        text = sheet.read_text(encoding="utf-8")
        assert "orders,Merkzeichen,ignore,no," in text
        sheet.write_text(text.replace("Merkzeichen,ignore", "Merkzeichen,coupon_code"))
        # The German ones first: landing them lets staging follow the sheet.
        steps.sort(key=lambda step: step[0] is not GERMAN)
        for shop, file in steps:
            table = {
                "Sales Report": "order_rows", "customers": "customers", "Bestellungen": "orders",
                "Positionen": "order_lines", "Artikel": "products", "订单导出": "order_rows",
            }[Path(file).stem]  # fmt: skip
            if shop is CHINESE:
                # The whole of the check, with dbt; what landing finds is the same for all. No mart
                # is read for it, so that one which is broken stops nobody.
                broken = copy / "models" / "core" / "broken.sql"
                broken.write_text("select * from {{ ref('nowhere') }}\n")
                assert cli.main(["check", shop.name, file, "--table", table]) == 0
                broken.unlink()
            assert cli.main(["land", shop.name, file, "--table", table]) == 0
        visits = write_visits(ENGLISH, folder / "events_20230101_000000000000.jsonl")
        assert cli.main(["land", ENGLISH.name, str(visits)]) == 0
    # As `make build` leaves out what nothing stands behind.
    selected = [f"+{mart}" for mart in MARTS]
    run.build("--select", *selected)
    return run


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    """The orders of all three with their month where the warehouse counts days."""
    parts = [shop.orders.assign(source=shop.name) for shop, _ in WRITERS]
    orders = pd.concat(parts, ignore_index=True)
    orders["buyer"] = orders["source"] + orders["buyer"].astype(str)
    # Files say minutes, but for the Chinese one.
    local = orders["at"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    orders["month"] = local.dt.year * 12 + local.dt.month - 1
    return orders


def test_every_order_is_what_its_shop_knows(built: Run, counted: pd.DataFrame) -> None:
    mart = built.query(
        """
        select source_name, order_id, any_value(status), any_value(o.currency),
            any_value(ordered_at), any_value(line_count), sum(native_amount)
        from core.orders as o
        inner join core.money_lines as m using (source_name, order_id)
        where kind in ('item', 'discount', 'refund', 'cancellation')
        group by all
        """
    )
    got = {row[:2]: row[2:] for row in mart}
    currency = {ENGLISH.name: "GBP", GERMAN.name: "EUR", CHINESE.name: "GBP"}
    expected = {
        (o.source, o.name): (o.ours, currency[o.source], o.at, len(o.lines), o.net)
        for o in counted.itertuples()
    }
    assert got == expected
    assert len(expected) == 3 * 260
    assert (counted["net"] == 0).sum() > 100
    assert sum(line["discount"] > 0 for lines in counted["lines"] for line in lines) > 100


def test_what_the_sheet_alone_maps_reaches_the_marts(built: Run) -> None:
    coupons = built.query(
        "select order_id, coupon_code from core.orders "
        f"where source_name = '{GERMAN.name}' and coupon_code is not null"
    )
    assert sorted(coupons) == sorted((name, f"M{name}") for name in GERMAN.orders["name"])


def test_a_buyer_is_a_person(built: Run, counted: pd.DataFrame) -> None:
    persons = dict(built.query("select source_name || order_id, person_id from core.orders"))
    pairs = {(o.buyer, persons[o.source + o.name]) for o in counted.itertuples()}
    assert len(pairs) == len({p for _, p in pairs}) == counted["buyer"].nunique() > 240


def test_visits_of_a_tracker_are_those_of_the_shop_s_customers(
    built: Run, counted: pd.DataFrame
) -> None:
    """Of a visit the first page is seen before anybody logs in."""
    orders = counted[counted["source"] == ENGLISH.name]
    visits = built.query(
        "select o.order_id, s.customer_id, s.event_count, s.person_id = o.person_id "
        "from core.sessions as s left join core.orders as o on s.source_name = o.source_name "
        "and s.person_id = o.person_id and o.ordered_at = s.ended_at"
    )
    expected = [(o.name, o.buyer.replace(ENGLISH.name, "C"), 3, True) for o in orders.itertuples()]
    assert sorted(visits) == sorted(expected)
    assert len(expected) == 260


def test_cohorts(built: Run, counted: pd.DataFrame) -> None:
    as_of = counted["at"].max().normalize()
    bought = counted[(counted["net"] > 0) & (counted["at"] < as_of)]
    local = as_of.tz_localize("UTC").tz_convert(ZONE)
    last = local.year * 12 + local.month - 2
    start = bought.groupby("buyer")["month"].min()
    seen = bought.groupby("buyer")["month"].agg(set)
    expected = {}
    for first in range(start.min(), last + 1):
        people = start.index[start == first]
        for index in range(last - first + 1) if len(people) else ():
            back = sum(first + index in seen[person] for person in people)
            expected[first, index] = (len(people), back)
    mart = built.frame(
        "select * from retention.cohort_retention where cohort_grain = 'month' "
        "and start_kind = 'net_order' and definition = 'on' and clock_kind = 'calendar'"
    )
    months = mart["cohort_start"].dt.year * 12 + mart["cohort_start"].dt.month - 1
    cells = zip(
        months, mart["period_index"], mart["eligible_count"], mart["retained_count"], strict=True
    )
    assert {(m, i): (n, k) for m, i, n, k in cells} == expected
    assert len(expected) > 70


def test_no_row_is_lost_and_products_have_names(built: Run, counted: pd.DataFrame) -> None:
    quality = built.query(
        "select table_name, disposition, sum(row_count)::bigint from core.data_quality group by all"
    )
    lines = int(counted["lines"].map(len).sum())
    assert set(quality) >= {("orders", "accepted", 780), ("order_lines", "accepted", lines)}
    assert {disposition for _, disposition, _ in quality} <= {"accepted", "repeated_copy"}
    products = built.query("select source_name, product_id, name, price from core.products")
    assert {row for row in products if row[0] == GERMAN.name} == {
        (GERMAN.name, number, f"Ware {number}", Decimal(price))
        for number, price in (("K-10", "12.50"), ("T-07", "8"), ("W-33", "1999.99"))
    }
    assert {row[1] for row in products if row[0] == CHINESE.name} == {"龙井茶", "普洱茶", "茶杯"}


def test_nothing_personal_is_written_anywhere(built: Run) -> None:
    for path in (built.folder / "landing").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for word in (
            "example.com",
            "beispiel",
            "Müller",
            "茶友",
            "王小明",
            "1380000",
            "杭州",
            "Ann",
        ):
            assert word.encode() not in content, (path, word)
    landed = built.landing / CHINESE.name / "order_rows" / "batch_id=1" / "data.parquet"
    frame = pd.read_parquet(landed)
    assert frame["customer_id"].str.fullmatch("[0-9a-f]{64}").all()
    assert not {"收货人", "name", "phone"} & set(frame.columns)


def test_what_is_written_passes_lint_and_the_rules_of_the_house(built: Run) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text())
    house = House(manifest, read_files(built.project))
    assert [sentence for rule in RULES for sentence in rule(house)] == []
    folders = [f"models/staging/{shop.name}" for shop, _ in WRITERS]
    done = subprocess.run(
        [sys.executable, "-m", "sqlfluff", "lint", *folders],
        cwd=built.project, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    sheet = (built.project / folders[2] / "aliases.csv").read_text(encoding="utf-8")
    by_name = {row["their_column"]: row for row in csv.DictReader(sheet.splitlines())}
    assert by_name["买家昵称"]["personal"] == "hash"
    assert by_name["联系手机"]["personal"] == by_name["收货地址"]["personal"] == "drop"
