"""Numbers as text."""

import numpy as np
import pyarrow as pa

from stayhouse.shop.truth.tables import decimals
from stayhouse.shop.writing import columns


def test_money_has_two_places() -> None:
    assert columns.money(np.array([0, 5, 100, 12345, -1])).to_pylist() == [
        "0.00",
        "0.05",
        "1.00",
        "123.45",
        None,
    ]


def test_instants_are_iso_in_utc() -> None:
    at_ms = np.array([0, 1_709_164_800_000, 1_709_251_199_999, -1])
    assert columns.instant(at_ms).to_pylist() == [
        "1970-01-01T00:00:00Z",
        "2024-02-29T00:00:00Z",
        "2024-02-29T23:59:59.999Z",
        None,
    ]


def test_codes_below_zero_are_null() -> None:
    assert columns.coded(np.array([1, -1, 0]), ("a", "b")).to_pylist() == ["b", None, "a"]
    assert columns.number(np.array([7, -1]), "c").to_pylist() == ["c7", None]
    assert columns.flag(np.array([0, 1, -1])).to_pylist() == ["false", "true", None]


def test_texts_are_made_once_for_each_value() -> None:
    made: list[int] = []

    def text(value: int) -> str:
        made.append(value)
        return "odd" if value % 2 else "even"

    column = columns.by_value(np.array([3, -1, 2, 3, 5]), text)
    assert column.to_pylist() == ["odd", None, "even", "odd", "odd"]
    assert made == [2, 3, 5]
    assert column.dictionary.to_pylist() == ["even", "odd"]


def test_single_texts_can_be_replaced() -> None:
    coded = columns.coded(np.array([0, 1, 0]), ("a", "b"))
    assert columns.replaced(coded, np.array([0, 1]), ["x", None]).to_pylist() == ["x", None, "a"]
    plain = pa.array(["a", "b"])
    assert columns.replaced(plain, np.array([1]), ["x"]).to_pylist() == ["a", "x"]


def test_decimals_keep_their_sign() -> None:
    found = decimals(np.array([0, 1, -1, 123_456, -10_000]), pa.decimal128(18, 4)).to_pylist()
    assert [str(value) for value in found] == ["0.0000", "0.0001", "-0.0001", "12.3456", "-1.0000"]
