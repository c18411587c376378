"""Every line of a text file lands as a row or in the reject file, whatever is wrong with it."""

import gzip
import json
from collections import Counter

import pyarrow as pa
import pytest

HEADER = "order_id,kind,amount\n"
GOOD = "o1,tax,1.00\n"


def land(project, done, content, name="order_charges.csv"):
    done("land", "shop", project.file(name, content), "--accept-rejected-lines")
    batch = project.batch("shop", "order_charges")
    rows = project.rows("shop", "order_charges", "landed_row, order_id, kind, amount")
    rejects = project.rejects("shop", "order_charges")
    assert batch["lines_in"] == batch["rows_landed"] + batch["lines_rejected"]
    assert (batch["rows_landed"], batch["lines_rejected"]) == (len(rows), len(rejects))
    assert batch["rejected_by_reason"] == Counter(reason for _, reason, _ in rejects)
    return batch, rows, rejects


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("o2,tax\n", [("3", "too_few_columns", "o2,tax")]),
        ("o2,tax,1,2\n", [("3", "too_many_columns", "o2,tax,1,2")]),
        ("o2,tax,1,2,3,4\n", [("3", "too_many_columns", "o2,tax,1,2,3,4")]),
        ('o2,"ta"x,1\n', [("3", "malformed_quote", 'o2,"ta"x,1')]),
        ("\n", [("3", "blank_line", "")]),
        ("o2,t\0x,1\n", [("3", "nul_byte", "o2,t\\x00x,1")]),
        (b"o2,caf\xe9,1\n", [("3", "invalid_utf8", "o2,caf\\xe9,1")]),
        ('o2,"a\nb"\n', [("3", "too_few_columns", 'o2,"a'), ("4", "too_few_columns", 'b"')]),
        (f"o2,{'x' * 131_073},1\n", [("3", "field_too_long", f"o2,{'x' * 131_073},1")]),
    ],
)
def test_a_broken_line_is_rejected_and_its_neighbours_land(project, done, broken, expected):
    raw = broken if isinstance(broken, bytes) else broken.encode()
    last = 2 + raw.count(b"\n") + 1
    batch, rows, rejects = land(
        project, done, (HEADER + GOOD).encode() + raw + "o3,café,2.50\n".encode()
    )
    assert rejects == expected
    assert rows == [(2, "o1", "tax", "1.00"), (last, "o3", "café", "2.50")]
    assert batch["lines_in"] == 2 + raw.count(b"\n")


@pytest.mark.parametrize(
    "line", ['o2,"ta""x",1\n', 'o2,ta"x,1\n', "o2,,\n", "o2,café 店,1\n", f"o2,{'x' * 131_072},1\n"]
)
def test_an_unusual_but_sound_line_lands(project, done, line):
    _, rows, rejects = land(project, done, HEADER + line)
    assert rejects == []
    assert rows[0][:2] == (2, "o2")


def test_an_empty_field_is_null(project, done):
    _, rows, _ = land(project, done, HEADER + 'o1,,""\n')
    assert rows == [(2, "o1", None, None)]


def test_an_unterminated_quote_lists_every_line_it_swallows(project, done):
    batch, rows, rejects = land(project, done, HEADER + GOOD + 'o2,"tax,1\no3,tax,1\no4,tax,1\n')
    assert rejects == [
        ("3", "unterminated_quote", 'o2,"tax,1'),
        ("4", "taken_by_quote", "o3,tax,1"),
        ("5", "taken_by_quote", "o4,tax,1"),
    ]
    assert [row[0] for row in rows] == [2]
    assert batch["lines_in"] == 4


@pytest.mark.parametrize(
    ("broken", "opens"),
    [
        # The quote that breaks it meets the next one in the middle of a value.
        ('o2,"tax,1\no3,tax,1\no4,ta"x"y,1\n', 3),
        # A sound line break before it, doubled quotes in a value and one in plain text open none.
        ('o2,"t\nax","1\no3,tax,1\no4,t"ax,1\n', 4),
        ('o2,"t""\nax",1\no3,t""x,"1\no4,tax"x,1\n', 5),
    ],
)
def test_the_line_in_which_a_stray_quote_opens_is_told_first(project, done, broken, opens):
    file = project.file("order_charges.csv", HEADER + GOOD * 20 + broken)
    out = done("land", "shop", file)
    found = project.rejects("shop", "order_charges")
    assert [int(line) - 19 for line, reason, _ in found if reason == "malformed_quote"] == [opens]
    assert {reason for _, reason, _ in found} == {"malformed_quote", "taken_by_quote"}
    told = [line for line in out.splitlines() if "quote" in line]
    assert f"1 line malformed_quote (line {opens + 19})" in told[0]
    assert "read with the quote that opens in the line above, and perhaps in order" in told[1]


