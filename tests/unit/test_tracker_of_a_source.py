"""What a tracker sees, or the tracking plan knows, becomes tables of a source that stands."""

import csv
from pathlib import Path

import pytest
import yaml

from stayhouse import cli
from tests.building import copy_of_checkout


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = copy_of_checkout(tmp_path / "copy")
    monkeypatch.chdir(copy)
    return copy


def texts(root: Path) -> dict[str, str]:
    paths = [root / "dbt_project.yml", *(root / "models/staging").rglob("*.*")]
    return {str(path): path.read_text(encoding="utf-8") for path in paths}


def provided(root: Path) -> dict[str, list[str]]:
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    return project["vars"]["sources"]


@pytest.mark.parametrize("tracker", ["ga4", "posthog", "snowplow"])
@pytest.mark.parametrize("shop", ["shopify", "woocommerce", "online_retail", "cdnow"])
def test_a_source_that_stands_gets_events(root: Path, shop: str, tracker: str) -> None:
    before = provided(root)
    assert cli.main(["new-source", shop, "--tracker", tracker]) == 0
    assert provided(root) == {**before, shop: [*before[shop], "events"]}
    folder = root / "models/staging" / shop
    listed = yaml.safe_load((folder / "_sources.yml").read_text(encoding="utf-8"))
    [source] = listed["sources"]
    assert source["name"] == shop
    assert [table["name"] for table in source["tables"]].count("events") == 1
    for suffix in ("sql", "yml"):
        text = (folder / f"stg_{shop}__events.{suffix}").read_text(encoding="utf-8")
        assert shop in text
        assert tracker not in text
    sheet = csv.DictReader((folder / "aliases.csv").open(encoding="utf-8"))
    ids = [r for r in sheet if r["table"] == "events" and r["our_column"] == "customer_id"]
    assert all(row["personal"] == "" for row in ids)


def test_ids_are_hashed_where_those_of_the_shop_are(root: Path) -> None:
    sheet = root / "models/staging/woocommerce/aliases.csv"
    text = sheet.read_text(encoding="utf-8")
    hashed = text.replace(
        "orders,customer_id,customer_id,no,", "orders,customer_id,customer_id,no,hash"
    )
    assert hashed != text
    sheet.write_text(hashed, encoding="utf-8")
    assert cli.main(["new-source", "woocommerce", "--tracker", "ga4"]) == 0
    assert "events,user_id,customer_id,no,hash\n" in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["woocommerce", "--tracker", "shopify"], "one of ga4, posthog, shop, snowplow"),
        (["twilio_segment", "--tracker", "ga4"], "has events of its own"),
        (["shop", "--tracker", "shop"], "has every table of the tracking plan"),
        (["tea_shop", "--tracker", "ga4"], "name the files"),
        (["woocommerce"], "name the shop's exports"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_writes_nothing(
    root: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(root)
    assert cli.main(["new-source", *words]) == 2
    assert said in capsys.readouterr().err
    assert texts(root) == before


def test_a_source_that_stands_gets_the_tables_of_the_plan_that_it_lacks(root: Path) -> None:
    before, stood = provided(root), texts(root)
    # Each counts, and in this order.
    assert cli.main(["new-source", "shopify", "--tracker", "ga4", "--tracker", "shop"]) == 0
    added = set(before["shop"]) - set(before["shopify"]) - {"events"}
    assert {"experiments", "exposures", "campaigns"} <= added
    after = provided(root)
    assert after["shop"] == before["shop"]
    assert sorted(after["shopify"]) == sorted([*before["shopify"], "events", *added])
    folder = root / "models/staging/shopify"
    listed = yaml.safe_load((folder / "_sources.yml").read_text(encoding="utf-8"))
    names = [table["name"] for table in listed["sources"][0]["tables"]]
    assert len(names) == len(set(names))
    assert added | {"events"} <= set(names)
    sheet = list(csv.DictReader((folder / "aliases.csv").open(encoding="utf-8")))
    plan = csv.DictReader((root / "models/staging/shop/aliases.csv").open(encoding="utf-8"))
    rows = [row for row in plan if row["table"] in added]
    assert all(row in sheet for row in rows)
    assert "'ga4'" not in (folder / "stg_shopify__events.sql").read_text(encoding="utf-8")
    assert ["events", "user_id"] in [[row["table"], row["their_column"]] for row in sheet]
    for table in added:
        text = (folder / f"stg_shopify__{table}.sql").read_text(encoding="utf-8")
        assert f"landed('shopify', '{table}')" in text
        assert "'shop'" not in text
    assert {path: text for path, text in stood.items() if texts(root)[path] != text}.keys() == {
        str(root / "dbt_project.yml"), str(folder / "_sources.yml"), str(folder / "aliases.csv")
    }  # fmt: skip
