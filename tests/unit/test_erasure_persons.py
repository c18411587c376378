"""Whom a request means: every identifier that is the person's alone, and nothing of others."""

import json
import os
import shutil

import duckdb
import pytest

from tests.conftest import digest

CUSTOMERS = "customer_id,email,referred_by\n"
ORDERS = "order_id,customer_id,visitor_id,email,ordered_at,status,currency\n"
EVENTS = "event_id,event_type,occurred_at,visitor_id,customer_id,order_id,page_url,text\n"
REQUESTS = "customer_id,requested_at\nc1,2024-03-01\n"


@pytest.fixture
def land(project, done):
    def run(table, header, *lines, source="shop"):
        path = project.file(f"{table}.csv", header + "".join(f"{line}\n" for line in lines))
        return done("land", source, path, "--accept-rejected-lines")

    return run


@pytest.fixture
def erased(project, done):
    """Erase without a build; return what was printed."""

    def run(requests=REQUESTS):
        if requests:
            done("land", "shop", project.file("erasure_requests.csv", requests))
        return done("erase", "--no-build")

    return run


def ids(project, table, column, source="shop", number=1):
    return [value for (value,) in project.rows(source, table, column, number)]


def order(order_id, customer="", visitor="", email=""):
    return f"{order_id},{customer},{visitor},{email},2024-01-01,paid,GBP"


def event(event_id, visitor="", customer="", order_id="", page="", text=""):
    return f"{event_id},page_view,2024-01-01,{visitor},{customer},{order_id},{page},{text}"


def test_a_word_for_no_value_is_nobody(project, land, erased):
    """A request for NULL would erase all guests; a visitor seen as None is not somebody else's."""
    land("orders", ORDERS, order("o1", "NULL", "v2"), order("o2", "c1", "v1"))
    land("events", EVENTS, event("e1", "v1", "None"), event("e2", "v1"), event("e3", "v2"))
    erased(REQUESTS + "NULL,2024-03-01\n")
    assert ids(project, "orders", "order_id") == ["o1"]
    assert ids(project, "events", "event_id") == ["e3"]


def test_every_version_of_the_person_goes_and_the_request_with_it(project, land, erased):
    land("customers", CUSTOMERS, "c1,a@x.org,", "c2,b@x.org,", "c1,new@x.org,", " c1 ,,")
    land("customers", CUSTOMERS, "c10,d@x.org,", "c1,newer@x.org,")
    printed = erased()
    assert ids(project, "customers", "customer_id") == ["c2"]
    assert ids(project, "customers", "customer_id", number=2) == ["c10"]
    assert ids(project, "erasure_requests", "customer_id") == []
    assert "shop.customers: 4 of 6 rows were erased" in printed
    assert "c1" not in printed
    batch = project.batch("shop", "customers")
    assert [
        batch[name] for name in ("lines_in", "rows_landed", "lines_rejected", "rows_erased")
    ] == [4, 1, 0, 3]


def test_a_guests_order_goes_by_an_address_of_the_person(project, land, erased):
    land("customers", CUSTOMERS, "c1,a@x.org,", "c1,A@X.org,", "c1,later@x.org,", "c2,b@x.org,")
    land(
        "orders", ORDERS,
        order("o1", email="a@x.org"), order("o2", email="later@x.org"),
        order("o3", email="b@x.org"), order("o4", email="unknown@x.org"),
    )  # fmt: skip
    lines = "order_id,line_number,product_id,quantity,unit_price\n"
    land("order_lines", lines, "o1,1,p1,1,2", "o3,1,p1,1,2", "o2,1,p1,1,2", "o4,1,p1,1,2")
    land("order_charges", "order_id,kind,amount\n", "o1,tax,1", "o3,tax,1")
    erased()
    assert ids(project, "orders", "order_id") == ["o3", "o4"]
    assert ids(project, "order_lines", "order_id") == ["o3", "o4"]
    assert ids(project, "order_charges", "order_id") == ["o3"]


MAILED = "customer_id,email,requested_at\n"


