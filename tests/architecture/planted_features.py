"""Offences against what features say of themselves."""

from typing import Any

from tests.architecture import features
from tests.architecture.house import House
from tests.architecture.planting import Neighbour, Offence, Plant

LABEL = {"en": "moon", "zh": "月"}
MOON: dict[str, Any] = {"family": "season", "unit": "days", "label": LABEL}


def column(name: str, **meta: Any) -> Plant:
    """One more column of the snapshots, with this meta."""

    def plant(house: House) -> House:
        columns = house.manifest["nodes"][features.SNAPSHOTS]["columns"]
        return house.with_node(
            features.SNAPSHOTS, columns={**columns, name: {"config": {"meta": meta}}}
        )

    return plant


def families(**more: Any) -> Plant:
    """The snapshots with more families."""
    return lambda house: snapshots(
        families={
            **house.manifest["nodes"][features.SNAPSHOTS]["config"]["meta"]["families"],
            **more,
        }
    )(house)


def snapshots(**changes: Any) -> Plant:
    """The snapshots with other meta."""

    def plant(house: House) -> House:
        config = house.manifest["nodes"][features.SNAPSHOTS]["config"]
        return house.with_node(
            features.SNAPSHOTS, config={**config, "meta": {**config["meta"], **changes}}
        )

    return plant


def training(**changes: Any) -> Plant:
    """The training model with other meta."""

    def plant(house: House) -> House:
        config = house.manifest["nodes"][features.TRAINING]["config"]
        return house.with_node(
            features.TRAINING, config={**config, "meta": {**config["meta"], **changes}}
        )

    return plant


OFFENCES: list[Offence] = [
    (
        features.features_say_what_they_are,
        column("moon_phase", unit="days"),
        ["customer_snapshots.yml", "moon_phase has no family"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", family="heaven", unit="days"),
        ["moon_phase has no family", "rhythm"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", family="season"),
        ["moon_phase has no unit"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", family="season", unit="days", label={"en": "moon"}),
        ["moon_phase has no label"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", **MOON, direction="up"),
        ["moon_phase has the direction 'up'"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", **MOON, direction="raises", outweighs=True),
        ["moon_phase outweighs its family without a usual value"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", **MOON, usual=1),
        ["moon_phase has the usual value 1"],
    ),
    (
        features.features_say_what_they_are,
        column("moon_phase", **MOON, direction="raises", usual="full"),
        ["moon_phase has the usual value 'full'"],
    ),
    (
        features.features_say_what_they_are,
        families(heaven={"label": {"zh": "天"}}),
        ["the family heaven has no label"],
    ),
    (
        features.features_say_what_they_are,
        snapshots(moves_with_time=["recency_days", "moon_phase"]),
        ["customer_snapshots.yml", "moves_with_time lists moon_phase"],
    ),
    (
        features.features_say_what_they_are,
        snapshots(moves_with_time=["split"]),
        ["moves_with_time lists split"],
    ),
    (
        features.training_reads_features,
        training(without=["recency_days", "horizon_days"]),
        ["ml_churn_classifiers.yml lists horizon_days", "no feature"],
    ),
    (
        features.training_reads_features,
        training(classifiers={"recency": {"features": ["moon_phase"]}}),
        ["lists moon_phase"],
    ),
]

LAWFUL: list[Neighbour] = [
    (features.features_say_what_they_are, snapshots(moves_with_time=["recency_days"])),
    (
        features.features_say_what_they_are,
        column("moon_phase", **MOON, direction="lowers", usual=3.5),
    ),
    (
        features.training_reads_features,
        training(without=["recency_days"], classifiers={"recency": None}),
    ),
]
