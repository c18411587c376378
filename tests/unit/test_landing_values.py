"""Numbers and instants land as staging reads them, whatever marks and order their file has."""

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.kinds import plain_instant
from stayhouse.landing.notation import Notation
from stayhouse.landing.signs import CurrencyOf
from stayhouse.landing.unread import unread
from stayhouse.landing.values import read_values

CHECKOUT = Path(__file__).resolve().parents[2]
PLAIN = Notation()
LINES = "order_id,product_id,quantity,unit_price\n"
ORDERS = "order_id,customer_id,status,currency,ordered_at\n"


@pytest.fixture(scope="module")
def con():
    """DuckDB as landing opens it."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


def written(con, kind, came, stated=PLAIN, remembered=PLAIN, of=None):
    """Return how values of a column are written, and what is said of those that cannot be read."""

    def refuse(sentence):
        raise StayhouseError(sentence)

    con.execute("create or replace table landed as select 0 as landed_row, '' as c where false")
    con.executemany("insert into landed values (?, ?)", list(enumerate(came, start=2)))
    pattern = plain_instant(CHECKOUT)
    found = read_values(
        con, "landed", {"c": kind}, stated, remembered, pattern, 0.05, of, "x.csv", refuse
    )
    expression = found.written.get("c", "c")
    con.execute(
        f"create or replace table plain as select landed_row, {expression} as c from landed"
    )
    rows = con.execute("select c from plain order by landed_row").fetchall()
    left = unread(con, "plain", found.written, {"c": kind}, pattern)
    return [value for (value,) in rows], [*found.doubts, *map(str, left)]


def prices(project, done, values, *words):
    """Land prices; return what was printed and how they landed."""
    rows = "".join(f"o{i}\tp\t1\t{value}\n" for i, value in enumerate(values))
    path = project.file("order_lines.csv", LINES.replace(",", "\t") + rows)
    printed = done("land", "shop", path, *words)
    return printed, [value for (value,) in project.rows("shop", "order_lines", "unit_price")]


def instants(project, done, values, *words):
    """Land instants of orders; return what was printed and how they landed."""
    rows = "".join(f'o{i},c,paid,GBP,"{value}"\n' for i, value in enumerate(values))
    printed = done("land", "shop", project.file("orders.csv", ORDERS + rows), *words)
    return printed, [value for (value,) in project.rows("shop", "orders", "ordered_at")]


@pytest.mark.parametrize(
    ("came", "landed"),
    [
        (["1,249.00"], ["1249.00"]),
        (["1.249,00"], ["1249.00"]),
        (["1.249,5"], ["1249.5"]),
        (["12,50", "1.249", "3"], ["12.50", "1249", "3"]),  # the file tells what its points are
        (["12.50", "1,249", "3"], ["12.50", "1249", "3"]),
        (["1.250.000", "1.250"], ["1250000", "1250"]),
        (["1,250,000.5"], ["1250000.5"]),
        # In India the last three digits are apart, and the others in twos.
        (["₹ 1,25,000.00", "12,34,567", "-9,87,65,432.1", "1,249.00"],
         ["125000.00", "1234567", "-98765432.1", "1249.00"]),
        (["1 249,00", "1\u00a0249,00", "1\u202f249,00"], ["1249.00"] * 3),
        (["1'249.00", "1\u2019249.00"], ["1249.00"] * 2),
        (["£ 12.50", "£12.50", "12.50 £"], ["12.50"] * 3),
        (["EUR 12,50", "12,50 EUR"], ["12.50"] * 2),
        (["R$ 1.249,90"], ["1249.90"]),
        (["1,200元", "1.5"], ["1200", "1.5"]),
        # Digits, marks and brackets as wide as an East Asian sign, and four ways to say yen.
        (["\uff11,234.5", "\uff08\uff11\uff0e\uff15\uff09", "\uff0d\uff19"],
         ["1234.5", "-1.5", "-9"]),
        (["¥1,200", "\uffe51,300.5", "1,400円", "JPY 5", "6"],
         ["1200", "1300.5", "1400", "5", "6"]),
        (["(12.50)", "£ (12.50)", "(£12.50)", "-£12.50", "12.50-", "\u22120.5"],
         ["-12.50"] * 5 + ["-0.5"]),
        (["0,00001"], ["0.00001"]),  # every digit; the build says that they are too many
        ([",5", "12,"], [".5", "12."]),
        (["0,125"], ["0.125"]),  # no thousands begin with 0
        (["1234,567"], ["1234.567"]),
        (["12.50", "0.00004"], ["12.50", "0.00004"]),
    ],
)  # fmt: skip
def test_a_number_lands_with_a_point_and_nothing_else(con, came, landed):
    assert written(con, "number", came)[0] == landed


@pytest.mark.parametrize(
    "value",
    [
        "1,2,4900.00",
        "124,90,000",
        "1,24,90",
        "0,24,900",
        "1.24.900,00",
        "12.50.1",
        "1,2,3.5",
        "--5",
        "(-5)",
        "1,249.00 or so",
        "twelve",
        "0,125.00",
    ],
)
def test_what_is_no_number_of_the_file_lands_as_it_came(con, value):
    landed, told = written(con, "number", ["1,249.00", value])
    assert landed == ["1249.00", value]
    assert told == [f"c: 1 value is no number that can be read, such as {value} (line 3)"]


def test_a_point_beside_decimal_commas_is_what_it_says(con):
    """12.50 cannot be thousands; one among many does not make the file doubtful."""
    assert written(con, "number", ["12,50"] * 40 + ["12.50"])[0] == ["12.50"] * 41


@pytest.mark.parametrize(
    ("values", "is_told"),
    [
        (["125.000", "1.500", "75"], False),  # two may be by chance
        (["125.000", "1.500", "-20.000", "75"], True),
        (["125.000", "1.500", "20.000", "9.90"], False),  # the point is a decimal one
        (["0.125", "0.500", "0.250"], False),  # nobody writes thousands so
        (["1250.000", "1500.000", "2000.000"], False),
    ],
)
def test_a_point_that_may_separate_thousands_is_told(con, values, is_told):
    """A point is read as a decimal one; who writes 125.000 for 125,000 is told so at once."""
    told = (
        "c: all 3 values with a point have three digits after it, such as 125.000; it is read as "
        "a decimal point, so where it separates thousands say --decimal comma."
    )
    assert written(con, "number", values) == (values, [told] * is_told)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["1,234", "5"], "1,234 in c (line 2) is 1234 or 1.234, and no value of the file"),
        (["12,50", "12.50"], "12.50 in c (line 3), which is point (1 such), and 12,50"),
    ],
)
def test_a_mark_that_no_value_explains_is_asked(con, values, words):
    with pytest.raises(StayhouseError) as refusal:
        written(con, "number", values)
    assert words in str(refusal.value)
    assert "--decimal point or --decimal comma" in str(refusal.value)


def test_the_option_settles_it_and_the_next_file_remembers(project, done):
    printed, landed = prices(project, done, ["1,234", "1.5"][:1], "--decimal", "comma")
    assert landed == ["1.234"]
    assert "read as tabs, 1.234,56" in printed
    assert project.batch("shop", "order_lines")["notation"] == {
        "separator": "\t", "decimal": "comma",
    }  # fmt: skip
    path = project.file("order_lines.csv", LINES.replace(",", "\t") + "o\tp\t1\t9,876\n")
    done("land", "shop", path)
    assert project.rows("shop", "order_lines", "unit_price", 2) == [("9.876",)]
    # Points that alone would be decimal ones separate thousands, as they did before.
    path = project.file("order_lines.csv", LINES.replace(",", "\t") + "o\tp\t1\t9.876\n")
    done("land", "shop", path)
    assert project.rows("shop", "order_lines", "unit_price", 3) == [("9876",)]


@pytest.mark.parametrize(
    ("one", "other"), [("£", "€"), ("CA$", "US$"), ("$", "CA$"), ("元", "円"), ("JPY", "USD")]
)
def test_two_currencies_in_one_column_are_not_taken_off(con, one, other):
    came = [f"{one} 12.50", f"{other} 12.50", "3"]
    landed, told = written(con, "number", came)
    assert landed == came
    both = " and ".join(sorted([one, other]))
    assert told[0] == (
        f"amounts stand beside {both}, which are different currencies: none is taken off, since "
        "the currency belongs in a column of its own."
    )


@pytest.mark.parametrize(
    ("came", "landed"),
    [
        (["31/01/2024", "1/2/2024"], ["2024-01-31 00:00:00", "2024-02-01 00:00:00"]),
        (["01/31/2024", "1/2/2024"], ["2024-01-31 00:00:00", "2024-01-02 00:00:00"]),
        (["31/01/2024 14:03", "01/02/2024 14:03:07"],
         ["2024-01-31 14:03:00", "2024-02-01 14:03:07"]),
        (["01.02.2024 14:03"], ["2024-02-01 14:03:00"]),  # points: the day stands first
        (["05/05/2024"], ["2024-05-05 00:00:00"]),  # either way
        (["1/31/2024, 2:03 PM"], ["2024-01-31 14:03:00"]),
        (["1/31/2024 12:03:00 AM"], ["2024-01-31 00:03:00"]),
        (["31/01/2024 14:03 +0200"], ["2024-01-31 14:03:00 +0200"]),
        (["2024/01/31 14:03"], ["2024-01-31 14:03:00"]),
        (["20240131"], ["2024-01-31 00:00:00"]),
        (["1704646442", "1704646442.5"], ["2024-01-07 16:54:02", "2024-01-07 16:54:02.5"]),
        (["1704646442123"], ["2024-01-07 16:54:02.123"]),
        (["1704646442123456"], ["2024-01-07 16:54:02.123456"]),
        (["2024-01-07 16:54:02 Europe/Berlin", "2024-07-07T16:54:02 Europe/Berlin"],
         ["2024-01-07 15:54:02", "2024-07-07 14:54:02"]),
        (["2024-01-07 16:54:02 GMT"], ["2024-01-07 16:54:02 UTC"]),
        (["2024-01-07 16:54:02 +0000", "2024-01-07"], ["2024-01-07 16:54:02 +0000", "2024-01-07"]),
    ],
)  # fmt: skip
def test_an_instant_lands_in_iso(con, came, landed):
    assert written(con, "instant", came)[0] == landed


@pytest.mark.parametrize(
    "value",
    ["31/02/2024", "01/13/2024", "31/01/24", "soon", "2024-01-07 16:54:02 EST", "170464644",
     "31/01/2024 25:00", "2024-01-07 16:54:02 Foo/Bar"],
)  # fmt: skip
def test_what_is_no_instant_of_the_file_lands_as_it_came(con, value):
    landed, told = written(con, "instant", ["31/01/2024"] * 30 + [value])
    assert landed[-1] == value
    assert told == [f"c: 1 value is no instant that can be read, such as {value} (line 32)"]


def test_an_order_that_no_date_tells_is_asked(project, done, refused):
    path = project.file("orders.csv", ORDERS + "o1,c,paid,GBP,01/02/2024\no2,c,paid,GBP,3/4/2024\n")
    sentence = refused("land", "shop", path)
    assert "01/02/2024 in ordered_at (line 2) is 2024-02-01 or 2024-01-02, and no value" in sentence
    assert "--dates day-first or --dates month-first" in sentence
    assert project.left() == []
    assert "read as month first" in done("land", "shop", path, "--dates", "month-first")
    assert project.rows("shop", "orders", "ordered_at") == [
        ("2024-01-02 00:00:00",), ("2024-03-04 00:00:00",),
    ]  # fmt: skip
    # The next night tells no more, and is read as this one.
    printed, _ = instants(project, done, ["06/07/2024"])
    assert "read as month first" in printed


def test_dates_that_contradict_each_other_are_asked(con):
    with pytest.raises(StayhouseError, match=r"31/01/2024 in c \(line 2\), which is day-first \(1"):
        written(con, "instant", ["31/01/2024", "01/31/2024"])


def test_a_pattern_and_a_zone_can_be_stated(project, done):
    printed, landed = instants(
        project, done, ["31.7.24 14h03"], "--dates", "%d.%m.%y %Hh%M", "--zone", "Europe/Berlin"
    )
    assert landed == ["2024-07-31 12:03:00"]
    assert "times of Europe/Berlin" in printed


def test_a_zone_moves_only_what_has_no_offset(con):
    came = ["2024-07-31T14:03:00", "2024-07-31 14:03:00 UTC", "2024-07-31 14:03:00+01:00"]
    landed, _ = written(con, "instant", came, Notation(zone="Asia/Tokyo"))
    assert landed == ["2024-07-31 05:03:00", *came[1:]]


@pytest.mark.parametrize(("placed", "is_told"), [("2024-07-31 14:03", True), ("", False)])
def test_a_zone_is_told_of_where_there_is_a_time(con, project, done, placed, is_told):
    printed, _ = instants(project, done, [placed], "--zone", "Asia/Tokyo")
    assert ("times of Asia/Tokyo" in printed) == is_told
    # A product has no instant at all.
    path = project.file("products.csv", "product_id,name\np1,Mug\n")
    assert "Asia/Tokyo" not in done("land", "shop", path, "--zone", "Asia/Tokyo")


def test_no_value_is_none_and_ids_and_texts_are_left_alone(project, done):
    rows = 'o1,31/01/2024,paid,GBP,31/01/2024\n"1,234",c,paid,GBP,N/A\n'
    done("land", "shop", project.file("orders.csv", ORDERS + rows))
    assert project.rows("shop", "orders", "order_id, customer_id, ordered_at") == [
        ("o1", "31/01/2024", "2024-01-31 00:00:00"), ("1,234", "c", "N/A"),
    ]  # fmt: skip


def test_a_column_that_is_lost_lands_only_where_it_is_accepted(project, done, refused):
    rows = "".join(f"o{i},c,paid,GBP,{'soon' if i < 3 else '2024-01-31'}\n" for i in range(9))
    path = project.file("orders.csv", ORDERS + rows)
    sentence = refused("land", "shop", path)
    assert (
        "more than rejection_warn_rate (0.05) of the 9 rows of orders.csv: ordered_at: 3 values"
        in sentence
    )
    assert "such as soon (line 2)" in sentence
    assert "--accept" in sentence
    assert project.left() == []
    assert "9 rows landed" in done("land", "shop", path, "--accept")


def test_received_at_is_read_before_it_bounds_the_batch(project, done):
    header = "event_id,event_type,occurred_at,received_at,visitor_id\n"
    row = "e1,page_view,1704646442,1704646443,v\n"
    done("land", "shop", project.file("events.csv", header + row))
    assert project.batch("shop", "events")["data_until"] == "2024-01-07T16:54:03"


def test_parquet_and_json_lines_are_read_alike(project, done):
    line = '{"order_id": "o1", "kind": "tax", "amount": "1.249,50"}\n'
    done("land", "shop", project.file("order_charges.jsonl", line))
    assert project.rows("shop", "order_charges", "amount") == [("1249.50",)]


def test_a_typed_instant_without_offset_is_of_the_stated_zone(project, done):
    at = pa.array([datetime(2024, 7, 31, 14, 3)], pa.timestamp("us"))
    columns = dict(
        zip(ORDERS.strip().split(","), [["o1"], ["c"], ["paid"], ["GBP"], at], strict=True)
    )
    path = project.file("orders.parquet", b"")
    pq.write_table(pa.table(columns), path)
    done("land", "shop", path, "--zone", "Asia/Tokyo")
    assert project.rows("shop", "orders", "ordered_at") == [("2024-07-31 05:03:00",)]


@pytest.mark.parametrize(
    ("ids", "is_told"),
    [
        (["N/A", "null", "None", "c1", "c1"], True),
        (["N/A", "N/A", "N/A", "c1", "c1", "c1"], False),
        (["N/A", "N/A", "c1"], False),  # two may be by chance
    ],
)
def test_a_word_for_no_value_that_is_the_most_frequent_id_is_told(project, done, ids, is_told):
    rows = "".join(f"o{i},{value},paid,GBP,2024-01-31\n" for i, value in enumerate(ids))
    printed = done("land", "shop", project.file("orders.csv", ORDERS + rows))
    told = (
        "customer_id: its most frequent value is a word for none, in 3 rows, such as N/A (line 2)"
    )
    assert (told in printed) == is_told


@pytest.mark.parametrize(
    ("values", "base"),
    [
        (["$ 12.50", "$ 7"], "USD"),
        (["$ 12.50", "7"], "CAD"),
        (["12,50 €"], "EUR"),
        (["EUR 12.50"], "EUR"),
        (["¥1,200.00"], "JPY"),
        (["¥1,200.00"], "CNY"),
        (["$ 12.50"], "JMD"),
        (["US$ 12.50"], "USD"),
        (["kr 12.50"], "SEK"),
        # Whose sign that is nobody knows here.
        (["₿ 1.50"], "EUR"),
        (["R$ 12.50"], "BRL"),
        (["C$ 12.50"], "NIO"),
        (["$ 12.50 CAD"], "CAD"),
    ],
)
def test_a_sign_that_may_be_the_base_currency_s_is_taken_off(con, values, base):
    plain, said = written(con, "number", values, of=CurrencyOf(base))
    assert said == []
    assert all(value[0].isdecimal() for value in plain)


@pytest.mark.parametrize(
    ("values", "base", "sign"),
    [
        (["73.67 $", "12.00"], "EUR", "$"),
        (["12,50 €"], "JPY", "€"),
        (["USD 12.50"], "CAD", "USD"),
        (["US$ 12.50"], "EUR", "US$"),
        (["US$ 12.50"], "CAD", "US$"),
        (["CA$ 12.50"], "USD", "CA$"),
        (["$ 12.50 USD"], "CAD", "$USD"),
        (["¥1,200.00"], "EUR", "¥"),
        (["¥1,200.00", "JPY 5.50"], "CNY", "JPY and ¥"),
    ],
)
def test_a_sign_of_another_currency_is_refused_where_no_column_says_it(con, values, base, sign):
    with pytest.raises(StayhouseError) as refused:
        written(con, "number", values, of=CurrencyOf(base))
    said = str(refused.value)
    assert f"x.csv: amounts stand beside {sign}, no column says their currency, and" in said
    assert f"base_currency is {base}: set base_currency" in said


def refunds(*rows):
    """Return a file of refunds, each an amount and what its row says the currency is."""
    lines = (f"r{i}\to{i}\t{a}\t{c}\t2024-05-01\n" for i, (a, c) in enumerate(rows))
    return "refund_id\torder_id\tamount\tcurrency\trefunded_at\n" + "".join(lines)


@pytest.mark.parametrize(
    ("rows", "landed", "told"),
    [
        ([("£ 3.00", "GBP"), ("€ 2.00", "eur "), ("5", "USD")], ["3.00", "2.00", "5"], None),
        ([("$ 3.00", "CAD"), ("CA$ 2.00", "CAD")], ["3.00", "2.00"], None),
        # A row without a currency has one that the file says, as Shopify's exports mean it.
        ([("€ 3.00", "EUR"), ("€ 2.00", "")], ["3.00", "2.00"], None),
        # Whose sign that is nobody knows here.
        ([("₿ 1.50", "EUR")], ["1.50"], None),
        (
            [("$ 3.00", "CAD"), ("US$218.95", "CAD"), ("7.00 USD", "CAD"), ("US$ 4", "USD")],
            ["3.00", "US$218.95", "7.00 USD", "4"],
            "amount: 2 amounts stand beside the sign of another currency than the row's, which is "
            "not taken off, such as US$218.95 where the row says CAD (line 3).",
        ),
        (
            [("£ 3.00", "GBP"), ("€ 2.00", "")],
            ["3.00", "€ 2.00"],
            "amount: 1 amount stands beside the sign of another currency than the row's, which is "
            "not taken off, such as € 2.00 where the row says none (line 3).",
        ),
    ],
)
def test_a_sign_is_taken_off_where_it_can_be_the_row_s_currency(project, done, rows, landed, told):
    printed = done("land", "shop", project.file("refunds.csv", refunds(*rows)))
    assert project.rows("shop", "refunds", "amount") == [(value,) for value in landed]
    assert ("beside" in printed) == (told is not None)
    assert (told or "") in printed


def test_a_column_of_other_signs_than_the_rows_say_is_refused_with_why(project, refused):
    said = refused("land", "shop", project.file("refunds.csv", refunds(*[("€ 3.00", "CAD")] * 3)))
    assert "3 amounts stand beside the sign of another currency than the row's" in said
    assert "such as € 3.00 where the row says CAD (line 2); correct the file" in said


@pytest.mark.parametrize(("sign", "is_told"), [("£", False), ("GBP", False), ("€", True)])
def test_signs_that_only_an_order_can_explain_are_told(project, done, sign, is_told):
    printed, landed = prices(project, done, [f"{sign} 12.50", "7"])
    assert landed == ["12.50", "7"]
    told = (
        f"amounts stand beside {sign}, and base_currency is GBP: they are taken to be in the "
        "currency that orders says of their order."
    )
    assert (told in printed) == is_told
    assert ("beside" in printed) == is_told


def test_no_order_says_the_currency_of_a_product(project, done, refused):
    path = project.file("products.csv", "product_id,name,price\np1,Mug,€ 243.95\n")
    said = refused("land", "shop", path)
    assert "products.csv: amounts stand beside €, no column says their currency, and" in said
    done("land", "shop", project.file("products.csv", "product_id,name,price\np1,Mug,£ 243.95\n"))
    assert project.rows("shop", "products", "price") == [("243.95",)]


def test_a_file_that_lacks_the_column_of_the_currency_says_none(project, refused):
    """Events may say a currency and need not."""
    header = "event_id,event_type,visitor_id,occurred_at,price\n"
    path = project.file("events.csv", f"{header}e1,product_view,v1,2024-05-01T00:00:00Z,€ 3.00\n")
    assert "amounts stand beside €, no column says their currency" in refused("land", "shop", path)


def test_a_column_of_two_currencies_is_refused_with_why(project, refused):
    rows = "p,Mug,$ 3.00\n" * 2 + "p,Mug,€ 2.00\n" * 2
    said = refused("land", "shop", project.file("products.csv", f"product_id,name,price\n{rows}"))
    assert "4 values are no number that can be read, such as $ 3.00 (line 2); amounts" in said
    assert "amounts stand beside $ and €, which are different currencies: none is taken off" in said
    assert "since the currency belongs in a column of its own; correct the file" in said


def test_a_file_without_numbers_needs_no_mark_of_those_before_it(project, done):
    """Orders need no discount, and those before them had one with a comma."""
    header = ORDERS.replace("\n", ",discount\n")
    rows = 'o1,c,paid,GBP,2024-05-01T00:00:00Z,"1.249,50"\n'
    assert "1.234,56" in done("land", "shop", project.file("orders.csv", header + rows))
    later = project.file("later.csv", ORDERS + "o2,c,paid,GBP,2024-05-02\n")
    done("land", "shop", later, "--table", "orders")
    assert project.rows("shop", "orders", "order_id", number=2) == [("o2",)]