def test_a_buyer_who_is_known_by_an_address_goes_by_it(project, land, erased):
    land("customers", CUSTOMERS, "c1,a@x.org,")
    land(
        "orders", ORDERS,
        order("o1", email="b@x.org", visitor="v1"), order("o2", email=" B@x.org", visitor="v2"),
        order("o3", email="a@x.org", visitor="v2"), order("o4", visitor="v1"),
        order("o5", email="bb@x.org"),
    )  # fmt: skip
    land("order_charges", "order_id,kind,amount\n", "o2,tax,1", "o3,tax,1", "o4,tax,1")
    land("events", EVENTS, event("e1", "v1"), event("e2", "v2"), event("e3", "", "c1"))
    printed = erased(MAILED + ",B@X.org,2024-03-01\n")
    assert ids(project, "orders", "order_id") == ["o3", "o5"]
    assert ids(project, "order_charges", "order_id") == ["o3"]
    assert ids(project, "events", "event_id") == ["e2", "e3"]
    assert ids(project, "customers", "customer_id") == ["c1"]
    assert ids(project, "erasure_requests", "email_hash") == []
    assert "shop: 1 person is to be erased." in printed
    assert "b@x.org" not in printed.lower()
    assert digest("b@x.org") not in printed
    # Nor does anybody with the address come back as a guest.
    land("orders", ORDERS, order("o6", email="b@x.org"), order("o7", "c2", email="b@x.org"))
    assert ids(project, "orders", "order_id", number=2) == ["o7"]


def test_an_address_of_one_customer_means_the_customer(project, land, erased):
    land("customers", CUSTOMERS, "c1,a@x.org,", "c2,b@x.org,")
    land("orders", ORDERS, order("o1", "c1"), order("o2", email="a@x.org"), order("o3", "c2"))
    erased(MAILED + ",a@x.org,2024-03-01\n")
    assert ids(project, "customers", "customer_id") == ["c2"]
    assert ids(project, "orders", "order_id") == ["o3"]


@pytest.mark.parametrize(
    ("request_row", "told"),
    [
        (",home@x.org", "names an e-mail address of several customers and was left"),
        ("c1,home@x.org", "has neither or both of customer_id and email and was left"),
        (",", "has neither or both of customer_id and email and was left"),
    ],
)
def test_a_request_that_may_mean_several_is_left(project, land, erased, request_row, told):
    land("customers", CUSTOMERS, "c1,home@x.org,", "c2,home@x.org,")
    land("orders", ORDERS, order("o1", email="home@x.org"))
    printed = erased(MAILED + request_row + ",2024-03-01\n")
    assert f"shop.erasure_requests batch 1 row 2 {told}" in printed
    assert "No request for erasure names a person: nothing was changed." in printed
    assert ids(project, "orders", "order_id") == ["o1"]


def test_an_address_of_nobody_is_told_and_kept_out(project, land, erased):
    land("orders", ORDERS, order("o1", email="b@x.org"))
    printed = erased(MAILED + ",never@x.org,2024-03-01\n")
    assert "batch 1 row 2 names somebody of whom nothing has landed" in printed
    assert ids(project, "orders", "order_id") == ["o1"]
    land("orders", ORDERS, order("o2", email="never@x.org"))
    assert ids(project, "orders", "order_id", number=2) == []


def test_an_address_that_two_customers_use_is_neithers(project, land, erased):
    land("customers", CUSTOMERS, "c1,home@x.org,", "c2,home@x.org,")
    land("orders", ORDERS, order("o1", email="home@x.org"), order("o2", customer="c1"))
    erased()
    assert ids(project, "orders", "order_id") == ["o1"]
    assert ids(project, "customers", "email_hash") == [digest("home@x.org")]


def test_an_order_whose_versions_name_two_customers_keeps_the_others(project, land, erased):
    land("orders", ORDERS, order("o1", "c1"), order("o2", "c1"), order("o2"))
    land("orders", ORDERS, order("o1", "c2"))
    land("order_charges", "order_id,kind,amount\n", "o1,tax,1", "o2,tax,1")
    erased()
    assert ids(project, "orders", "order_id") == []
    assert project.rows("shop", "orders", "order_id, customer_id", 2) == [("o1", "c2")]
    assert ids(project, "order_charges", "order_id") == ["o1"]


