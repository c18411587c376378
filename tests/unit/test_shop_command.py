"""``stayhouse shop``: what it writes, what it refuses, what it leaves behind."""

import argparse
import csv
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.commands import shop as command
from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import EXTRA_PARTS, PARTS, Settings

ALIASES = Path(__file__).parents[2] / "models" / "staging" / "shop" / "aliases.csv"


def run(out: Path, **changes: str) -> int:
    options = {"customers-per-year": "60", "days": "40", "seed": "5", "out": str(out), **changes}
    parser = argparse.ArgumentParser()
    command.add_command(parser.add_subparsers())
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    arguments = parser.parse_args(["shop", *words])
    return int(arguments.run(arguments))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"customers-per-year": "0"}, "--customers-per-year is 0: give a number from 1"),
        ({"customers-per-year": "2000001"}, "--customers-per-year is 2000001"),
        ({"days": "0"}, "--days is 0: give a number from 1"),
        ({"days": "3651"}, "--days is 3651"),
        ({"seed": "-1"}, "--seed is -1"),
        ({"start": "2024-13-01"}, "--start is '2024-13-01', which is no date"),
        ({"start": "2022-12-31"}, "--start 2022-12-31 with 40 days leaves 2023-01-01"),
        ({"format": "xml"}, "--format is 'xml': choose csv or parquet."),
        ({"batches": "hourly"}, "--batches is 'hourly': choose once or daily."),
        ({"without": "tastes,taste"}, "--without names 'taste', which is no part of the shop"),
        ({"with": "programe"}, "--with names 'programe', which is no part that can be added: choo"),
        ({"with": "tastes"}, "--with names 'tastes', which is no part that can be added: choose"),
        ({"without": "programme"}, "--without names 'programme', which is no part of the shop"),
    ],
)
def test_impossible_arguments_end_in_one_sentence(
    tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(StayhouseError) as refused:
        run(tmp_path / "shop", **changes)
    assert str(refused.value).startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_the_edges_of_the_arguments_are_possible() -> None:
    Settings(1, 1, 0).check()
    Settings(2_000_000, 3_650, 2**63 - 1).check()


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with pytest.raises(StayhouseError, match="exists already"):
        run(tmp_path / "shop")
    assert list((tmp_path / "shop").iterdir()) == []


# What other platforms write and the planted one does not.
OTHERS = {
    ("orders", "discount"), ("order_lines", "amount"), ("order_charges", "charge_id"),
    ("erasure_requests", "email"),
}  # fmt: skip


def test_every_table_has_the_columns_of_the_alias_file(tmp_path: Path) -> None:
    expected: dict[str, list[str]] = {}
    with ALIASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["table"], row["their_column"]) not in OTHERS:
                expected.setdefault(row["table"], []).append(row["their_column"])
    assert run(tmp_path / "csv") == 0
    assert run(tmp_path / "parquet", format="parquet") == 0
    for table, columns in expected.items():
        with (tmp_path / "csv" / "raw" / f"{table}.csv").open(encoding="utf-8") as file:
            assert next(csv.reader(file)) == columns
        schema = pq.read_schema(tmp_path / "parquet" / "raw" / f"{table}.parquet")
        assert schema.names == columns
        assert {str(kind) for kind in schema.types} == {"string"}
    assert len(list((tmp_path / "csv" / "raw").iterdir())) == len(expected)
    facts = json.loads((tmp_path / "csv" / "truth" / "parameters.json").read_text())
    assert facts["settings"]["seed"] == 5
    assert facts["model"]["referral_k"] == 0.15


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_be_left_out(tmp_path: Path, part: str) -> None:
    make_shop(Settings(600, 100, 5, without=frozenset({part})), tmp_path / "shop", workers=0)
    truth = tmp_path / "shop" / "truth"
    dirt = pq.read_table(truth / "dirt.parquet").num_rows
    assert (dirt == 0) == (part == "dirt")
    customers = pq.read_table(truth / "customers.parquet")
    referred = customers.num_rows - customers["referred_by"].null_count
    assert (referred == 0) == (part == "referrals")
    refills = customers.num_rows - customers["refill_product_id"].null_count
    assert (refills == 0) == (part == "replenishment")
    topics = pq.read_table(truth / "reviews.parquet")["topic"]
    assert (topics.null_count == len(topics)) == (part == "words")
    contacts = (tmp_path / "shop" / "raw" / "contacts.csv").read_text().splitlines()
    assert (len(contacts) == 1) == (part == "campaigns")
    exposures = (tmp_path / "shop" / "raw" / "exposures.csv").read_text()
    assert ('"aa_check"' not in exposures) == (part == "experiments")
    assert ('"campaign_k0"' not in exposures) == (part == "campaigns")


@pytest.mark.parametrize("parts", ["", "sharp_response", "programme", "programme,sharp_response"])
def test_parts_are_added_only_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], parts: str
) -> None:
    assert run(tmp_path / "shop", **{"with": parts}) == 0
    truth = tmp_path / "shop" / "truth"
    facts = json.loads((truth / "parameters.json").read_text())
    assert facts["settings"]["with"] == [part for part in parts.split(",") if part]
    regular = facts["archetypes"][0]["responses"]
    is_sharp = "sharp_response" in parts
    assert regular == ([0.10, 0.50, 0.10, 0.30] if is_sharp else [0.25, 0.40, 0.20, 0.15])
    # What the formulas of churn do not know is left out, and said so.
    sentence = "truth/churn.parquet is left out: its formulas do not know programme."
    assert (sentence in capsys.readouterr().out) == ("programme" in parts)
    assert (truth / "churn.parquet").exists() == ("programme" not in parts)
    assert (truth / "value.parquet").exists()


@pytest.mark.parametrize(
    ("days", "part", "is_told"),
    [("330", "programme", True), ("331", "programme", False), ("330", "sharp_response", False)],
)
def test_a_programme_that_never_begins_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], days: str, part: str, is_told: bool
) -> None:
    assert run(tmp_path / "shop", **{"customers-per-year": "5", "days": days, "with": part}) == 0
    told = "--with programme changed no raw table: it begins on day 330, so give --days above 330."
    assert (told in capsys.readouterr().err) == is_told


@pytest.mark.parametrize("without", [(), PARTS])
def test_the_smallest_shop_has_other_lives_too(tmp_path: Path, without: tuple[str, ...]) -> None:
    for days, rows in ((1, 0), (400, 1)):
        settings = Settings(5, days, 3, without=frozenset(without), added=frozenset(EXTRA_PARTS))
        make_shop(settings, tmp_path / str(days), workers=0)
        truth = tmp_path / str(days) / "truth"
        counts = {
            name: pq.read_metadata(truth / f"{name}.parquet").num_rows
            for name in ("experiment_effects", "programme_effects", "value")
        }
        assert (counts["experiment_effects"] >= rows) == (not without or days == 1)
        assert min(counts["programme_effects"], counts["value"]) >= rows


def test_a_killed_run_leaves_nothing_under_its_name(tmp_path: Path) -> None:
    out = tmp_path / "shop"
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=make_shop, args=(Settings(20_000, 500, 1), out))
    process.start()
    deadline = time.monotonic() + 30
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert list(tmp_path.iterdir())
    assert not out.exists()
    assert run(out) == 0
    assert (out / "raw" / "events.csv").is_file()