def test_the_end_of_a_value_that_a_stray_quote_began_is_taken_too(project, done):
    file = project.file(
        "order_charges.csv", HEADER + GOOD * 60 + 'o2,"tax,1\no3,tax,1\no4,"a\nb",1\n' + GOOD
    )
    done("land", "shop", file)
    found = project.rejects("shop", "order_charges")
    assert [(int(line) - 60, reason) for line, reason, _ in found] == [
        (2, "malformed_quote"),
        (3, "taken_by_quote"),
        (4, "taken_by_quote"),
        (5, "taken_by_quote"),
    ]
    assert project.batch("shop", "order_charges")["rows_landed"] == 61


def test_an_unterminated_quote_does_not_take_a_long_file_along(project, done):
    lines = [f"o{i},tax,1\n" for i in range(40_000)]
    batch, rows, rejects = land(project, done, HEADER + 'o,"tax,1\n' + "".join(lines))
    assert batch["lines_in"] == 40_001
    assert 10_000 < len(rejects) < 20_000  # the longest field is 131,072 characters
    assert rows[-1][:2] == (40_002, "o39999")


def test_a_line_break_in_a_quoted_field_is_part_of_its_row(project, done):
    batch, rows, _ = land(project, done, HEADER + 'o1,"ta\r\nx",1\n' + "o2,tax,2\n")
    assert rows == [(2, "o1", "ta\r\nx", "1"), (4, "o2", "tax", "2")]
    assert batch["lines_in"] == 2


@pytest.mark.parametrize(
    "content",
    [
        "order_id,kind,amount\r\no1,tax,1.00\r\no2,tax,2.00\r\n",
        "order_id,kind,amount\ro1,tax,1.00\ro2,tax,2.00\r",
        "order_id,kind,amount\no1,tax,1.00\r\no2,tax,2.00\n",
        "\ufefforder_id,kind,amount\no1,tax,1.00\no2,tax,2.00\n",
        "order_id,kind,amount\no1,tax,1.00\no2,tax,2.00",
        " order_id , kind,amount \no1,tax,1.00\no2,tax,2.00",
        "amount,order_id,kind\n1.00,o1,tax\n2.00,o2,tax\n",
        '"order_id","kind","amount"\n"o1","tax","1.00"\n"o2","tax","2.00"\n',
    ],
    ids=["crlf", "cr", "mixed", "bom", "no-last-newline", "blanks", "reordered", "quoted"],
)
def test_the_shape_of_a_file_does_not_change_its_rows(project, done, content):
    _, rows, rejects = land(project, done, content)
    assert rows == [(2, "o1", "tax", "1.00"), (3, "o2", "tax", "2.00")]
    assert rejects == []


def test_rows_keep_their_line_across_reading_batches(project, done):
    lines = ["\n" if i % 1000 == 7 else f"o{i},tax,1\n" for i in range(45_000)]
    _, rows, rejects = land(project, done, HEADER + "".join(lines))
    assert all(row[1] == f"o{row[0] - 2}" for row in rows)
    assert [int(line[0]) for line in rejects] == list(range(9, 45_000, 1000))


PACKINGS = [
    ("order_charges.csv.gz", gzip.compress),
    ("order_charges.csv.zst", lambda raw: pa.compress(raw, codec="zstd", asbytes=True)),
]


@pytest.mark.parametrize(("name", "pack"), PACKINGS)
def test_a_packed_file_lands_like_the_file_in_it(project, done, name, pack):
    _, rows, _ = land(project, done, pack((HEADER + GOOD).encode()), name)
    assert rows == [(2, "o1", "tax", "1.00")]