def test_a_device_goes_wholly_or_only_where_it_names_the_person(project, land, erased):
    land(
        "events", EVENTS,
        event("e1", "v1"), event("e2", "v1", "c1"),  # the person's own
        event("e3", "v2"), event("e4", "v2", "c1"), event("e5", "v2", "c2"),  # shared
        event("e6", "v3"), event("e7", "v3", "c2"), event("e8", "v10"),  # of others
        event("e9", "", "c1"),
    )  # fmt: skip
    erased()
    assert ids(project, "events", "event_id") == ["e3", "e5", "e6", "e7", "e8"]


def test_two_who_share_a_device_and_both_ask_leave_nothing_on_it(project, land, erased):
    land("events", EVENTS, event("e1", "v1"), event("e2", "v1", "c1"), event("e3", "v1", "c2"))
    erased(REQUESTS + "c2,2024-03-02\n")
    assert ids(project, "events", "event_id") == []


def test_a_device_of_a_guests_order_is_the_persons_unless_a_stranger_ordered_there(
    project, land, erased
):
    land("customers", CUSTOMERS, "c1,a@x.org,")
    land(
        "orders", ORDERS,
        order("o1", visitor="v1", email="a@x.org"),
        order("o2", visitor="v2", email="a@x.org"),
        order("o3", visitor="v2", email="stranger@x.org"),
        order("o4", visitor="v1"),
    )  # fmt: skip
    land("events", EVENTS, event("e1", "v1"), event("e2", "v2"))
    land("order_charges", "order_id,kind,amount\n", "o3,tax,1", "o4,tax,1")
    erased()
    assert ids(project, "orders", "order_id") == ["o3"]
    assert ids(project, "events", "event_id") == ["e2"]
    assert ids(project, "order_charges", "order_id") == ["o3"]


def test_what_hangs_on_the_customer_the_order_or_the_device_goes(project, land, erased):
    land("orders", ORDERS, order("o1", "c1"), order("o2", "c2"))
    land("events", EVENTS, event("e1", "v1", "c1"), event("v1-9"), event("v10-9"))
    refunds = "refund_id,order_id,customer_id,amount,currency,refunded_at\n"
    land("refunds", refunds, "r1,,c1,1,GBP,t", "r2,o1,,1,GBP,t", "r3,o2,c2,1,GBP,t", "r4,,,1,GBP,t")
    land(
        "reviews",
        "review_id,customer_id,product_id,created_at,text\n",
        "w1,c1,p,t,Good",
        "w2,c2,p,t,Bad",
    )
    land(
        "contacts",
        "contact_id,campaign_id,customer_id,channel,sent_at\n",
        "m1,k,c1,sms,t",
        "m2,k,c2,sms,t",
    )
    exposures = "experiment_id,arm,unit_id,exposed_at\n"
    land("exposures", exposures, "x,a,c1,t", "x,a,v1,t", "x,a,c2,t", "x,a,v10,t")
    erased()
    assert ids(project, "refunds", "refund_id") == ["r3", "r4"]
    assert ids(project, "reviews", "review_id") == ["w2"]
    assert ids(project, "contacts", "contact_id") == ["m2"]
    assert ids(project, "exposures", "unit_id") == ["c2", "v10"]
    # A row that names nobody, with an id made of the visitor's.
    assert ids(project, "events", "event_id") == ["v10-9"]


def test_other_peoples_rows_stay_without_the_persons_id(project, land, erased):
    land("customers", CUSTOMERS, "c1,,", "c2,,c1", "c3,,c2", "c4,,c10")
    land("orders", ORDERS, order("o1", "c1"))
    land(
        "events", EVENTS,
        event("e1", "v2", "c2", page="/?ref=c1", text="c1 told me; ask A@x.org or b@x.org."),
        event("e2", "v2", "c2", page="/c10/o1/x", text="c1c and 1"),
    )  # fmt: skip
    land("orders", ORDERS, order("o9", "c1", "v9", "a@x.org"))
    printed = erased()
    assert project.rows("shop", "customers", "customer_id, referred_by") == [
        ("c2", None), ("c3", "c2"), ("c4", "c10"),
    ]  # fmt: skip
    assert project.rows("shop", "events", "page_url, text") == [
        ("/?ref=erased", "erased told me; ask erased or b@x.org."),
        ("/c10/erased/x", "c1c and 1"),
    ]
    assert "shop.customers: 1 rows of other people were freed of an erased id" in printed
    assert "shop.events: 2 rows of other people" in printed


