"""Files in the encodings of other programs land as a person reads them, or are asked about."""

import gzip

import pytest

HEADER = "customer_id,city,country\n"
GERMAN = HEADER + "c1,Köln,DE\nc2,Orléans,FR\nc3,“Zürich” – Süd,CH\n"
CHINESE = HEADER + "c1,北京,中国\nc2,上海市,中国\nc3,广州,中国\n"
JAPANESE = HEADER + "c1,東京,日本\nc2,さいたま,日本\nc3,ニセコ,日本\n"


def cities(project, done, content, *words, name="customers.csv"):
    """Land customers; return what was printed and their cities."""
    printed = done("land", "shop", project.file(name, content), *words)
    return printed, [city for (city,) in project.rows("shop", "customers", "city")]


@pytest.mark.parametrize(
    ("text", "codec", "said"),
    [
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8-sig", None),
        (GERMAN, "utf-16", "UTF-16"),
        (GERMAN, "cp1252", "Windows-1252"),
        (CHINESE, "gbk", "GBK"),
        (JAPANESE, "cp932", "Shift-JIS"),
    ],
)
def test_the_encoding_of_a_file_is_found_and_said(project, done, text, codec, said):
    printed, found = cities(project, done, text.encode(codec))
    assert found == [line.split(",")[1] for line in text.splitlines()[1:]]
    assert printed.splitlines()[1:] == ([f"  read as {said}"] if said else [])
    notation = project.batch("shop", "customers")["notation"]
    assert ("encoding" in notation) == (said is not None)


def test_a_packed_file_is_read_like_the_file_in_it(project, done):
    packed = gzip.compress(GERMAN.encode("cp1252"))
    assert cities(project, done, packed, name="customers.csv.gz")[1][0] == "Köln"


@pytest.mark.parametrize(
    ("text", "codec", "words"),
    [
        (HEADER + "c1,Łódź,PL\nc2,Kraków,PL\nc3,Zażółć,PL\n", "cp1250", "CP1250"),
        (HEADER + "c1,Нижний Новгород,Россия\nc2,Казань на Волге,Россия\n", "cp1251", "CP1251"),
        (HEADER + "c1,서울,한국\nc2,부산,한국\n", "cp949", "CP949 (서울)"),
    ],
)
def test_what_cannot_be_told_is_asked(project, done, refused, text, codec, words):
    path = project.file("customers.csv", text.encode(codec))
    sentence = refused("land", "shop", path)
    assert "customers.csv is not in UTF-8 and looks like" in sentence
    assert words in sentence
    assert "--encoding" in sentence
    assert project.left() == []
    _, found = cities(project, done, text.encode(codec), "--encoding", codec)
    assert found == [line.split(",")[1] for line in text.splitlines()[1:]]


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
def test_an_encoding_that_is_none_is_refused(project, refused, name):
    path = project.file("customers.csv", GERMAN)
    sentence = refused("land", "shop", path, "--encoding", name)
    assert f"--encoding says encoding {name!r}: it must be an encoding such as utf-8" in sentence


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
def test_a_fault_of_format_toml_is_one_sentence(project, refused, content, words):
    (project.root / "models" / "staging" / "shop" / "format.toml").write_text(content)
    sentence = refused("land", "shop", project.file("customers.csv", GERMAN))
    assert words in sentence
    assert "models/staging/shop/format.toml" in sentence
