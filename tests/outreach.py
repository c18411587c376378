"""What the shop of tests/devices.py did to its people: raw tables with faults, and their fates."""

from tests.devices import PERSONS, at

# A plan of visitors, in which each instant of PERSONS is an arm of its own, and a campaign's.
PLANS = (
    ("seen", "control", "1", "visitor"),
    ("seen", "new", "3", "visitor"),
    ("seen", "off", "0", "visitor"),
    ("campaign_k", "control", ".5", "customer"),
    ("campaign_k", "contacted", ".5", "customer"),
    # Rejected.
    ("campaign_k", "lost", "-0.1", "customer"),
    ("campaign_k", "", ".5", "customer"),
    ("campaign_k", "empty", "", "customer"),
)
SHARES = {
    ("seen", "control"): (0.25, True),
    ("seen", "new"): (0.75, False),
    ("seen", "off"): (0.0, False),
    ("campaign_k", "control"): (0.5, True),
    ("campaign_k", "contacted"): (0.5, False),
}
# Experiment, arm, unit, instant; rejected where an id or the instant is none.
SENT = (
    ("campaign_k", "contacted", "C", "03-02 09:00"),
    ("campaign_k", "contacted", "C", "03-05 09:00"),
    ("campaign_k", "control", "C", "03-05 09:00"),
    ("campaign_k", "control", "D", "02-01 09:00"),
    ("campaign_k", "control", "D", "02-01 09:00"),
    ("campaign_k", "contacted", "never seen", "03-02 09:00"),
    ("seen", "new", "never seen", "03-02 09:00"),
    ("unknown", "control", "C", "03-02 09:00"),
    ("campaign_k", "", "C", "03-02 09:00"),
    ("campaign_k", "control", "", "03-02 09:00"),
    ("campaign_k", "control", "E", ""),
)
# A session may name its customer, and then two of them; an exposure of a visitor names nobody.
UNLIKE_SESSIONS = {("d5", "03-01 10:00"): "c:shop:G", ("d6", "03-05 10:00"): None}
# Of each row of the mart: who it counts for, whether the plan has it, since when.
EXPOSED = {
    ("campaign_k", "contacted", "C"): ("c:shop:C", True, "03-02 09:00"),
    ("campaign_k", "control", "C"): ("c:shop:C", True, "03-05 09:00"),
    # Before the plan starts.
    ("campaign_k", "control", "D"): ("c:shop:D", True, "02-01 09:00"),
    ("campaign_k", "contacted", "never seen"): ("c:shop:never seen", True, "03-02 09:00"),
    ("seen", "new", "never seen"): ("v:shop:never seen", True, "03-02 09:00"),
    ("unknown", "control", "C"): (None, False, "03-02 09:00"),
} | {
    ("seen", instant, device): (person, False, instant)
    for (device, instant), person in {**PERSONS, **UNLIKE_SESSIONS}.items()
}
# Of what landed, how many rows of each table have which fate.
FATES = {
    ("campaigns", "accepted", "accepted"): 2,
    ("campaigns", "rejected", "invalid_starts_at"): 1,
    ("contacts", "accepted", "accepted"): 2,
    ("contacts", "rejected", "missing_campaign_id"): 1,
    ("content", "accepted", "accepted"): 1,
    ("experiments", "accepted", "accepted"): len(SHARES),
    ("experiments", "rejected", "invalid_weight"): 2,
    ("experiments", "rejected", "missing_arm"): 1,
    ("exposures", "accepted", "accepted"): len(EXPOSED),
    ("exposures", "repeated_copy", "repeated_copy"): 1,
    ("exposures", "superseded", "same_key_in_batch"): 1,
    ("exposures", "rejected", "missing_arm"): 1,
    ("exposures", "rejected", "missing_unit_id"): 1,
    ("exposures", "rejected", "invalid_exposed_at"): 1,
}


def tables() -> dict[str, list[dict[str, str]]]:
    plan = {"primary_metric": "order_rate_14", "starts_at": at("03-01 00:00"), "ends_at": ""}
    seen = [("seen", instant, device, instant) for device, instant in PERSONS]
    return {
        "campaigns": [
            {"campaign_id": k, "name": k, "kind": "win_back", "starts_at": starts}
            for k, starts in (("k", at("03-01 00:00")), ("l", at("05-31 00:00")), ("m", "soon"))
        ],
        "contacts": [
            {
                "contact_id": f"{campaign} to C",
                "campaign_id": campaign,
                "customer_id": "C",
                "channel": "email",
                "sent_at": at("03-02 09:00"),
            }
            for campaign in ("k", "unknown", "")
        ],
        "content": [{"content_id": "g", "title": "Pots", "category_path": "pots", "kind": "guide"}],
        "experiments": [
            {"experiment_id": experiment, "arm": arm, "weight": weight, "unit_kind": kind, **plan}
            for experiment, arm, weight, kind in PLANS
        ],
        "exposures": [
            {
                "experiment_id": experiment,
                "arm": arm,
                "unit_id": unit,
                "exposed_at": at(instant) if instant else "",
            }
            for experiment, arm, unit, instant in (*SENT, *seen)
        ],
    }