@pytest.mark.parametrize(
    ("number", "text"), [("123456", "call 0 now"), ("12345", "call 12345 now")]
)
def test_a_short_number_inside_a_text_is_no_id(project, land, erased, number, text):
    """A row goes by any id; in a sentence, 12345 is more often a price than a customer."""
    land("customers", CUSTOMERS, f"{number},,", "c2,,")
    land("events", EVENTS, event("e1", "v2", "c2", text=f"call {number} now"))
    erased(f"customer_id,requested_at\n{number},2024-03-01\n")
    assert ids(project, "customers", "customer_id") == ["c2"]
    assert ids(project, "events", "text") == [text]


def test_an_id_of_several_pieces_is_found_in_a_text(project, land, erased):
    land(
        "events",
        EVENTS,
        event("e1", "v", "c2", page="/u/a-b_c.1/x"),
        event("e2", "v", "c2", page="/u/a-b_c"),
    )
    land("customers", CUSTOMERS, "a-b_c.1,,")
    erased("customer_id,requested_at\na-b_c.1,2024-03-01\n")
    assert ids(project, "events", "page_url") == ["/u/erased/x", "/u/a-b_c"]


def test_a_broken_line_that_names_the_person_goes(project, land, erased):
    land(
        "events", EVENTS, event("e1", "v1", "c1"), "e2,v1", "e3,v10", "e4,c1,v9", event("e5", "v2")
    )
    land("customers", CUSTOMERS, "c1,a@x.org,", "c2", "c3,,")
    hashed = project.rejects("shop", "customers")
    printed = erased()
    assert project.rejects("shop", "events") == [("4", "too_few_columns", "e3,v10")]
    batch = project.batch("shop", "events")
    assert [
        batch[name] for name in ("lines_in", "rows_landed", "lines_rejected", "rows_erased")
    ] == [5, 1, 1, 3]
    assert batch["rejected_by_reason"] == {"too_few_columns": 1}
    assert "shop.events: 1 of 2 rows and 2 rejected lines were erased" in printed
    # A keyed hash of a whole line tells nothing of whose it is.
    assert project.rejects("shop", "customers") == hashed != []


def test_a_reject_file_without_lines_is_removed(project, land, erased):
    land("events", EVENTS, event("e1", "v1", "c1"), "e2,v1", event("e3", "v3"))
    erased()
    assert "shop/events/batch_id=1/rejected_lines.csv" not in project.left()


def test_of_two_sources_with_one_customer_id_only_the_requested_ones_goes(
    project, land, erased, done
):
    folder = project.root / "models" / "staging"
    shutil.copytree(folder / "shop", folder / "outlet")
    for source in ("shop", "outlet"):
        land("customers", CUSTOMERS + f"c1,a@{source}.org,\nc2,,\n", source=source)
    header = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    done("land", "online_retail", project.file("any.csv", header + "1,A,d,1,2010-01-01,2,c1,UK\n"))
    erased()
    assert ids(project, "customers", "customer_id") == ["c2"]
    assert ids(project, "customers", "customer_id", source="outlet") == ["c1", "c2"]
    assert ids(project, "invoice_lines", "customer_id", source="online_retail") == ["c1"]
    land("erasure_requests", REQUESTS, source="outlet")
    erased(requests="")
    assert ids(project, "customers", "customer_id", source="outlet") == ["c2"]
    known = json.loads((project.landing / "_erased.json").read_text())["digests"]
    assert not set(known["shop"]["customer_id"]) & set(known["outlet"]["customer_id"])


