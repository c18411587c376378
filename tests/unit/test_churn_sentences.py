"""Sentences: numbers as people say them, what is unknown passed over, and those of the YAML."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
import yaml

from stayhouse.base.errors import StayhouseError
from stayhouse.churn.explain.reasons import shown, write_reasons
from stayhouse.churn.explain.templates import check_templates, placeholders
from tests.building import CHECKOUT

SPEC = CHECKOUT / "models" / "features" / "customer_snapshots.yml"
FEATURES = pd.DataFrame(
    [
        ("recency_days", "recency", "days"),
        ("mean_gap_days", "recency", "days"),
        ("coupon_share", "recency", "share"),
        ("net_sales", "money", "base currency"),
    ],
    columns=["feature", "family", "unit"],
)


def template(number: int, en: str, **narrowed: object) -> dict[str, object]:
    plain = {"family": "recency", "feature": None, "direction": None, "when_value": None}
    texts = {"template_en": en, "template_zh": f"{en}。", "base_currency": "GBP"}
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
    every = [*templates, template(99, "of another family", family="money")]
    written = write_reasons(reasons, snapshots, pd.DataFrame(every), FEATURES)
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


@pytest.mark.parametrize(
    ("recency", "words"), [(0, "today"), (1, "1 day ago"), (2, "2 days ago"), (0.4, "0.4 days ago")]
)
def test_of_three_texts_the_first_is_for_0(recency: float, words: str) -> None:
    templates = [template(1, "{recency_days?today|# day ago|# days ago}"), template(2, "time")]
    assert sentence(templates, recency, None) == words


def test_a_sentence_may_ask_for_the_horizon() -> None:
    told = {"person_id": "a", "split": "today", "recency_days": 3, "horizon_days": 90}
    reason = {
        "person_id": "a", "reason_rank": 1, "family": "recency", "feature": "recency_days",
        "direction": "raises", "feature_value": 3,
    }  # fmt: skip
    templates = [
        template(1, "no order in {horizon_days?the next day|the next # days}"), template(2, "time"),
        template(3, "money", family="money"),
    ]  # fmt: skip
    written = write_reasons(
        pd.DataFrame([reason]), pd.DataFrame([told]), pd.DataFrame(templates), FEATURES
    )
    assert written["reason_en"].tolist() == ["no order in the next 90 days"]


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


def test_where_nothing_stands_out_that_is_said() -> None:
    reasons = pd.DataFrame(
        [
            {"person_id": "a", "reason_rank": 1, "feature_value": np.nan}
            | dict.fromkeys(["family", "feature", "direction"])
        ]
    )
    snapshots = pd.DataFrame([{"person_id": "a", "split": "today", "recency_days": 3}])
    templates = [template(1, "time"), template(2, "money", family="money")]
    (row,) = write_reasons(reasons, snapshots, pd.DataFrame(templates), FEATURES).to_dict("records")
    assert (row["reason_en"], row["reason_zh"]) == ("nothing stands out", "没有特别突出的原因")


def test_a_family_without_a_last_sentence_is_named() -> None:
    with pytest.raises(StayhouseError, match="the family recency has no sentence"):
        sentence([template(1, "{mean_gap_days}")], 1, None)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.665, "share", "67%"), (0.0, "share", "0%"), (1.0, "share", "100%"),
        (0.9949, "share", "99%"), (0.995, "share", ">99%"), (0.9999, "probability", ">99%"),
        (0.005, "probability", "1%"), (0.0049, "share", "<1%"), (1.3, "share", "130%"),
        (12.5, "base currency", "12.50 EUR"), (2180.8, "base currency", "2,180.80 EUR"),
        (9.94, "days", "9.9"), (9.96, "days", "10"), (10.5, "days", "11"), (2.0, "days", "2"),
        (-0.04, "days", "0"), (-2.0, "days", "-2"), (1234.0, None, "1,234"),
    ],
)  # fmt: skip
def test_numbers_as_people_say_them(value: float, unit: str | None, text: str) -> None:
    assert shown(value, unit, "EUR") == text


def test_yen_have_no_hundredths() -> None:
    assert shown(2180.8, "base currency", "JPY") == "2,181 JPY"


def told() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features and sentences as the YAML of the snapshots gives them."""
    model = yaml.safe_load(SPEC.read_text(encoding="utf-8"))["models"][0]
    metas = {c["name"]: m for c in model["columns"] if (m := c.get("config", {}).get("meta"))}
    features = pd.DataFrame(
        [(name, meta["family"], meta["unit"]) for name, meta in metas.items()],
        columns=["feature", "family", "unit"],
    )
    families = model["config"]["meta"]["families"]
    said = [
        (m["family"], name, said) for name, m in metas.items() for said in m.get("sentences", [])
    ]
    said += [
        (name, None, said) for name, family in families.items() for said in family["sentences"]
    ]
    templates = [
        {
            "template_number": number, "family": family, "feature": feature,
            "direction": words.get("direction"),
            "when_value": str(words["when"]) if "when" in words else None,
            "template_en": words["en"], "template_zh": words["zh"], "base_currency": "GBP",
        }
        for number, (family, feature, words) in enumerate(said)
    ]  # fmt: skip
    return features, pd.DataFrame(templates)


