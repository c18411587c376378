"""What a publication says of what landed since the one before."""

import json
from pathlib import Path

import pytest

from stayhouse.publishing.landed_since import landed_since


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