@pytest.mark.parametrize(("name", "pack"), PACKINGS)
@pytest.mark.parametrize("damage", ["cut", "garbage"])
def test_a_damaged_packing_is_refused(project, refused, name, pack, damage):
    whole = pack((HEADER + GOOD * 50_000).encode())
    content = whole[: len(whole) // 2] if damage == "cut" else b"no packing at all " * 100
    assert f"{name} cannot be read to its end" in refused(
        "land", "shop", project.file(name, content)
    )
    assert project.left() == []


def test_json_values_land_as_they_were_written(project, done):
    lines = [
        {"order_id": "o1", "kind": "tax", "amount": None},
        {"order_id": "o2", "kind": True, "amount": [1, {"a": "é"}]},
        {"kind": "tax", "order_id": "o3"},
    ]
    content = "\n".join(json.dumps(line) for line in lines)
    content += '\n{"order_id": 12345678901234567890123, "kind": 1e5, "amount": 5.10}'
    _, rows, _ = land(project, done, content, "order_charges.jsonl")
    assert rows == [
        (1, "o1", "tax", None),
        (2, "o2", "true", '[1,{"a":"é"}]'),
        (3, "o3", "tax", None),
        (4, "12345678901234567890123", "1e5", "5.10"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"order_id": "o2"', "not_json"),
        (b'{"order_id": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'["o2"]', "not_a_json_object"),
        (b'{"order_id": "o2", "order_id": "o3"}', "duplicate_key"),
        (b'{"order_id": "o2", " order_id": "o3"}', "duplicate_key"),
        (b"", "blank_line"),
        (b'{"order_id": "\xff"}', "invalid_utf8"),
        (b'{"order_id": "\\ud800"}', "invalid_utf8"),
        (b'{"order_id": "\\u0000"}', "nul_byte"),
        (b'{"order_id": "\0"}', "nul_byte"),
    ],
)
def test_a_broken_json_line_is_rejected(project, done, line, reason):
    good = b'{"order_id": "o1", "kind": "tax", "amount": 1}\n'
    batch, rows, rejects = land(project, done, good + line + b"\n" + good, "order_charges.ndjson")
    assert [(number, why) for number, why, _ in rejects] == [("2", reason)]
    assert [row[0] for row in rows] == [1, 3]
    assert batch["lines_in"] == 3


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("order_charges.csv", HEADER, "has no rows"),
        ("order_charges.csv", "", "is empty (0 bytes)"),
        ("order_charges.csv", b"\xef\xbb\xbf", "does not begin with a header in UTF-8"),
        ("order_charges.csv", (HEADER + GOOD).encode("utf-16-le"), "say --encoding utf-16-le"),
        ("order_charges.csv", (HEADER + GOOD).encode("utf-16")[:-1], "cannot be read to its end"),
        ("order_charges.csv", '"order_id,kind\n', "is not CSV"),
        ("order_charges.csv", HEADER + "o1\no2\n", "None of the 2 lines of order_charges.csv"),
        ("order_charges.csv", "order_id,kind,amount,extra\n1,2,3,4\n", "a column 'extra' that"),
        ("order_charges.csv", "order_id,kind\n1,2\n", "lacks the column 'amount'"),
        ("order_charges.csv", "order_id,kind,kind,amount\n1,2,3,4\n", "two columns for kind"),
        ("order_charges.csv", "order_id,kind,amount,\n1,2,3,4\n", "a column ''"),
        ("order_charges.csv", "Order_ID,kind,amount\n1,2,3\n", "a column 'Order_ID'"),
        ("order_charges.jsonl", '{"order_id": 1, "kind": 2}\n', "lacks the column 'amount'"),
        ("order_charges.jsonl", '{"order_id": 1}\n{"extra": 1}\n', "Line 2 of order_charges.jsonl"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_fault(project, refused, name, content, words):
    assert words in refused("land", "shop", project.file(name, content))
    assert not project.landing.exists() or project.left() == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_values_are_separated_as_the_names_of_the_header_are(project, done, separator):
    lines = [
        ["order_id", "kind", "amount"],
        [f'"o1{separator}2"', "tax", "1"],
        ['"o,;\t|"', "shipping", "3"],
        ["o3", "tax"],
    ]
    _, rows, rejects = land(project, done, "\n".join(map(separator.join, lines)) + "\n")
    assert rows == [(2, f"o1{separator}2", "tax", "1"), (3, "o,;\t|", "shipping", "3")]
    assert rejects == [("4", "too_few_columns", f"o3{separator}tax")]
