"""A part inside of an object lands by its path, and what is personal beside it does not."""

import json

from tests.conftest import digest

ORDER = {"number": "7", "status": "completed"}


def lines(*orders):
    return "".join(f"{json.dumps(ORDER | order)}\n" for order in orders)


def test_an_address_in_an_object_lands_as_a_hash(project, done):
    told = {"email": "ann@example.com", "phone": "020", "first_name": "Ann"}
    path = project.file("orders.jsonl", lines({"billing": told}, {"billing": None}, {}))
    done("land", "woocommerce", path)
    assert project.rows("woocommerce", "orders", "email_hash") == [
        (digest("ann@example.com"),), (None,), (None,)
    ]  # fmt: skip
    assert "billing" not in project.batch("woocommerce", "orders")["columns"]


def test_a_column_that_is_called_by_the_path_is_the_same(project, done):
    done(
        "land", "woocommerce", project.file("orders.csv", "number,status,billing.email\n7,x,a@b\n")
    )
    flat = {"billing.email": "a@b", "billing": {"email": "other@b"}}
    done("land", "woocommerce", project.file("orders.jsonl", lines(flat)))
    for batch in (1, 2):
        assert project.rows("woocommerce", "orders", "email_hash", batch) == [(digest("a@b"),)]


def test_of_several_places_of_a_column_the_first_counts(project, done):
    """A line may say it in two, and is no line with a key twice."""
    sheet = project.root / "models" / "staging" / "woocommerce" / "aliases.csv"
    more = "orders,shipping.email,email_hash,no,hash\n"
    sheet.write_text(sheet.read_text().replace("orders,currency", f"{more}orders,currency"))
    both = {"shipping": {"email": "second@b"}, "billing": {"email": "a@b"}}
    second = {"shipping": {"email": "second@b"}, "billing": "nothing"}
    done("land", "woocommerce", project.file("orders.jsonl", lines(both, second)))
    assert project.rows("woocommerce", "orders", "email_hash") == [
        (digest("a@b"),), (digest("second@b"),)
    ]  # fmt: skip
