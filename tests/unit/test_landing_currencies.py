"""The sign beside a line's amount is held against the currency that its order says."""

import pytest

from stayhouse.commands import doctor
from stayhouse.landing.check import check_files
from tests.conftest import KEY

LINES = "order_id,product_id,quantity,unit_price\n"
ORDERS = "order_id,customer_id,status,currency,ordered_at\n"
TOLD = (
    "order_lines.csv: amounts of {} of {} orders stand beside the sign of another currency than "
    "the order's, such as {} where order {} is in {} (line {}), and would be taken for {}; mend "
    "the amounts, or the currency of the orders, and land these first"
)


def lines(*prices):
    """Return a file of lines: one of each order, o1 and so on."""
    return LINES + "".join(f"o{i},p,1,{price}\n" for i, price in enumerate(prices, start=1))


def orders(*currencies):
    """Return a file of orders in these currencies."""
    rows = (f"o{i},c,paid,{c},2024-05-01T00:00:00Z\n" for i, c in enumerate(currencies, start=1))
    return ORDERS + "".join(rows)


@pytest.mark.parametrize("is_together", [True, False])
def test_a_sign_of_another_currency_than_the_order_s_is_refused(
    project, done, refused, is_together
):
    """Nothing of the folder lands: its lines are read before its orders."""
    folder = project.root / "files"
    folder.mkdir()
    (folder / "orders.csv").write_text(orders("USD", "USD"), encoding="utf-8")
    if not is_together:
        done("land", "shop", folder)
        (folder / "orders.csv").unlink()
    (folder / "order_lines.csv").write_text(lines("₹ 12.50", "₹ 7"), encoding="utf-8")
    told = TOLD.format(2, 2, "₹", "o1", "USD", 2, "USD")
    said = refused("land", "shop", folder)
    assert f"{told}; to land it all the same: say --accept." in said
    assert (project.landing / "shop" / "orders").exists() == (not is_together)
    assert not (project.landing / "shop" / "order_lines").exists()
    place = project.root / "checked"
    place.mkdir()
    checked = check_files(project.root, place, "shop", folder, landing=project.landing, key=KEY)
    problems = {found.file: found.problems for found in checked.files}
    assert problems.pop("order_lines.csv") == [f"{told}."]
    assert not any(problems.values())
    assert f"{told}." in done("land", "shop", folder, "--accept")


@pytest.mark.parametrize(
    ("currencies", "prices"),
    [
        (["INR", "INR"], ["₹ 12.50", "₹ 7"]),
        # A dollar sign is that of many currencies, and what has none says none.
        (["CAD", "EUR"], ["$ 12.50", "7"]),
        # An order without a currency is in the base currency.
        (["", "GBP"], ["£ 12.50", "£ 7"]),
        # Nobody knows here whose sign that is, or which currency the order means.
        (["EUR", "EUR"], ["₿ 1.50", "1"]),
        (["Taler", "Taler"], ["₹ 1.50", "1"]),
        (["€", "eur"], ["€ 1.50", "€ 1"]),
        (["SEK", "DKK"], ["9 kr", "9 kr."]),
        (["HUF", "RON"], ["9 Ft", "9 lei"]),
        (["PLN", "EUR"], ["12.50 zł", "€ 7.90"]),
        # Its order has not landed.
        (["EUR"], ["€ 1.50", "€ 1"]),
    ],
)
def test_a_sign_that_can_be_the_order_s_currency_is_taken_off(project, done, currencies, prices):
    done("land", "shop", project.file("orders.csv", orders(*currencies)))
    printed = done("land", "shop", project.file("order_lines.csv", lines(*prices)))
    assert "another currency than the order's" not in printed


