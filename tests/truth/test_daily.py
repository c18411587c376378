"""A warehouse that is built night by night is the one that is built at once, and both are true."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.building import mart_hashes
from tests.truth.exact import CHECKS
from tests.truth.nights import CORE, STATE, at_once, run_models
from tests.truth.shop import START, Shop, land, make

DAYS = 14
UNTIL = START + timedelta(days=DAYS)
# Rows are numbered anew in every batch, so their places do not name them here.
BY_PLACE = "dirty_rows"


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Shop:
    """Eight nights at once, then night by night, two of them together, and the rest at once."""
    folder = tmp_path_factory.mktemp("nightly")
    shop, exports = make(folder, 30_000, seed=6, days=DAYS, batches="daily", parsed=parsed)
    land(shop, *exports[:8])
    run_models(shop, *STATE, until=UNTIL)
    land(shop, exports[8])
    run_models(shop, *STATE, until=UNTIL)
    land(shop, *exports[9:11])
    run_models(shop, *STATE, until=UNTIL)
    land(shop, *exports[11:])
    run_models(shop, *CORE, until=UNTIL)
    return shop


def test_the_nights_are_worth_a_test(nightly: Shop) -> None:
    """Nights repeat and contradict earlier loads, and late events join sessions that stand."""
    counts = nightly.both(
        """
        with ids as (
            select
                event_id,
                count(distinct load_id) as loads,
                count(distinct row_hash) as contents
            from core.int_events__checked
            where reason_code is null or reason_code = 'conflicting_event_id'
            group by event_id
        )
        select
            (select count(*) from ids where loads > 1 and contents = 1) as repeated,
            (select count(*) from ids where loads > 1 and contents > 1) as contradicted,
            (select count(*) from core.int_sessions__merged where is_superseded) as joined
        """
    ).iloc[0]
    assert (counts > 0).all(), counts


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
    assert dict(zip(loads["load_id"], loads["batches"], strict=True)) == {1: 8, 2: 1, 3: 2, 4: 3}


def test_nights_equal_one_build(nightly: Shop, tmp_path: Path) -> None:
    other = at_once(nightly, tmp_path)
    run_models(other, *CORE, until=UNTIL)
    assert mart_hashes(nightly.run.database) == mart_hashes(other.run.database)


def test_another_rule_is_built_anew(nightly: Shop) -> None:
    """Half the gap cuts more sessions, also of events that were taken long ago."""
    count = "select count(*), sum(event_count) from core.sessions"
    ((sessions, events),) = nightly.run.query(count)
    done = nightly.run.dbt(
        *("run", "--select", "+sessions", "--vars", "{session_gap_seconds: 900}")
    )
    assert done.returncode == 0, done.stdout[-4000:]
    ((more, same),) = nightly.run.query(count)
    assert (more > sessions, same) == (True, events)


def test_what_landed_anew_is_built_anew(nightly: Shop) -> None:
    """A batch that was rewritten or is gone makes state start again, without being asked."""
    before = nightly.both("select count(*) as n from core.events")["n"].iloc[0]
    gone = nightly.landed("events") / f"batch_id={DAYS}"
    shutil.rmtree(gone)
    run_models(nightly, *STATE, until=UNTIL)
    now = nightly.both(
        "select count(*) as n, min(load_id) as first_load, "
        "(select sum(event_count) from core.int_sessions__merged) as in_sessions, "
        "(select sum(event_count) from core.int_visitor_days__merged) as in_days, "
        "count(visitor_id) as of_visitors from core.int_events__checked "
        "where disposition = 'accepted'"
    ).iloc[0]
    assert 0 < now["n"] < before
    assert now["first_load"] == 6
    assert now["in_sessions"] == now["in_days"] == now["of_visitors"]
