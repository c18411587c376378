"""A PostgreSQL for the checks of a pull, and a project that pulls from it."""

from collections.abc import Iterator

import pytest

from tests.conftest import Project
from tests.pull.cluster import Cluster, cluster
from tests.pull.shop import VARIABLE


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@pytest.fixture
def postgres(server: Cluster, project: Project, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The server without a table, and a project that pulls from it."""
    server.sql(
        "drop schema public cascade; create schema public; grant all on schema public to public"
    )
    monkeypatch.setenv(VARIABLE, server.url())
    return server
