"""The shop that all truth tests read, planted and built once."""

import pytest

from tests.truth.shop import Shop, build, plant

# With growth, about 20,000 customers arrive in 510 days.
CUSTOMERS_PER_YEAR = 14_300
SEED = 7


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of about 20,000 customers with its warehouse: about 90 s on 2 cores."""
    planted = plant(tmp_path_factory.mktemp("truth"), CUSTOMERS_PER_YEAR, SEED)
    build(planted)
    return planted