@pytest.mark.parametrize("value", [None, 0.0, 1.0, 2.0, 37.5], ids=str)
def test_the_yaml_has_a_sentence_for_every_feature(value: float | None) -> None:
    """Whatever a value is, and whatever the others are: no gap, no "1 days", both languages."""
    features, templates = told()
    everything = dict.fromkeys(features["feature"], value) | {"horizon_days": 90}
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
    written = write_reasons(reasons, snapshots, templates, features)
    assert len(written) == 2 * len(features)
    for text in written["reason_en"]:
        assert not re.search(r"[{}|#]|\b1 (?:days|orders|visits|times|stars)\b|nan", text), text
        assert not re.search(r"\b(?:every|there were) 1\b|[一-鿿]", text), text
    for text in written["reason_zh"]:
        assert re.search(r"[一-鿿]", text), text
        assert not re.search(r"[{}|#]|nan", text), text


def test_money_is_told_in_its_currency() -> None:
    """Every sentence of money, in both languages, and no other."""
    features, templates = told()
    units = dict(zip(features["feature"], features["unit"], strict=True))
    known = features.set_index("feature")["unit"].map(
        lambda u: 2180.8 if u == "base currency" else 3.0
    )
    today = pd.DataFrame([{"person_id": "a", "split": "today", "horizon_days": 90, **known}])
    reasons = pd.DataFrame(
        [
            {
                "person_id": "a", "reason_rank": rank, "family": row.family, "direction": "raises",
                "feature": row.feature, "feature_value": known[row.feature],
            }
            for rank, row in enumerate(features.itertuples())
        ]
    )  # fmt: skip
    written = write_reasons(reasons, today, templates, features)
    for feature, *texts in zip(
        features["feature"], written["reason_en"], written["reason_zh"], strict=True
    ):
        for text in texts:
            assert ("2,180.80 GBP" in text) == (units[feature] == "base currency"), text


def test_a_known_value_never_falls_back_to_what_names_none() -> None:
    """Each feature has a sentence with its own number or its own words."""
    features, templates = told()
    own = set(templates["feature"].dropna())
    general = {name for row in templates.to_dict("records") for name in placeholders(row)}
    yearly = {"year_sine", "year_cosine"}
    assert set(features["feature"]) <= own | general | yearly


SOLD = pd.DataFrame(
    {
        "feature": ["recency_days", "recency_days_2", "net_sales"],
        "family": ["recency", "recency", "money"],
    }
)
GOOD = [
    template(1, "{recency_days}"),
    template(2, "time"),
    template(
        3, "{net_sales?one|# more}", family="money", feature="net_sales", direction="raises",
        when_value="0",
    ),
    template(4, "money", family="money"),
]  # fmt: skip


def checked(number: int, change: dict[str, object]) -> None:
    rows = [row | change if row["template_number"] == number else row for row in GOOD]
    check_templates(pd.DataFrame(rows), SOLD)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"family": "weather"}, "of net_sales cannot be used: no feature is of its family"),
        ({"direction": "up"}, "direction must be raises or lowers"),
        ({"when_value": "none"}, "when must be a number or unknown"),
        ({"feature": None}, "of money cannot be used: a number in when needs a feature"),
        ({"template_en": " "}, "en is missing"),
        ({"template_zh": None}, "zh is missing"),
        ({"template_en": "{net_sale}"}, "en has a placeholder that is no feature"),
        ({"template_en": "{net_sales} {x}"}, "en has a placeholder that is no feature"),
        ({"template_zh": "{recency_days_3}"}, "zh has a placeholder that is no feature"),
        ({"template_zh": "{net_sales"}, "zh has a placeholder that is no feature"),
    ],
)
def test_a_sentence_that_cannot_be_meant_is_named(
    change: dict[str, object], words: str | None
) -> None:
    if words is None:
        checked(3, change)
        return
    with pytest.raises(StayhouseError, match=words) as error:
        checked(3, change)
    assert str(error.value).startswith("models/features/customer_snapshots.yml: the sentence '")


@pytest.mark.parametrize(
    "change",
    [
        {"feature": "net_sales"}, {"direction": "lowers"}, {"template_zh": "{net_sales}"},
        {"when_value": "unknown"},
    ],
)  # fmt: skip
def test_a_family_that_may_have_nothing_to_say_is_named(change: dict[str, object]) -> None:
    with pytest.raises(StayhouseError, match="the family money has no sentence for values that"):
        checked(4, change)
