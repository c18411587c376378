"""Who was assigned to what: campaigns as experiments, planted faults of plans, tastes of guides."""

import csv
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from hashlib import md5
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from scipy.stats import chi2

from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import Settings
from tests.building import CHECKOUT

# Campaigns leave on days 60, 90, 120 and 150: 1 and 31 March, 30 April and 30 May 2024.
SETTINGS = Settings(2500, 160, 3, without=frozenset({"dirt"}))
LEAVES = {"k0": "2024-03-01", "k1": "2024-03-31", "k2": "2024-04-30", "k3": "2024-05-30"}
ZONES = {"GB": "Europe/London", "DE": "Europe/Berlin", "US": "America/New_York"}
Row = dict[str, str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted") / "shop"
    make_shop(SETTINGS, out, workers=0)
    return out


def raw(shop: Path, table: str) -> list[Row]:
    with (shop / "raw" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def units(shop: Path, campaign: str, arm: str) -> dict[str, str]:
    """The units of an arm of a campaign, and when each was exposed."""
    rows = [row for row in raw(shop, "exposures") if row["experiment_id"] == f"campaign_{campaign}"]
    found = {row["unit_id"]: row["exposed_at"] for row in rows if row["arm"] == arm}
    assert len(found) == sum(row["arm"] == arm for row in rows)
    # Nobody is in neither, so nobody held out has an exposure.
    assert {row["arm"] for row in rows} == {"contacted", "control"}
    return found


@pytest.mark.parametrize("campaign", LEAVES)
def test_contacted_are_those_who_got_the_message_when_they_got_it(
    shop: Path, campaign: str
) -> None:
    sent = {
        row["customer_id"]: row["sent_at"]
        for row in raw(shop, "contacts")
        if row["campaign_id"] == campaign
    }
    assert units(shop, campaign, "contacted") == sent
    assert len(sent) > 20


@pytest.mark.parametrize("campaign", LEAVES)
def test_arms_and_held_out_are_the_consenting_who_had_arrived(shop: Path, campaign: str) -> None:
    """By other code: consent from the profile, arrival from the truth, the bucket from md5."""
    consents = {
        row["customer_id"] for row in raw(shop, "customers") if row["marketing_consent"] == "true"
    }
    may_be: set[str] = set()
    for row in pq.read_table(shop / "truth" / "customers.parquet").to_pylist():
        zone = ZoneInfo(ZONES.get(row["country"], "Asia/Singapore"))
        midnight = datetime.fromisoformat(LEAVES[campaign]).replace(tzinfo=zone)
        arrived = row["arrived_at"].replace(tzinfo=ZoneInfo("UTC"))
        if row["customer_id"] in consents and arrived < midnight - timedelta(days=1):
            may_be.add(row["customer_id"])
    held_out = {
        customer
        for customer in may_be
        if int(md5(f"global_holdout|{customer}".encode()).hexdigest()[:8], 16) % 10_000 < 1_000
    }
    contacted, control = (units(shop, campaign, arm) for arm in ("contacted", "control"))
    assert contacted.keys() | control.keys() | held_out == may_be
    assert len(contacted) + len(control) + len(held_out) == len(may_be)
    # Both arms are sent to, or would be, at 9 or 19 o'clock local: within the campaign's window.
    for exposed_at in (*contacted.values(), *control.values()):
        hours = (datetime.fromisoformat(exposed_at).replace(tzinfo=None)
                 - datetime.fromisoformat(LEAVES[campaign]))  # fmt: skip
        assert timedelta(hours=0) <= hours < timedelta(hours=25)


def test_a_campaign_is_an_experiment_of_two_halves(shop: Path) -> None:
    rows = [row for row in raw(shop, "experiments") if row["experiment_id"] == "campaign_k3"]
    assert [row.pop("arm") for row in rows] == ["control", "contacted"]
    expected = {
        "experiment_id": "campaign_k3", "weight": "0.5", "unit_kind": "customer",
        "primary_metric": "order_rate_14",
        "starts_at": "2024-05-30T00:00:00Z", "ends_at": "2024-06-13T00:00:00Z",
    }  # fmt: skip
    assert rows == [expected, expected]
    plans = {row["experiment_id"]: row["primary_metric"] for row in raw(shop, "experiments")}
    # Plans are exported the day before they start, campaigns a week before.
    assert plans.keys() == {
        "aa_check", "delivery_promise", "new_colours", *(f"campaign_{name}" for name in LEAVES),
    }  # fmt: skip
    assert plans["aa_check"] == "order_rate_90"


def test_seven_guides_of_ten_are_of_the_category_of_the_visit(shop: Path) -> None:
    categories = ("kitchen", "garden", "books", "toys", "clothing", "beauty", "gadgets", "refills")
    content = {row["content_id"]: row["category_path"] for row in raw(shop, "content")}
    assert content == {f"g{16 + place}": f"shop/{name}" for place, name in enumerate(categories)}
    landed: dict[str, str] = {}
    views: dict[str, list[str]] = defaultdict(list)
    for row in raw(shop, "events"):
        visit = row["event_id"].rpartition("-")[0]
        if found := re.fullmatch(r"/c/(\w+)", row["page_url"]):
            landed[visit] = f"shop/{found[1]}"
        if found := re.fullmatch(r"/guides/(g\d+)", row["page_url"]):
            views[visit].append(content[found[1]])
    seen = [(landed[visit], guide) for visit, guides in views.items() for guide in guides]
    own = sum(category == guide for category, guide in seen)
    # A guide of any category is of the visit's own one time in eight.
    share, spread = 0.7 + 0.3 / 8, (0.7375 * 0.2625 / len(seen)) ** 0.5
    assert len(seen) > 400
    assert abs(own / len(seen) - share) < 4 * spread
    strange = Counter(guide for category, guide in seen if category != guide)
    assert len(strange) == 8


def sample_arms(experiment: str) -> dict[str, list[str]]:
    """The arms of each unit of an experiment in the sample."""
    (path,) = (CHECKOUT / "seeds" / "sample" / "shop" / "exposures").glob("*/data.parquet")
    found = defaultdict(list)
    for row in pq.read_table(path).to_pylist():
        if row["experiment_id"] == experiment:
            found[row["unit_id"]].append(row["arm"])
    return found


def test_the_sample_has_a_plan_with_a_broken_ratio() -> None:
    """Planted: of the treated, tablets are never recorded, nor 15 % of the others."""
    arms = Counter(arm for arms in sample_arms("new_checkout").values() for arm in arms)
    assert arms == {"control": 557, "treatment": 444}
    chance = chi2.sf((557 - 444) ** 2 / (557 + 444), 1)
    assert chance == pytest.approx(3.5e-4, abs=1e-5)
    for sound in ("aa_check", "delivery_promise", "new_colours"):
        counts = Counter(arm for arms in sample_arms(sound).values() for arm in arms)
        one, other = counts["control"], counts["treatment"]
        assert chi2.sf((one - other) ** 2 / (one + other), 1) > 0.01, (sound, counts)


def test_the_sample_has_a_plan_with_units_in_both_arms() -> None:
    units = sample_arms("loyalty_badge")
    both = sum(len(set(arms)) == 2 for arms in units.values())
    assert len(units) > 500
    assert 0.015 < both / len(units) < 0.045
    assert all(len(set(arms)) == 1 for arms in sample_arms("new_checkout").values())
