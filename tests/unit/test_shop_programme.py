"""What was done for customers brought, and what they came to be worth: truth lived again."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.effects import HORIZONS
from stayhouse.shop.truth.twins import Case, held_out
from tests.counting import truth
from tests.living import case_of, lived_by

SETTINGS = Settings(1800, 400, 11, without=frozenset({"dirt"}))
CALM = replace(SETTINGS, without=SETTINGS.without | {"campaigns"})
PROGRAMME = replace(SETTINGS, added=frozenset({"programme"}))
DAY_330 = SETTINGS.start_ms + 330 * DAY_MS


@pytest.fixture(scope="module")
def case() -> Case:
    return case_of(SETTINGS)


@pytest.fixture(scope="module")
def calm() -> Case:
    return case_of(CALM)


@pytest.fixture(scope="module")
def programme() -> Case:
    return case_of(PROGRAMME)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted") / "shop"
    make_shop(SETTINGS, out, workers=0)
    return out


def test_whoever_is_held_out_lives_as_if_there_were_no_campaign(case: Case, calm: Case) -> None:
    """Against a shop without campaigns, customer by customer, to the penny."""
    person, twins = held_out(case)
    assert 50 < len(person) < len(case.people) / 4
    others = np.setdiff1d(np.arange(len(case.people)), person)
    for place, who in enumerate(person.tolist()):
        assert lived_by(twins.lives, place) == lived_by(calm.lives, who)
    assert any(lived_by(case.lives, who) != lived_by(calm.lives, who) for who in person.tolist())
    for who in others.tolist():
        assert lived_by(case.lives, who) == lived_by(calm.lives, who)


def test_effects_of_the_programme_are_counted_to_the_penny(shop: Path, tmp_path: Path) -> None:
    make_shop(CALM, tmp_path / "calm", workers=0)
    rows = truth(shop, "programme_effects")
    begins = {row["customer_id"]: row["first_campaign_at"] for row in rows}
    for folder, suffix in ((shop, ""), (tmp_path / "calm", "_held_out")):
        count: Counter[str] = Counter()
        net: dict[str, Decimal] = defaultdict(Decimal)
        for order in truth(folder, "orders"):
            customer = order["customer_id"]
            if customer in begins and order["ordered_at"] >= begins[customer]:
                count[customer] += 1
                net[customer] += order["net_sales"]
        for row in rows:
            assert row[f"orders{suffix}"] == count[row["customer_id"]]
            assert row[f"net_sales{suffix}"] == net[row["customer_id"]]
    sent: dict[str, Any] = {}
    for row in truth(shop, "campaign_effects"):
        sent.setdefault(row["customer_id"], row["arm"])
    assert set(begins) == set(sent)
    assert {row["customer_id"] for row in rows if row["is_held_out"]} == {
        customer for customer, arm in sent.items() if arm == "global_holdout"
    }
    assert all(row["orders"] == row["orders_held_out"] for row in rows if row["is_held_out"])
    assert any(row["active_days"] != row["active_days_held_out"] for row in rows)


def test_active_days_are_days_in_london_with_a_visit(shop: Path, case: Case) -> None:
    london = ZoneInfo("Europe/London")
    place = {f"c{number}": who for who, number in enumerate(case.people.number.tolist())}
    for row in truth(shop, "programme_effects")[::5]:
        begin = int(row["first_campaign_at"].replace(tzinfo=ZoneInfo("UTC")).timestamp() * 1000)
        days = {
            datetime.fromtimestamp(at_ms / 1000, tz=london).date()
            for at_ms, _ in lived_by(case.lives, place[row["customer_id"]])
            if begin <= at_ms < SETTINGS.end_ms
        }
        assert row["active_days"] == len(days)


def test_held_out_people_live_exactly_as_without_the_programme(
    case: Case, calm: Case, programme: Case
) -> None:
    in_it = programme.plan.in_programme
    assert (programme.people.consents & ~in_it).sum() > 100
    assert (programme.plan.is_held_out & in_it).sum() == 0
    for who in np.flatnonzero(~in_it).tolist():
        assert lived_by(programme.lives, who) == lived_by(case.lives, who)
    for who in np.flatnonzero(in_it).tolist():
        before = [lived_by(one.lives, who) for one in (case, programme)]
        early = [[item for item in lived if item[0] < DAY_330] for lived in before]
        assert early[0] == early[1]
    person, twins = held_out(programme)
    assert set(np.flatnonzero(in_it)) <= set(person.tolist())
    for place, who in enumerate(person.tolist()):
        assert lived_by(twins.lives, place) == lived_by(calm.lives, who)


def test_the_programme_keeps_people_and_brings_a_tenth_more_visits(
    case: Case, programme: Case
) -> None:
    in_it = programme.plan.in_programme

    def left_after(one: Case, chosen: Any) -> float:
        """The share of decided orders from day 330 on after which people leave."""
        visits = one.lives.visits
        at_ms, person = visits.at_ms[one.lives.orders], visits.person[one.lives.orders]
        late = (at_ms >= DAY_330) & chosen[person]
        return float((one.lives.left_ms[person] == at_ms + 14 * DAY_MS)[late].mean())

    assert left_after(programme, in_it) < 0.6 * left_after(case, in_it)
    # The same customers before leaving: visits of those who stay to the end in both lives.
    stays = (case.lives.left_ms > SETTINGS.end_ms) & (programme.lives.left_ms > SETTINGS.end_ms)
    counts = []
    for one in (case, programme):
        visits = one.lives.visits
        of = in_it & stays & ~one.people.is_lead & (one.people.refill_product < 0)
        during = (visits.at_ms >= DAY_330) & (visits.at_ms < SETTINGS.end_ms)
        counts.append(int((during & of[visits.person] & ~visits.is_first).sum()))
    more = counts[1] - counts[0]
    expected = 0.10 * counts[0]
    assert abs(more - expected) < 4 * expected**0.5, counts


def test_value_is_what_was_bought_after_the_cut_off_and_the_end(tmp_path: Path) -> None:
    """A run of 120 days knows what one of 330 counts: 180 days after its end, to the penny."""
    for days in (120, 330):
        make_shop(Settings(900, days, 5), tmp_path / str(days), workers=0)
    found = truth(tmp_path / "120", "value")
    bought = defaultdict(list)
    for order in truth(tmp_path / "330", "orders"):
        bought[order["customer_id"]].append((order["ordered_at"], order["net_sales"]))
    for row in found:
        cut_off = datetime.combine(row["cut_off_date"], datetime.min.time())
        end = cut_off + timedelta(days=row["horizon_days"])
        inside = [net for at, net in bought[row["customer_id"]] if cut_off <= at < end]
        assert row["order_count"] == len(inside)
        assert row["net_sales"] == sum(inside, Decimal(0))
    assert {row["cut_off_date"] for row in found} == {
        date(2024, 1, 31), date(2024, 3, 1), date(2024, 3, 31), date(2024, 4, 30),
    }  # fmt: skip
    churned = {
        (row["customer_id"], row["cut_off_date"], row["horizon_days"]): row["churned"]
        for row in truth(tmp_path / "120", "churn")
        if row["horizon_days"] in HORIZONS
    }
    assert churned == {
        (row["customer_id"], row["cut_off_date"], row["horizon_days"]): row["order_count"] == 0
        for row in found
    }
    assert sum(row["order_count"] for row in found) > 500
