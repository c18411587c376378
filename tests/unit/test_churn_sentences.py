"""Sentences: numbers as people say them, what is unknown passed over, and the seed itself."""

import re
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from stayhouse.churn.explain.reasons import placeholders, shown, write_reasons
from stayhouse.errors import StayhouseError
from tests.building import CHECKOUT

SEED = CHECKOUT / "seeds" / "churn_reason_templates.csv"
SPEC = CHECKOUT / "models" / "features" / "customer_snapshots.yml"
FEATURES = pd.DataFrame(
    [("recency_days", "days"), ("mean_gap_days", "days"), ("coupon_share", "share")],
    columns=["feature", "unit"],
)


def template(number: int, en: str, **narrowed: object) -> dict[str, object]:
    plain = {"family": "recency", "feature": None, "direction": None, "when_value": None}
    texts = {"template_en": en, "template_zh": f"{en}。"}
    return {"template_number": number, **plain, **texts, **narrowed}


RHYTHM = (
    "usually orders every {mean_gap_days?day|# days}; {recency_days?# day|# days} since the last"
)


def sentence(
    templates: list[dict[str, object]],
    recency: float | None,
    gap: float | None,
    direction: str = "raises",
    feature: str = "recency_days",
) -> str:
    values = {"recency_days": recency, "mean_gap_days": gap, "coupon_share": None}
    reasons = pd.DataFrame(
        [
            {
                "person_id": "a", "reason_rank": 1, "family": "recency", "feature": feature,
                "direction": direction, "feature_value": values[feature],
            }
        ]
    )  # fmt: skip
    snapshots = pd.DataFrame([{"person_id": "a", "split": "today", **values}])
    written = write_reasons(reasons, snapshots, pd.DataFrame(templates), FEATURES)
    (text,) = written["reason_en"]
    assert written["reason_zh"].tolist() == [f"{text}。"]
    return str(text)


@pytest.mark.parametrize(
    ("recency", "gap", "words"),
    [
        (61, 23.0, "usually orders every 23 days; 61 days since the last"),
        (1, 1.0, "usually orders every day; 1 day since the last"),
        (0, 2.0, "usually orders every 2 days; 0 days since the last"),
        (1200, 1.04, "usually orders every day; 1,200 days since the last"),
        (9, 1.06, "usually orders every 1.1 days; 9 days since the last"),
        (12, None, "12 days"),
        (None, None, "time"),
    ],
)
def test_a_sentence_has_the_customers_numbers(
    recency: float | None, gap: float | None, words: str
) -> None:
    """A number that is unknown passes the sentence over, and the next one speaks."""
    templates = [template(2, "{recency_days} days"), template(3, "time"), template(1, RHYTHM)]
    assert sentence(templates, recency, gap) == words


def test_what_narrows_a_sentence() -> None:
    templates = [
        template(1, "today", feature="recency_days", when_value="0"),
        template(2, "long ago", feature="recency_days", direction="raises"),
        template(3, "seldom", when_value="unknown"),
        template(4, "of another family", family="money"),
        template(5, "the rest"),
    ]
    assert sentence(templates, 0, None) == "today"
    assert sentence(templates, 1, None) == "long ago"
    assert sentence(templates, 1, None, direction="lowers") == "the rest"
    assert sentence(templates, 1, None, feature="mean_gap_days") == "seldom"
    assert sentence(templates, 1, 5, feature="mean_gap_days") == "the rest"


def test_a_reason_without_a_sentence_is_named() -> None:
    with pytest.raises(StayhouseError, match=r"'recency_days'.*'recency'"):
        sentence([template(1, "{mean_gap_days}")], 1, None)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.665, "share", "67%"), (0.0, "share", "0%"), (1.0, "share", "100%"),
        (12.5, "base currency", "12.50"), (1234.5, "base currency", "1,234.50"),
        (9.94, "days", "9.9"), (9.96, "days", "10"), (10.5, "days", "11"), (2.0, "days", "2"),
        (-0.04, "days", "0"), (-2.0, "days", "-2"), (1234.0, None, "1,234"),
    ],
)  # fmt: skip
def test_numbers_as_people_say_them(value: float, unit: str | None, text: str) -> None:
    assert shown(value, unit) == text


def seed_features() -> pd.DataFrame:
    """Feature, family and unit as the YAML of the snapshots gives them."""
    columns = yaml.safe_load(SPEC.read_text(encoding="utf-8"))["models"][0]["columns"]
    rows = []
    for column in columns:
        meta: dict[str, Any] = column.get("meta") or column.get("config", {}).get("meta", {})
        if "family" in meta:
            rows.append((column["name"], meta["family"], meta["unit"]))
    return pd.DataFrame(rows, columns=["feature", "family", "unit"])


def seed_templates() -> pd.DataFrame:
    return pd.read_csv(SEED, dtype={"when_value": str}).replace({np.nan: None})


@pytest.mark.parametrize("value", [None, 0.0, 1.0, 2.0, 37.5], ids=str)
def test_the_seed_has_a_sentence_for_every_feature(value: float | None) -> None:
    """Whatever a value is, and whatever the others are: no gap, no "1 days", both languages."""
    features = seed_features()
    everything = dict.fromkeys(features["feature"], value)
    snapshots = pd.DataFrame([{"person_id": "a", "split": "today", **everything}])
    reasons = pd.DataFrame(
        [
            {
                "person_id": "a", "reason_rank": rank, "family": row.family,
                "feature": row.feature, "direction": direction, "feature_value": value,
            }
            for rank, (row, direction) in enumerate(
                product(features.itertuples(), ("raises", "lowers"))
            )
        ]
    )  # fmt: skip
    written = write_reasons(reasons, snapshots, seed_templates(), features)
    assert len(written) == 2 * len(features)
    for text in written["reason_en"]:
        assert not re.search(r"[{}|#]|\b1 (?:days|orders|visits|pieces|times)\b|nan", text), text
        assert not re.search(r"\b(?:every|there were) 1\b|[一-鿿]", text), text
    for text in written["reason_zh"]:
        assert re.search(r"[一-鿿]", text), text
        assert not re.search(r"[{}|#]|nan", text), text


def test_a_known_value_never_falls_back_to_what_names_none() -> None:
    """Each feature has a sentence with its own number or its own words."""
    templates = seed_templates()
    own = {feature for feature in templates["feature"] if feature}
    general = {name for row in templates.to_dict("records") for name in placeholders(row)}
    yearly = {"year_sine", "year_cosine"}
    ratios = {name for name in seed_features()["feature"] if name.startswith("recency_over")}
    assert set(seed_features()["feature"]) <= own | general | yearly | ratios
