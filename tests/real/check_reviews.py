"""Published reviews (`make bars`): clothing in English, food in Chinese; each judged by others."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.metrics import accuracy_score, f1_score

from stayhouse.feedback.languages import languages_of
from stayhouse.feedback.sentiments import Plan, folds_of, make_model
from tests.building import CHECKOUT
from tests.real.shops import DATA, NEEDS_DATA

pytestmark = NEEDS_DATA
DOOR = CHECKOUT / "python_models" / "feedback" / "ml_feedback_texts.yml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    read = yaml.safe_load(DOOR.read_text("utf-8"))
    return Plan(**read["models"][0]["config"]["meta"]["plan"])


@pytest.fixture(scope="module")
def clothing() -> pd.DataFrame:
    found = pd.read_csv(f"{DATA}/reviews/womens_clothing_reviews.csv.zip")
    found = found[found["Review Text"].notna() & (found["Rating"] != 3)]
    both = found["Title"].fillna("") + " " + found["Review Text"]
    return found.assign(both=both, is_good=found["Rating"] >= 4)


@pytest.fixture(scope="module")
def food() -> pd.DataFrame:
    found = pd.read_csv(f"{DATA}/reviews/waimai_10k.csv")
    return found.assign(is_good=found["label"] == 1)


def told(texts: pd.Series, good: pd.Series, language: str, plan: Plan) -> np.ndarray:
    """What models of four fifths say of the rest."""
    words, answers = texts.to_numpy("object"), good.to_numpy()
    found = np.zeros(len(words), dtype=bool)
    for learnt, judged in folds_of(answers, words, plan):
        model = make_model(language, plan).fit(words[learnt], answers[learnt])
        found[judged] = model.predict(words[judged])
    return found


@pytest.fixture(scope="module")
def told_of_clothing(clothing: pd.DataFrame, plan: Plan) -> Any:
    """By title and text."""
    return told(clothing["both"], clothing["is_good"], "en", plan)


def test_clothing(clothing: pd.DataFrame, told_of_clothing: Any) -> None:
    assert f1_score(clothing["is_good"], told_of_clothing, average="macro") >= 0.882


def test_clothing_by_its_text_alone(clothing: pd.DataFrame, plan: Plan) -> None:
    found = told(clothing["Review Text"], clothing["is_good"], "en", plan)
    assert f1_score(clothing["is_good"], found, average="macro") >= 0.865


def test_food(food: pd.DataFrame, plan: Plan) -> None:
    found = told(food["review"], food["is_good"], "zh", plan)
    assert accuracy_score(food["is_good"], found) >= 0.895
    assert f1_score(food["is_good"], found, average="macro") >= 0.880


def test_a_department_that_was_not_learnt(
    clothing: pd.DataFrame, told_of_clothing: Any, plan: Plan
) -> None:
    """At most .04 below: what is learnt of dresses is true of trousers too."""
    for name, part in clothing.groupby("Department Name"):
        if len(part) < 1000:
            continue
        others = clothing[clothing["Department Name"] != name]
        model = make_model("en", plan).fit(others["both"].to_numpy("object"), others["is_good"])
        apart = f1_score(part["is_good"], model.predict(part["both"]), average="macro")
        own = told_of_clothing[clothing["Department Name"] == name]
        assert apart >= f1_score(part["is_good"], own, average="macro") - 0.04, name


def test_languages(clothing: pd.DataFrame, food: pd.DataFrame) -> None:
    assert (languages_of(clothing["both"]) == "en").mean() >= 0.999
    assert (languages_of(food["review"]) == "zh").mean() >= 0.999
