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


def features_say_what_they_are(house: House) -> list[str]:
    """A feature is told by its family, its values by their unit, and the app knows its name."""
    meta = house.manifest["nodes"][SNAPSHOTS]["config"]["meta"]
    families = meta.get("families") or {}
    yaml = "models/features/customer_snapshots.yml"
    found = [
        f"{yaml}: the family {name} has no label in both languages: add `label: {{en: …, zh: …}}`."
        for name, said in families.items()
        if not _is_labelled(said)
    ]
    found += [
        f"{yaml}: moves_with_time lists {name}, which is no feature: mend its name, or take it off."
        for name in meta.get("moves_with_time") or []
        if name in KEYS or name not in _columns(house)
    ]
    for name, column in _columns(house).items():
        if name in KEYS:
            continue
        meta = _meta(column)
        if meta.get("family") not in families:
            found.append(
                f"{yaml}: {name} has no family: add `config: {{meta: {{family: …, unit: …}}}}` "
                f"with one of {', '.join(families)}, or add the family there."
            )
        elif not str(meta.get("unit") or "").strip():
            found.append(
                f"{yaml}: {name} has no unit: say beside its family what its values count, such as "
                "days."
            )
        elif not _is_labelled(meta):
            found.append(
                f"{yaml}: {name} has no label in both languages: add `label: {{en: …, zh: …}}` "
                "beside its unit, for the app."
            )
        elif meta.get("direction") not in (None, "raises", "lowers"):
            found.append(
                f"{yaml}: {name} has the direction {meta['direction']!r}: say whether more of it "
                "raises or lowers the risk, or leave it out where nobody knows."
            )
        elif "usual" in meta and not (
            meta.get("direction") and isinstance(meta["usual"], int | float)
        ):
            found.append(
                f"{yaml}: {name} has the usual value {meta['usual']!r}: give a number, beside a "
                "direction, or leave it out."
            )
        elif meta.get("outweighs") and "usual" not in meta:
            found.append(
                f"{yaml}: {name} outweighs its family without a usual value: give the value from "
                "which on it is bad, or leave `outweighs` out."
            )
    return found


def training_reads_features(house: House) -> list[str]:
    """What classifiers are trained on are features of the snapshots."""
    features = {name for name, column in _columns(house).items() if _meta(column).get("family")}
    return [
        f"python_models/churn/train/ml_churn_classifiers.yml lists {name}, which is no feature of "
        "features.customer_snapshots: add the column with its family to its YAML, or take it off "
        "the list."
        for name in _trained_on(house)
        if name not in features
    ]


def _columns(house: House) -> dict[str, Node]:
    columns: dict[str, Node] = house.manifest["nodes"][SNAPSHOTS]["columns"]
    return columns


def _meta(column: Node) -> dict[str, Any]:
    return (column.get("config") or {}).get("meta") or {}


def _is_labelled(said: dict[str, Any]) -> bool:
    label = said.get("label") or {}
    return all(str(label.get(tongue) or "").strip() for tongue in ("en", "zh"))


def _trained_on(house: House) -> Iterator[str]:
    meta = house.manifest["nodes"][TRAINING]["config"]["meta"]
    yield from meta["without"]
    for options in meta["classifiers"].values():
        yield from (options or {}).get("features", [])


RULES = (features_say_what_they_are, training_reads_features)
