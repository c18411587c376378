"""What a publication says of what landed since the one before."""

import json
from pathlib import Path

import duckdb
import pytest

from stayhouse.publishing.landed_since import landed_since, moved_since


def version(
    folder: Path, number: int, batches: dict[str, int] | None, *, is_sample: bool = False
) -> Path:
    path = folder / str(number)
    path.mkdir()
    landed = {t: {"batches": n, "last_batch_id": n} for t, n in (batches or {}).items()}
    build = {"batches": landed, "is_sample": is_sample}
    (path / "contents.json").write_text(json.dumps({} if batches is None else {"build": build}))
    return path


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ({"shop.orders": 3}, {"shop.orders": 3}, "Every table has as many batches as in"),
        (
            {"shop.orders": 3, "shop.events": 3, "shop.refunds": 2},
            {"shop.orders": 4, "shop.events": 1005, "shop.refunds": 1, "shop.contacts": 1},
            "Landed since version 7: shop.contacts 1 batch more, shop.events 1,002 batches more, "
            "shop.orders 1 batch more, shop.refunds 1 batch fewer.",
        ),
        # A version that tells of no batch, as one that was made before it did.
        (None, {"shop.orders": 3}, ""),
        ({}, {"shop.orders": 3}, ""),
    ],
)
def test_what_has_more_batches_is_said(
    tmp_path: Path, was: dict[str, int] | None, now: dict[str, int], said: str
) -> None:
    told = landed_since(version(tmp_path, 7, was), version(tmp_path, 8, now))
    assert told.startswith(said)
    assert bool(told) == bool(said)


def test_a_batch_in_the_place_of_another_is_told(tmp_path: Path) -> None:
    """One was taken back before another landed."""
    was, now = version(tmp_path, 7, {"shop.orders": 3}), version(tmp_path, 8, {"shop.orders": 3})
    told = (now / "contents.json").read_text().replace('"last_batch_id": 3', '"last_batch_id": 4')
    (now / "contents.json").write_text(told)
    assert landed_since(was, now) == (
        "Landed since version 7: shop.orders as many batches, others than then."
    )


def test_the_first_version_has_none_before(tmp_path: Path) -> None:
    first = version(tmp_path, 1, {"shop.orders": 3})
    assert landed_since(tmp_path / "0", first) == ""
    # A damaged one tells no more than a missing one.
    (first / "contents.json").write_text("{")
    assert landed_since(first, version(tmp_path, 2, {"shop.orders": 4})) == ""


def test_the_sample_of_before_is_no_shop_s_past(tmp_path: Path) -> None:
    sample = version(tmp_path, 1, {"shop.orders": 1, "shop.events": 1}, is_sample=True)
    assert landed_since(sample, version(tmp_path, 2, {"shop.orders": 1})) == ""


def shop(
    folder: Path,
    number: int,
    *lines: str,
    clock: str = "2024-05-04",
    base: str = "EUR",
    zone: str = "UTC",
) -> Path:
    """A version with such lines of its ledger: a day, an amount, a kind and an order."""
    path = version(folder, number, {"shop.orders": number})
    with duckdb.connect(str(path / "stayhouse.duckdb")) as con:
        con.execute(
            f"""
            create schema core;
            create table core.clock as
            select date '{clock}' as open_day, '{base}' as base_currency, '{zone}' as time_zone;
            create table core.orders as
            select 'shop' as source_name, unnest(['o1', 't1']) as order_id,
                unnest([null, true]) as is_test;
            create table core.money_lines (
                source_name text, effective_at timestamp, amount decimal(18, 2), kind text,
                order_id text
            )
            """
        )
        for line in lines:
            con.execute("insert into core.money_lines values ('shop', ?, ?, ?, ?)", line.split())
    return path


MAY_1, MAY_2 = "2024-05-01 150.00 item o1", "2024-05-02 50.00 item o1"


@pytest.mark.parametrize(
    ("since", "said", "share"),
    [
        # A new day, tax and orders of a test are none of the past's sales.
        (["2024-05-04 70 item o1", "2024-05-01 9 tax o1", "2024-05-01 9 item t1"], "", 0),
        (
            ["2024-05-03T23:59:59 0.01 item o1"],
            "0.01 EUR more than it said (under 0.1% of all, on 2024-05-03)",
            0.00005,
        ),
        (
            ["2024-05-02 -20 refund o1", "2024-04-03 5 discount o1"],
            "5.00 EUR more and 20.00 EUR less than it said "
            "(12.5% of all, on 2 days, most on 2024-05-02)",
            0.125,
        ),
    ],
)
def test_money_of_the_past_that_is_another_now_is_told(
    tmp_path: Path, since: list[str], said: str, share: float
) -> None:
    was = shop(tmp_path, 7, MAY_1, MAY_2)
    now = shop(tmp_path, 8, MAY_1, MAY_2, *since, clock="2024-05-05")
    told, of_all = moved_since(was, now)
    assert told == (f"Net sales of days that version 7 had are {said}." if said else "")
    assert of_all == pytest.approx(share)


@pytest.mark.parametrize(("instant", "is_told"), [("11:59:59", True), ("12:00:00", False)])
def test_a_day_has_ended_by_the_shops_own_midnight(
    tmp_path: Path, instant: str, is_told: bool
) -> None:
    zone, late = "Pacific/Auckland", f"2024-05-03T{instant} 7.00 item o1"
    was, now = shop(tmp_path, 1, MAY_1, zone=zone), shop(tmp_path, 2, MAY_1, late, zone=zone)
    assert moved_since(was, now)[0] == (
        "Net sales of days that version 1 had are 7.00 EUR more than it said (4.7% of all, "
        "on 2024-05-03)."
        if is_told
        else ""
    )


def test_what_was_swapped_is_told_though_the_sum_is_the_same(tmp_path: Path) -> None:
    was, now = shop(tmp_path, 7, MAY_2), shop(tmp_path, 8, "2024-02-05 50.00 item o1")
    assert moved_since(was, now) == (
        "Net sales of days that version 7 had are 50.00 EUR more and 50.00 EUR less than it said "
        "(200.0% of all, on 2 days, most on 2024-02-05).",
        2.0,
    )


def test_versions_are_compared_up_to_the_clock_of_before_or_not_at_all(tmp_path: Path) -> None:
    first = shop(tmp_path, 1, MAY_1, MAY_2)
    assert moved_since(tmp_path / "0", first) == ("", 0)
    assert moved_since(first, shop(tmp_path, 2, MAY_2, base="USD")) == ("", 0)
    assert moved_since(shop(tmp_path, 3), shop(tmp_path, 4, MAY_1)) == ("", 0)
    # The last batches were taken back, and the clock went back with them.
    back = shop(tmp_path, 5, "2024-05-01 160 item o1", clock="2024-05-02")
    assert moved_since(first, back)[0] == (
        "Net sales of days that version 1 had are 10.00 EUR more and 50.00 EUR less than it said "
        "(30.0% of all, on 2 days, most on 2024-05-02)."
    )
    (first / "stayhouse.duckdb").write_bytes(b"no database")
    assert moved_since(first, back) == ("", 0)