def test_a_request_without_an_id_is_named_and_one_of_nobody_too(project, land, erased):
    land("customers", CUSTOMERS, "c1,,", "c2,,")
    printed = erased(REQUESTS + ",2024-03-01\nc99,2024-03-01\n")
    assert "erasure_requests batch 1 row 3 has neither or both" in printed
    assert "erasure_requests batch 1 row 4 names somebody of whom nothing has landed" in printed
    told = "shop: 2 people are to be erased, those of whom nothing has landed too."
    assert told in printed
    assert ids(project, "customers", "customer_id") == ["c2"]
    assert ids(project, "erasure_requests", "customer_id") == [None]


def test_whoever_has_but_an_exposure_has_landed(project, land, erased):
    head = "experiment_id,arm,unit_id,exposed_at\n"
    land("exposures", head, "e,a,c1,2024-01-01", "e,a,c2,2024-01-01")
    printed = erased(REQUESTS + "c99,2024-03-01\n")
    assert "batch 1 row 3 names somebody of whom nothing has landed" in printed
    assert "batch 1 row 2" not in printed
    assert ids(project, "exposures", "unit_id") == ["c2"]


def test_a_request_without_a_readable_date_is_carried_out(project, land, erased):
    land("customers", CUSTOMERS, "c1,,", "c2,,")
    erased("customer_id,requested_at\nc1,soon\n")
    assert ids(project, "customers", "customer_id") == ["c2"]


def test_the_list_names_nobody(project, land, erased):
    land("customers", CUSTOMERS, "c1,a@x.org,")
    land("orders", ORDERS, order("o1", "c1", "v1", "a@x.org"))
    erased()
    text = (project.landing / "_erased.json").read_text()
    kinds = json.loads(text)["digests"]["shop"]
    assert {kind: len(known) for kind, known in kinds.items()} == {
        "customer_id": 1, "email_hash": 1, "inside": 4, "order_id": 1, "visitor_id": 1,
    }  # fmt: skip
    for value in ('"c1"', '"v1"', '"o1"', digest("a@x.org"), os.environ["STAYHOUSE_PII_KEY"]):
        assert value not in text


@pytest.mark.parametrize("request_as", ["7100000000037", "'7100000000037", "7100000000037.0"])
@pytest.mark.parametrize("landed_as", ["7100000000037", "'7100000000037"])
def test_a_request_meets_an_id_behind_the_sign_of_a_spreadsheet(
    project, done, erased, request_as, landed_as
):
    """A platform writes '7210 for 7210, and marts know 7210."""
    customers = f"Customer ID,Email\n{landed_as},a@x.org\n'710000000003,b@x.org\n'x,c@x.org\n"
    done("land", "shopify", project.file("customers.csv", customers))
    orders = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at\n"
    rows = "".join(f"#{n},{m}@x.org,paid,SEK,1,1,2025-09-02\n" for n, m in ((1, "a"), (2, "b")))
    done("land", "shopify", project.file("orders_export.csv", orders + rows))
    requests = project.file(
        "erasure_requests.csv", f"customer_id,requested_at\n{request_as},2025-11-27\n"
    )
    done("land", "shopify", requests)
    printed = erased("")
    assert "nothing has landed" not in printed
    assert ids(project, "customers", "customer_id", source="shopify") == ["710000000003", "'x"]
    assert ids(project, "orders_export", "order_id", source="shopify") == ["#2"]
    # Nor does she come back, in either form.
    again = "Customer ID,Email\n'7100000000037,a@x.org\n7100000000037,a@x.org\n8,d@x.org\n"
    done("land", "shopify", project.file("customers.csv", again))
    assert ids(project, "customers", "customer_id", source="shopify", number=2) == ["8"]


def test_an_id_that_landed_with_the_sign_is_met_too(project, land, erased):
    """Batches of before, in which it still stands."""
    land("customers", CUSTOMERS, "c1,a@x.org,", "71,b@x.org,", "72,d@x.org,")
    path = project.landing / "shop/customers/batch_id=1/data.parquet"
    with duckdb.connect() as con:
        con.execute(
            "create table t as select * replace (chr(39) || customer_id as customer_id) "
            f"from '{path}'"
        )
        con.execute(f"copy t to '{path}' (format parquet)")
    erased("customer_id,requested_at\n71,2024-03-01\n")
    assert ids(project, "customers", "customer_id") == ["'c1", "'72"]
