"""``stayhouse rates``: cross rates, what of the seed stays, and what is refused."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from stayhouse.commands.rates import HEADER, rates_of
from tests.conftest import Project

# Newest first, a comma at the end of each line, currencies that come and go: as the bank writes it.
ECB = """Date,USD,JPY,GBP,CYP,IDR,
2024-01-03,1.25,160,0.8,N/A,20000,
2024-01-02,1.1,155.5,0.88,,18000,

2023-12-29,N/A,150,0.86,0.58,17000,
"""
SEED = Path("seeds") / "exchange_rates.csv"


@pytest.fixture
def seed(project: Project) -> Path:
    """A project in US dollars whose seed holds the rates of the sample, in pounds."""
    (project.root / "dbt_project.yml").write_text("vars: {base_currency: USD}\n")
    path = project.root / SEED
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{HEADER}\nGBP,2024-01-01,EUR,0.87157\nUSD,2020-01-01,EUR,9\n")
    return path


def written(seed: Path) -> list[str]:
    lines = seed.read_text().splitlines()
    assert lines[0] == HEADER
    return lines[1:]


def test_rates_are_quotients_to_the_euro_rounded_half_up(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(ECB)
    found = {(str(rate.day), rate.currency): rate.value for rate in rates_of(file, "USD")}
    # By hand: dollars for one unit are 1.25 / 160, 1.25 / 0.8, 1.25 / 20000; 1.1 / 155.5 is
    # 0.0070739549..., 1.1 / 18000 is 0.00006111... The dollar has no rate of 2023-12-29.
    assert found == {
        ("2024-01-03", "EUR"): Decimal("1.25"),
        ("2024-01-03", "GBP"): Decimal("1.5625"),
        ("2024-01-03", "JPY"): Decimal("0.0078125"),
        ("2024-01-03", "IDR"): Decimal("0.0000625"),
        ("2024-01-02", "EUR"): Decimal("1.1"),
        ("2024-01-02", "GBP"): Decimal("1.25"),
        ("2024-01-02", "JPY"): Decimal("0.00707395"),
        ("2024-01-02", "IDR"): Decimal("0.00006111"),
    }
    in_euro = [rate.currency for rate in rates_of(file, "EUR") if str(rate.day) == "2023-12-29"]
    assert in_euro == ["CYP", "GBP", "IDR", "JPY"]


@pytest.mark.parametrize(
    ("units", "rate"),
    [
        # 1 / 12800000 is 0.000000078125: above the half. 1 / 8 ends; so does 1 / 3200000000.
        ("12800000", "0.00000008"),
        ("8", "0.12500000"),
        ("64", "0.01562500"),
        # 0.000000005 is half of the last decimal and rounds up; a bit more for one euro is nothing.
        ("200000000", "0.00000001"),
        ("200000001", None),
    ],
)
def test_half_of_the_last_decimal_rounds_up(tmp_path: Path, units: str, rate: str | None) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(f"Date,USD,XTS,\n2024-01-03,2,{units},\n")
    found = [r.value for r in rates_of(file, "EUR") if r.currency == "XTS"]
    assert found == ([] if rate is None else [Decimal(rate)])


def test_the_seed_gets_the_rates_of_the_projects_base(
    project: Project, seed: Path, done: Callable[..., str]
) -> None:
    said = done("rates", project.file("eurofxref-hist.csv", ECB))
    assert said.splitlines() == [
        "seeds/exchange_rates.csv: 8 rates in USD, 2024-01-02 to 2024-01-03, of 4 currencies: "
        "EUR, GBP, IDR, JPY.",
        "With eight decimals these have fewer than five digits: IDR.",
    ]
    # The sample's pounds stay, the dollars of before are gone; sorted by base, day and currency.
    assert written(seed) == [
        "GBP,2024-01-01,EUR,0.87157",
        "USD,2024-01-02,EUR,1.10000000",
        "USD,2024-01-02,GBP,1.25000000",
        "USD,2024-01-02,IDR,0.00006111",
        "USD,2024-01-02,JPY,0.00707395",
        "USD,2024-01-03,EUR,1.25000000",
        "USD,2024-01-03,GBP,1.56250000",
        "USD,2024-01-03,IDR,0.00006250",
        "USD,2024-01-03,JPY,0.00781250",
    ]
    # Nothing half-written stays beside it.
    names = sorted(path.name for path in seed.parent.iterdir())
    assert names == ["event_types.csv", "exchange_rates.csv"]


def test_a_part_of_the_file_in_another_base(
    project: Project, seed: Path, done: Callable[..., str]
) -> None:
    file = project.file("eurofxref-hist.csv", ECB)
    done("rates", file, "--base", "EUR", "--currencies", "USD,GBP", "--from", "2024-01-03")
    assert written(seed) == [
        "EUR,2024-01-03,GBP,1.25000000",
        "EUR,2024-01-03,USD,0.80000000",
        "GBP,2024-01-01,EUR,0.87157",
        "USD,2020-01-01,EUR,9",
    ]
    # The day before is in, where it is asked for.
    done("rates", file, "--base", "EUR", "--currencies", "USD", "--from", "2024-01-02")
    assert [line[:14] for line in written(seed)][:2] == ["EUR,2024-01-02", "EUR,2024-01-03"]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", (), "does not begin with a header such as Date,USD,JPY"),
        ("Day,USD\n2024-01-02,1\n", (), "does not begin with a header"),
        ("Date,dollars\n2024-01-02,1\n", (), "does not begin with a header"),
        ("Date,USD,USD\n2024-01-02,1,1\n", (), "names a currency twice"),
        ("Date,GBP\n2024-01-02,0.8\n", (), "has no rates of USD: name EUR or one of GBP"),
        (ECB, ("--base", "SEK"), "has no rates of SEK"),
        (ECB, ("--currencies", "JPY,SEK"), "has no rates of SEK"),
        (ECB, ("--from", "2024-01-04"), "has no rate to write in USD from 2024-01-04 on"),
        (ECB, ("--from", "yesterday"), "--from is 'yesterday', which is no date"),
        (ECB.replace("155.5", "155,5"), (), "line 3: 8 cells where the header has 6"),
        (ECB.replace("155.5", "-1"), (), "line 3: '-1' of JPY is no rate"),
        (ECB.replace("155.5", "0.0"), (), "line 3: '0.0' of JPY is no rate"),
        (
            ECB.replace("2023-12-29", "29 December 2023"),
            (),
            "line 5: '29 December 2023' is no date",
        ),
        (ECB.replace("2023-12-29", "2024-02-30"), (), "line 5: '2024-02-30' is no date"),
        (ECB.replace("2023-12-29", "2024-01-03"), (), "2024-01-03 on line 5 and on line 2"),
        ("PK\x03\x04\xff", (), "cannot be read as text"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    project: Project,
    seed: Path,
    refused: Callable[..., str],
    text: str,
    options: tuple[str, ...],
    words: str,
) -> None:
    before = seed.read_bytes()
    file = project.file("eurofxref-hist.csv", text.encode("latin-1"))
    assert words in refused("rates", file, *options)
    assert seed.read_bytes() == before


def test_a_seed_of_another_form_is_not_written_over(
    project: Project, seed: Path, refused: Callable[..., str]
) -> None:
    seed.write_text("rate_date,currency,rate\n2024-01-01,EUR,0.87\n")
    assert HEADER in refused("rates", project.file("eurofxref-hist.csv", ECB))
    assert seed.read_text() == "rate_date,currency,rate\n2024-01-01,EUR,0.87\n"