@pytest.mark.parametrize(("wrong", "is_refused"), [(1, False), (2, True)])
def test_up_to_a_share_of_the_orders_is_told_and_lands(project, done, refused, wrong, is_refused):
    """rejection_warn_rate is .05: 1 of 20 may be wrong, and that one is named."""
    done("land", "shop", project.file("orders.csv", orders(*["PLN"] * 20)))
    prices = ["3.00 zł"] * (20 - wrong) + ["€ 3.00"] * wrong
    printed = (refused if is_refused else done)(
        "land", "shop", project.file("order_lines.csv", lines(*prices))
    )
    first = 21 - wrong
    assert TOLD.format(wrong, 20, "€", f"o{first}", "PLN", first + 1, "PLN") in printed


@pytest.mark.parametrize("currency", ["GBP", "EUR"])
def test_orders_are_held_against_the_lines_that_landed_before_them(
    project, done, refused, tmp_path, currency
):
    done("land", "shop", project.file("order_lines.csv", lines("£ 12.50", "£ 7")))
    # An order without an id, as the build will say, is none that is known.
    other = orders("EUR").replace("o1", "")
    done("land", "shop", project.file("other.csv", other), "--table", "orders")
    path = project.file("orders.csv", orders(currency, currency))
    checked = check_files(project.root, tmp_path, "shop", path, landing=project.landing, key=KEY)
    told = TOLD.format(2, 2, "£", "o1", "EUR", 2, "EUR")
    told = told.replace("order_lines.csv:", "order_lines.csv, which has landed:")
    if currency == "GBP":
        assert checked.files[0].problems == []
        done("land", "shop", path)
        return
    assert checked.files[0].problems == [f"{told}."]
    assert f"{told}; to land it all the same: say --accept." in refused("land", "shop", path)
    assert len(list((project.landing / "shop" / "orders").glob("batch_id=*"))) == 1
    assert f"{told}." in done("land", "shop", path, "--accept")
    # Accepted once: a night that brings such an order again has nothing new to say.
    again = project.file("later.csv", orders(currency).replace("paid", "shipped"))
    assert "another currency" not in done("land", "shop", again, "--table", "orders")


def signs(told):
    return [f"{f.state} {f.text}" for f in told if f.subject == "signs"]


@pytest.mark.parametrize(("wrong", "state"), [(1, "ok"), (2, "warning")])
def test_what_was_accepted_is_told_as_long_as_it_stands(project, done, wrong, state):
    """One of twenty orders is as many as a table may lose."""
    done("land", "shop", project.file("orders.csv", orders(*["USD"] * 20)))
    prices = ["₹ 7"] * wrong + ["$ 7"] * (20 - wrong)
    path = project.file("order_lines.csv", lines(*prices))
    done("land", "shop", path, "--accept")
    # What does not say another currency is told of by nobody.
    done("land", "shop", project.file("more_lines.csv", lines("$ 9")), "--table", "order_lines")
    (told,) = signs(doctor.examine())
    assert told.startswith(
        f"{state} order_lines.csv: amounts of {wrong} of 20 orders stand beside the sign of "
        "another currency than the order's, such as ₹ where order o1 is in USD (line 2), and count "
    )
    back = "unland shop --table order_lines --batch 1"
    assert f"'stayhouse {back}'" in told
    done(*back.split())
    done("land", "shop", project.file("order_lines.csv", lines("$ 7")))
    assert signs(doctor.examine()) == []


def test_each_amount_of_a_line_has_its_own_sign(project, done, refused):
    done("land", "shop", project.file("orders.csv", orders("PLN")))
    header = LINES.replace("\n", ",discount\n")
    path = project.file("order_lines.csv", f"{header}o1,p,1,12.50 zł,€ 2\n")
    assert TOLD.format(1, 1, "€", "o1", "PLN", 2, "PLN") in refused("land", "shop", path)


def test_a_sign_that_is_no_currency_here_is_told_until_its_orders_land(project, done, refused):
    printed = done("land", "shop", project.file("order_lines.csv", lines("9 kr", "7 kr")))
    assert "amounts stand beside kr, and base_currency is GBP: they are taken to be in" in printed
    said = refused("land", "shop", project.file("orders.csv", orders("GBP", "")))
    assert TOLD[16:].format(2, 2, "kr", "o1", "GBP", 2, "GBP") in said
