"""Files in the encodings of other programs land as a person reads them, or are asked about."""

import gzip

import pytest

from stayhouse import cli
from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import read_source
from stayhouse.landing.encoding import found_encoding
from stayhouse.landing.files import parse_name
from stayhouse.landing.notation import checked, read_formats

HEADER = "customer_id,city,country\n"
GERMAN = HEADER + "c1,Köln,DE\nc2,Orléans,FR\nc3,“Zürich” – Süd,CH\n"
CHINESE = HEADER + "c1,北京,中国\nc2,上海市,中国\nc3,广州,中国\n"
JAPANESE = HEADER + "c1,東京,日本\nc2,さいたま,日本\nc3,ニセコ,日本\n"


def cities(project, done, content, *words, name="customers.csv"):
    """Land customers; return what was printed and their cities."""
    printed = done("land", "shop", project.file(name, content), *words)
    return printed, [city for (city,) in project.rows("shop", "customers", "city")]


def found(path, content):
    """Return the encoding that is found of a file's content."""
    path.write_bytes(content)
    return found_encoding(parse_name(path), 0.05)


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "cp1252", "cp1252"),
        ("a\n£ 12,50\n€ 3\nm²\n", "cp1252", "cp1252"),
        (CHINESE, "gbk", "gb18030"),
        ("订单编号,下单时间,实付金额,买家昵称\n1,2024-01-01,12.5,x\n", "gbk", "gb18030"),
        (JAPANESE, "cp932", "cp932"),
        ("a,b\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_of_a_file_is_found(tmp_path, text, codec, expected):
    assert found(tmp_path / "x.csv", text.encode(codec)) == expected


@pytest.mark.parametrize(
    ("codec", "said"), [("utf-8", None), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")]
)
def test_the_encoding_is_said_and_kept(project, done, codec, said):
    printed, found = cities(project, done, GERMAN.encode(codec))
    assert found == ["Köln", "Orléans", "“Zürich” – Süd"]
    assert printed.splitlines()[1:] == ([f"  read as {said}"] if said else [])
    notation = project.batch("shop", "customers")["notation"]
    assert notation == ({"encoding": codec} if said else {})


def test_a_packed_file_is_read_like_the_file_in_it(project, done):
    packed = gzip.compress(GERMAN.encode("cp1252"))
    assert cities(project, done, packed, name="customers.csv.gz")[1][0] == "Köln"


@pytest.mark.parametrize(
    ("text", "codec", "words"),
    [
        ("Łódź\nKraków\nZażółć\n", "cp1250", "CP1250"),
        ("Łódź\n", "cp1250", "say its encoding"),
        ("иванова,петрова\n", "cp1251", "say its encoding"),
        ("Нижний Новгород,Россия\nЯрославль,Россия\n", "cp1251", "CP1251"),  # noqa: RUF001
        ("서울,한국\n부산,한국\n", "cp949", "CP949 (서울)"),
        # Letters behind the 40th byte tell it too.
        (f"{'k7,' * 20}Zażółć gęślą jaźń\n{'k8,' * 20}Kraków,Łódź\n", "cp1250", "CP1250 (ó"),
    ],
)
def test_what_cannot_be_told_is_asked(tmp_path, text, codec, words):
    with pytest.raises(StayhouseError, match=r"x\.csv is not in UTF-8 and looks like") as refusal:
        found(tmp_path / "x.csv", text.encode(codec))
    assert words in str(refusal.value)
    assert "--encoding" in str(refusal.value)


def test_a_letter_of_another_encoding_does_not_change_a_file_in_utf_8(project, done):
    text = (HEADER + "c1,Köln,DE\nc2,Zürich,CH\n").encode() + "c3,Orléans,FR\n".encode("latin-1")
    printed, found = cities(project, done, text, "--accept")
    assert found == ["Köln", "Zürich"]
    assert "1 line invalid_utf8 (line 4)" in printed.replace("lines 4", "line 4")


def test_bytes_that_the_stated_encoding_lacks_are_rejected_with_their_line(project, done):
    text = (HEADER + "c1,Köln,DE\nc2,").encode("cp1252") + b"\x81,XX\n"
    printed, found = cities(project, done, text, "--encoding", "windows-1252")
    assert found == ["Köln"]
    assert "1 line invalid_encoding (lines 3)" in printed.replace("line 3", "lines 3")


@pytest.mark.parametrize("name", ["klingon", "base64", ""])
def test_an_encoding_that_is_none_is_refused(name):
    with pytest.raises(StayhouseError, match="it must be an encoding such as utf-8"):
        checked("encoding", name, "--encoding")


@pytest.mark.parametrize(
    ("name", "codec"),
    [("UTF8", "utf-8"), ("Windows-1252", "cp1252"), ("GBK", "gb18030"), ("Shift_JIS", "cp932")],
)
def test_an_encoding_may_be_called_as_people_do(name, codec):
    assert checked("encoding", name, "--encoding") == codec


FORMAT = """
encoding = "gbk"
separator = "|"

[orders]
dates = "month-first"
decimal = "comma"
columns = {ordered_at = "%d.%m.%Y %H:%M", updated_at = "epoch-seconds", status = "text"}
"""


def test_a_source_states_it_once(project, done):
    (project.root / "models" / "staging" / "shop" / "format.toml").write_text(FORMAT)
    header = "order_id|customer_id|status|currency|ordered_at|updated_at|delivered_at|discount\n"
    row = "订单|c1|paid|GBP|02.01.2024 09:30|1704646442|01/02/2024|1,234\n"
    printed = done("land", "shop", project.file("orders.csv", (header + row).encode("gbk")))
    columns = "order_id, ordered_at, updated_at, delivered_at, discount"
    assert project.rows("shop", "orders", columns) == [
        ("订单", "2024-01-02 09:30:00", "2024-01-07 16:54:02", "2024-01-02 00:00:00", "1.234")
    ]
    assert "read as GBK, bars, 1.234,56, month first" in printed
    # An option stands above the file, but not above what the file says of a column.
    path = project.file("orders.csv", (header + row.replace("订单", "o2")).encode("gbk"))
    done("land", "shop", path, "--dates", "day-first")
    assert project.rows("shop", "orders", columns, 2) == [
        ("o2", "2024-01-02 09:30:00", "2024-01-07 16:54:02", "2024-02-01 00:00:00", "1.234")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("encoding = ", "format.toml is no TOML"),
        ("speed = 1", "has a line 'speed': it may state encoding, separator, decimal"),
        ("decimal = ','", "says decimal ',': it must be point or comma"),
        ("dates = 'dd/mm'", "says dates 'dd/mm': it must be day-first or month-first"),
        ("zone = 'Berlin'", "says zone 'Berlin': it must be a name of the IANA list"),
        ("separator = ':'", "says separator ':'"),
        ("[sales]\nzone = 'UTC'", "has a table 'sales' that shop does not have"),
        ("[orders.columns]\nfoo = 'number'", "the column 'foo' of orders, which does not land"),
        ("[orders.columns]\nstatus = 'colour'", "says 'colour' of orders.status: say instant"),
        ("[orders.columns]\nordered_at = '%q'", "says '%q' of orders.ordered_at"),
    ],
)
def test_a_fault_of_format_toml_is_one_sentence(project, content, words):
    (project.root / "models" / "staging" / "shop" / "format.toml").write_text(content)
    with pytest.raises(StayhouseError, match=r"models/staging/shop/format\.toml") as refusal:
        read_formats(project.root, read_source(project.root, "shop"))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("lines", "rate", "said"),
    [(19, "0.05", None), (18, "0.05", "say its encoding"), (18, "0.1", None)],
)
def test_few_lines_of_bytes_that_no_encoding_knows_are_damage(project, capsys, lines, rate, said):
    settings = project.root / "dbt_project.yml"
    text = settings.read_text()
    assert "rejection_warn_rate: 0.05\n" in text
    settings.write_text(text.replace("rejection_warn_rate: 0.05", f"rejection_warn_rate: {rate}"))
    text = "customer_id,city\n" + "".join(f"c{n},Bath\n" for n in range(lines - 2))
    path = project.file("customers.csv", text.encode() + b"c99,\x81\xff\xfe\n")
    code = cli.main(["land", "shop", str(path)])
    printed = capsys.readouterr()
    if said:
        assert code == 2
        assert said in printed.err
    else:
        assert code == 0
        assert project.rejects("shop", "customers")[0][1] == "invalid_utf8"
