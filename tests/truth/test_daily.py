"""A warehouse that is built night by night is the one that is built at once, and both are true."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.building import Run, mart_hashes
from tests.truth.exact import CHECKS
from tests.truth.shop import Shop, build, land, make

DAYS = 14
STATE = ("int_sessions__merged", "int_visitor_days__merged")
MODELS = ("data_quality", "visitor_days", "customer_days", "int_refunds__linked", "rejected_rows")
# Rows are numbered anew in every batch, so their places do not name them here.
BY_PLACE = "dirty_rows"


def run_models(shop: Shop, *models: str) -> None:
    """Build models and what they need, with the tests that read nothing else."""
    wanted = ("--select", *(f"+{model}" for model in models), "--indirect-selection", "cautious")
    build(shop, *wanted, days=DAYS)


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Eight nights at once, then night by night; the tenth night's events come a night late."""
    shop, exports = make(
        tmp_path_factory.mktemp("nightly"), 30_000, seed=6, days=DAYS, batches="daily"
    )
    land(shop, *exports[:8])
    run_models(shop, *STATE)
    land(shop, exports[8])
    run_models(shop, *STATE)
    land(shop, *exports[9:11])
    tenth, aside = shop.landed("events") / "batch_id=10", tmp_path_factory.mktemp("aside") / "10"
    shutil.move(tenth, aside)
    run_models(shop, *STATE)
    shutil.move(aside, tenth)
    land(shop, *exports[11:])
    run_models(shop, *MODELS)
    return shop


def test_the_nights_are_worth_a_test(nightly: Shop) -> None:
    """Nights repeat and contradict earlier loads, and late events join sessions that stand."""
    counts = nightly.both(
        """
        with ids as (
            select event_id, count(distinct load_id) as loads,
                list(distinct batch_id) as nights, count(distinct row_hash) as contents
            from core.int_events__checked
            where reason_code is null or reason_code = 'conflicting_event_id'
            group by event_id
        )
        select
            (select count(*) from ids where loads > 1 and contents = 1) as repeated,
            (select count(*) from ids where loads > 1 and contents > 1) as contradicted,
            (select count(*) from core.int_sessions__merged where is_superseded) as joined,
            -- Which of two copies is the first to land is another one when nights change places.
            (select count(*) from ids where list_has_all(nights, [10, 11])) as swapped
        """
    ).iloc[0]
    assert counts["swapped"] == 0
    assert (counts.drop("swapped") > 0).all(), counts


def test_nights_are_what_was_planted(nightly: Shop) -> None:
    assert len(list(nightly.landed("events").glob("batch_id=*"))) == DAYS
    for name, check in CHECKS.items():
        if name != BY_PLACE:
            differences = check(nightly)
            assert differences.empty, f"{name}\n{differences.to_string()}"


def test_nights_took_every_batch_once(nightly: Shop) -> None:
    loads = nightly.both(
        "select load_id, count(*) as batches from core.int_batches__numbered group by load_id"
    )
    assert dict(zip(loads["load_id"], loads["batches"], strict=True)) == {1: 8, 2: 1, 3: 1, 4: 4}


def test_nights_equal_one_build(nightly: Shop, tmp_path: Path) -> None:
    at_once = replace(nightly, run=Run(tmp_path, landing=nightly.run.landing))
    run_models(at_once, *MODELS)
    assert mart_hashes(nightly.run.database) == mart_hashes(at_once.run.database)


def test_what_landed_anew_is_built_anew(nightly: Shop) -> None:
    """A batch that was rewritten or is gone makes state start again, without being asked."""
    before = nightly.both("select count(*) as n from core.events")["n"].iloc[0]
    gone = nightly.landed("events") / f"batch_id={DAYS}"
    shutil.rmtree(gone)
    run_models(nightly, *STATE)
    now = nightly.both(
        "select count(*) as n, min(load_id) as first_load, "
        "(select sum(event_count) from core.int_sessions__merged) as in_sessions, "
        "(select sum(event_count) from core.int_visitor_days__merged) as in_days, "
        "count(visitor_id) as of_visitors from core.int_events__checked "
        "where disposition = 'accepted'"
    ).iloc[0]
    assert 0 < now["n"] < before
    assert now["first_load"] == 5
    assert now["in_sessions"] == now["in_days"] == now["of_visitors"]
