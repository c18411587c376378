"""One id in two forms is one id, and an e-mail address is none."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import digest

CHARGES = "order_id,kind,amount\n"
EVENTS = "event_id,event_type,occurred_at,visitor_id,customer_id\n"
COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


def parquet(project, name, columns):
    path = project.file(name, b"")
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(("kind", "largest"), [(pa.float64(), 2**53), (pa.float32(), 2**24)])
def test_a_float_id_that_is_not_exact_is_refused(project, done, refused, kind, largest):
    def charges(number):
        columns = {"order_id": pa.array([number, None], kind), "kind": ["tax"] * 2}
        path = parquet(project, "order_charges.parquet", {**columns, "amount": ["7", "7"]})
        return "land", "shop", path

    message = refused(*charges(float(largest)))
    assert "1 ids in 'order_id' as floats that are too large to be exact" in message
    assert project.left() == [] or not any("batch_id" in name for name in project.left())
    done(*charges(float(largest - 1)))
    assert project.rows("shop", "order_charges", "order_id") == [(str(largest - 1),), (None,)]


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_a_float_id_of_parquet_is_the_number_of_a_text(project, done, kind):
    ids = pa.array([7.0, 16_000_000.0, None, float("nan"), 7.5], kind)
    columns = {"order_id": ids, "kind": ["tax"] * 5, "amount": pa.array([7.0] * 5)}
    done("land", "shop", parquet(project, "order_charges.parquet", columns))
    done("land", "shop", project.file("order_charges.csv", CHARGES + "7,tax,7.0\n"))
    rows = project.rows("shop", "order_charges", "order_id, amount")
    assert rows == [("7", "7.0"), ("16000000", "7.0"), (None, "7.0"), (None, "7.0"), ("7.5", "7.0")]
    assert project.rows("shop", "order_charges", "order_id, amount", 2) == [("7", "7.0")]


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        ("7.0", "7"), ("0.0", "0"), ("-7.0", "-7"), ("9007199254740993.0", "9007199254740993"),
        ("7.00", "7.00"), ("007.0", "007.0"), ("007", "007"), ("7.5", "7.5"), ("v7.0", "v7.0"),
        ("1.7.0", "1.7.0"), ("7.", "7."), ("'7210", "7210"), ("'007", "007"), ("'v7", "'v7"),
        (DECOMPOSED, COMPOSED), (COMPOSED, COMPOSED),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_an_id_lands_in_one_form(project, done, kind, text, landed):
    path = project.root / "input" / f"order_charges.{kind}"
    if kind == "csv":
        project.file(path.name, f"{CHARGES}{text},{text},1\n")
    elif kind == "jsonl":
        project.file(path.name, f'{{"order_id": "{text}", "kind": "{text}", "amount": 1}}\n')
    else:
        columns = {"order_id": [text], "kind": [text], "amount": ["1"]}
        path = parquet(project, path.name, columns)
    done("land", "shop", path)
    # What is no id lands as it came.
    assert project.rows("shop", "order_charges", "order_id, kind") == [(landed, text)]


def test_one_address_in_two_forms_has_one_hash(project, done):
    rows = f"c1,{COMPOSED}@example.org\nc2,{DECOMPOSED.upper()}@Example.org\n"
    done("land", "shop", project.file("customers.csv", "customer_id,email\n" + rows))
    expected = digest(f"{COMPOSED}@example.org")
    assert project.rows("shop", "customers", "email_hash") == [(expected,), (expected,)]


def test_an_erased_id_does_not_come_back_in_another_form(project, done):
    customers = "customer_id,city\n"
    done(
        "land", "shop", project.file("customers.csv", f"{customers}7,Bath\n{COMPOSED},Bath\nc,x\n")
    )
    requests = f"customer_id,requested_at\n7.0,2024-01-01\n{DECOMPOSED},2024-01-01\n"
    done("land", "shop", project.file("erasure_requests.csv", requests))
    done("erase", "--no-build")
    assert project.rows("shop", "customers", "customer_id") == [("c",)]
    columns = {"customer_id": pa.array([7.0, 8.0])}
    done("land", "shop", parquet(project, "customers.parquet", columns))
    assert project.rows("shop", "customers", "customer_id", 2) == [("8",)]


@pytest.mark.parametrize("column", ["customer_id", "visitor_id"])
def test_an_address_as_an_id_is_refused_before_anything_is_written(project, refused, column):
    address = "ann@example.org"
    rows = [f"e{i},login,2024-01-01,v{i},c{i}\n" for i in range(3)]
    old = {"customer_id": "c1", "visitor_id": "v1"}[column]
    rows[1] = rows[1].replace(f",{old}", f",{address}")
    sentence = refused("land", "shop", project.file("events.csv", EVENTS + "".join(rows)))
    assert f"events.csv has an e-mail address as {column} in 1 of 3 lines" in sentence
    assert "give its row for events in models/staging/shop/aliases.csv the word hash" in sentence
    assert address not in sentence
    assert project.left() == []


def test_where_the_table_has_a_place_for_the_address_it_is_named(project, refused):
    header = "order_id,customer_id,ordered_at,status,currency\n"
    rows = "o1,a@x.org,2024-01-01,paid,GBP\no2, B@x.org ,2024-01-01,paid,GBP\n"
    sentence = refused("land", "shop", project.file("orders.csv", header + rows))
    assert "as customer_id in 2 of 2 lines" in sentence
    assert (
        "map it to email_hash, with the word hash, in models/staging/shop/aliases.csv" in sentence
    )


def test_an_address_as_a_unit_becomes_the_customers_id_and_no_hash(project, refused):
    row = "experiment_id,arm,unit_id,exposed_at\ne,a,a@x.org,2024-01-01\n"
    sentence = refused("land", "shop", project.file("exposures.csv", row))
    assert "write in its place the id that the customer or visitor has in other tables" in sentence
    assert "hash" not in sentence
    assert project.left() == []


def test_none_of_many_addresses_is_written_on_the_way(project, monkeypatch, refused):
    from stayhouse.landing.batch import TableLanding

    seen = []

    def close(self):
        seen.extend(path.read_bytes() for path in self.work.rglob("*.parquet"))

    monkeypatch.setattr(TableLanding, "close", close)
    rows = "".join(
        f"e{i},login,2024-01-01,v,{'z@example.org' if i > 25_000 else 'c'}\n" for i in range(60_000)
    )
    sentence = refused("land", "shop", project.file("events.csv", EVENTS + rows))
    assert "in 34,999 of 60,000 lines" in sentence
    assert len(seen) == 1
    assert b"example.org" not in seen[0]


@pytest.mark.parametrize("value", ["c@1", "@ann", "ann@", "a b@x.org", "12@facebook"])
def test_what_only_looks_like_an_address_is_an_id(project, done, value):
    row = f'e1,login,2024-01-01,v1,"{value}"\n'
    done("land", "shop", project.file("events.csv", EVENTS + row))
    assert project.rows("shop", "events", "customer_id") == [(value,)]


def test_an_address_that_is_hashed_may_be_an_id(project, done):
    aliases = project.root / "models/staging/shop/aliases.csv"
    text = aliases.read_text()
    assert "events,customer_id,customer_id,no,\n" in text
    aliases.write_text(
        text.replace(
            "events,customer_id,customer_id,no,\n", "events,customer_id,customer_id,no,hash\n"
        )
    )
    done("land", "shop", project.file("events.csv", EVENTS + "e1,login,2024-01-01,v,a@x.org\n"))
    ((value,),) = project.rows("shop", "events", "customer_id")
    assert len(value) == 64


def posthog(distinct_id):
    return (
        f'{{"uuid": "u", "event": "$identify", "distinct_id": "{distinct_id}", "properties": {{}}, '
        '"timestamp": "2025-09-02T19:30:34Z", "created_at": "2025-09-02T19:30:36Z"}\n'
    )


def test_an_address_as_a_trackers_own_id_is_refused_in_a_source_that_does_not_hash_it(
    project, done, refused
):
    """Its staging makes it the customer's id; the tracker as a source of its own hashes it."""
    sheet = project.root / "models/staging/shopify/aliases.csv"
    own = (project.root / "models/staging/posthog/aliases.csv").read_text()
    rows = own.split("\n", 1)[1]
    unhashed = rows.replace("distinct_id,yes,hash", "distinct_id,yes,")
    assert unhashed != rows
    before = sheet.read_text()
    sheet.write_text(before + unhashed)
    address = "erik@exempel.example"
    path = project.file("events.jsonl", posthog(address) + posthog("dev-7"))
    sentence = refused("land", "shopify", path)
    assert "events.jsonl has an e-mail address as distinct_id in 1 of 2 lines" in sentence
    assert "give its row for events in models/staging/shopify/aliases.csv the word hash" in sentence
    assert address not in sentence
    assert not any("batch_id" in name for name in project.left())
    done("land", "posthog", path)
    hashed = [(digest(address),), (digest("dev-7"),)]
    assert project.rows("posthog", "events", "distinct_id") == hashed
    # Hashed, as the sentence says, it lands here too.
    sheet.write_text(before + rows)
    done("land", "shopify", path)
    assert project.rows("shopify", "events", "distinct_id") == hashed


def test_a_message_id_is_no_address(project, done):
    contacts = "contact_id,campaign_id,customer_id,channel,sent_at\n1@mail.example,k,c1,email,t\n"
    done("land", "shop", project.file("contacts.csv", contacts), "--accept")
    assert project.rows("shop", "contacts", "contact_id") == [("1@mail.example",)]
