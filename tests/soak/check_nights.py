"""Thirty nights of landing and building equal one build, in every public mart."""

import random
import shutil
from pathlib import Path

import pytest

from tests.building import mart_hashes
from tests.truth.exact import CHECKS
from tests.truth.nights import STATE, Export, at_once, run_models
from tests.truth.shop import START, Shop, build, land, make

DAYS = 30
CUSTOMERS_PER_YEAR = 30_000
SEED = 8
# Nights on which an earlier night's files are exported once more, with one broken line more.
REPLAYED = {9: 6, 21: 3}
LATE = 11


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, list[Export]]:
    folder = tmp_path_factory.mktemp("nights")
    return make(folder, CUSTOMERS_PER_YEAR, SEED, days=DAYS, batches="daily")


def test_thirty_nights(made: tuple[Shop, list[Export]], tmp_path: Path) -> None:
    shop, exports = made
    aside = tmp_path / "aside"
    for night, (folder, until) in enumerate(exports):
        land(shop, (folder, until))
        if night in REPLAYED:
            again = tmp_path / f"again_{night}"
            again.mkdir()
            for table in ("events", "orders"):
                text = (exports[REPLAYED[night]][0] / f"{table}.csv").read_bytes()
                (again / f"{table}.csv").write_bytes(text.rstrip(b"\r\n") + b"\n\n")
            land(shop, (again, until))
        batches = sorted(
            shop.landed("events").glob("batch_id=*"), key=lambda path: int(path.name[9:])
        )
        # A night whose events come a night late: they are taken in their place all the same.
        if night == LATE:
            hidden = batches[-1]
        if night == LATE + 1:
            shutil.move(hidden, aside)
            run_models(shop, *STATE, until=until)
            shutil.move(aside, hidden)
        run_models(shop, *STATE, until=until)
        if (night + 1) % 5 == 0:
            days = (until - START).days
            build(shop, days=days)
            other = at_once(shop, tmp_path / f"at_once_{night}")
            build(other, days=days)
            assert mart_hashes(shop.run.database) == mart_hashes(other.run.database), night
            print(f"night {night + 1}: every public mart equals that of one build", flush=True)
            shutil.rmtree(other.run.folder)
    for name in ("sessions", "orders", "ledger", "refunds", "owners"):
        differences = CHECKS[name](shop)
        assert differences.empty, f"{name}\n{differences.to_string()}"
    joined, repeated = shop.run.query(
        "select (select count(*) from core.int_sessions__merged where is_superseded), "
        "(select count(*) from core.int_events__checked where disposition = 'repeated_copy')"
    )[0]
    print(f"{joined} sessions were joined to others, {repeated} events were copies", flush=True)
    before = mart_hashes(shop.run.database)
    build(shop, days=DAYS)
    assert mart_hashes(shop.run.database) == before


_UNDISPUTED = """
    select event_id from core.int_events__checked
    where reason_code is null or reason_code = 'conflicting_event_id'
    group by event_id having count(*) = 1
"""


def test_nights_in_another_order(made: tuple[Shop, list[Export]], tmp_path: Path) -> None:
    """Only events that came more than once may differ: another copy of them landed first."""
    shop, exports = made
    found = {}
    shuffled = random.Random(3).sample(exports, len(exports))
    for name, order in (("in_order", exports), ("shuffled", shuffled)):
        other = at_once(shop, tmp_path / name, landing=tmp_path / name / "landing")
        for first in range(0, DAYS, 6):
            land(other, *order[first : first + 6])
            run_models(other, *STATE, until=exports[-1][1])
        run_models(other, "sessions", "visitor_days", until=exports[-1][1])
        disputed = f"select visitor_id from core.events where event_id not in ({_UNDISPUTED})"
        found[name] = {
            "ids": other.run.query("select distinct event_id from core.events order by all"),
            "events": other.run.query(
                "select * exclude (batch_id) from core.events "
                f"where event_id in ({_UNDISPUTED}) order by event_id"
            ),
            "sessions": other.run.query(
                "select * exclude (person_id, customer_id) from core.sessions "
                f"where visitor_id not in ({disputed}) order by session_id"
            ),
        }
    for part, rows in found["in_order"].items():
        assert len(rows) > 1000
        assert rows == found["shuffled"][part], part
