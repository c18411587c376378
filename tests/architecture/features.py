"""Features: each says what kind of thing it tells and what it counts; models read nothing else."""

from collections.abc import Iterator
from typing import Any

from tests.architecture.house import House, Node

SNAPSHOTS = "model.stayhouse.customer_snapshots"
TRAINING = "model.stayhouse.ml_churn_classifiers"
# What a snapshot is of, and not what was known at it.
KEYS = {
    "person_id",
    "source_name",
    "split",
    "horizon_days",
    "cut_off_date",
    "cut_off_at",
    "max_available_at",
}
FAMILIES = (
    "recency",
    "rhythm",
    "frequency",
    "trend",
    "money",
    "season",
    "diversity",
    "returns",
    "delivery",
    "visits",
    "carts",
    "contacts",
    "reviews",
    "support",
    "tenure",
    "acquisition",
)


def features_have_family_and_unit(house: House) -> list[str]:
    """A feature is told by its family, and its values by their unit."""
    found = []
    for name, column in _columns(house).items():
        if name in KEYS:
            continue
        meta = _meta(column)
        if meta.get("family") not in FAMILIES:
            found.append(
                f"models/features/customer_snapshots.yml: {name} has no family: add "
                f"`config: {{meta: {{family: …, unit: …}}}}` with one of {', '.join(FAMILIES)}."
            )
        elif not str(meta.get("unit") or "").strip():
            found.append(
                f"models/features/customer_snapshots.yml: {name} has no unit: say beside its "
                "family what its values count, such as days."
            )
    return found


def training_reads_features(house: House) -> list[str]:
    """What classifiers are trained on are features of the snapshots."""
    features = {name for name, column in _columns(house).items() if _meta(column).get("family")}
    return [
        f"python_models/churn/ml_churn_classifiers.yml lists {name}, which is no feature of "
        "features.customer_snapshots: add the column with family and unit to its YAML, or take it "
        "off the list."
        for name in _trained_on(house)
        if name not in features
    ]


def _columns(house: House) -> dict[str, Node]:
    columns: dict[str, Node] = house.manifest["nodes"][SNAPSHOTS]["columns"]
    return columns


def _meta(column: Node) -> dict[str, Any]:
    return (column.get("config") or {}).get("meta") or {}


def _trained_on(house: House) -> Iterator[str]:
    meta = house.manifest["nodes"][TRAINING]["config"]["meta"]
    yield from meta["features"]
    for options in meta["classifiers"].values():
        yield from (options or {}).get("features", [])


RULES = (features_have_family_and_unit, training_reads_features)
