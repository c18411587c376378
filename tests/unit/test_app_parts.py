"""The app's parts: its words, its colours, its numbers, and why a figure changed."""

import ast
import csv
import itertools
import math
import re
from datetime import date

import numpy as np
import pytest
import yaml

from app import explain, figures, palette
from app.language import LANGUAGES, catalogue
from app.published import _typed_out
from app.registry import all_pages
from stayhouse.landing.reasons import REMEDIES
from tests.app.words import english_sentences
from tests.building import CHECKOUT

CODE = {path: path.read_text(encoding="utf-8") for path in (CHECKOUT / "app").rglob("*.py")}


def test_languages_have_the_same_keys_and_the_same_values_to_put_in() -> None:
    english, *others = (catalogue(tongue) for tongue in LANGUAGES)
    for words in others:
        assert words.keys() == english.keys()
        for key, text in words.items():
            slots = set(re.findall(r"{(\w+)}", text))
            assert slots == set(re.findall(r"{(\w+)}", english[key])), key


def test_chinese_has_no_english_sentence() -> None:
    for key, text in catalogue("zh").items():
        assert english_sentences(text) == [], key


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_feature_and_rejection_has_its_words(tongue: str) -> None:
    path = CHECKOUT / "models" / "features" / "customer_snapshots.yml"
    (snapshots,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    features = {
        c["name"] for c in snapshots["columns"] if "family" in c.get("config", {}).get("meta", {})
    }
    codes = {
        code
        for macro in (CHECKOUT / "macros" / "reasons").glob("*.sql")
        for code in re.findall(r"then '(\w+)'", macro.read_text(encoding="utf-8"))
    }
    codes |= REMEDIES.keys() | {"order_without_lines"}
    bands = (CHECKOUT / "seeds" / "churn_segment_bands.csv").read_text(encoding="utf-8")
    groups = {row["segment"] for row in csv.DictReader(bands.splitlines())}
    assert min(len(features), len(codes), len(groups)) > 10
    words = catalogue(tongue).keys()
    for kind, values in (("feature", features), ("rejection", codes), ("group", groups)):
        assert {f"names.{kind}.{value}" for value in values} <= words


def test_every_word_that_the_code_asks_for_is_there() -> None:
    known = catalogue("en").keys()
    asked = {key for text in CODE.values() for key in re.findall(r'\bsay\(\s*"([\w.]+)"', text)}
    assert len(asked) > 150
    assert asked <= known
    # A chart or table has its definition, a page its name, question, empty state and remedy.
    drawn = {
        node.args[0].value
        for text in CODE.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"chart", "table", "computed", "listed"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert {f"how.{key}" for key in drawn} == {key for key in known if key.startswith("how.")}
    for page in all_pages():
        assert {f"{page.name}.{k}" for k in ("title", "question", "empty", "remedy")} <= known


def test_sections_of_words_are_used() -> None:
    used = set(re.findall(r'"(\w+)\.', "".join(CODE.values())))
    pages = {page.name for page in all_pages()}
    sections = {key.split(".")[0] for key in catalogue("en")}
    assert sections <= used | pages | {"names"}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    return float(np.dot(linear(colour), [0.2126, 0.7152, 0.0722]))


def linear(colour: str) -> np.ndarray:
    """A colour's red, green and blue as light, by the inverse of sRGB's curve."""
    s = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("background", palette.BACKGROUNDS)
@pytest.mark.parametrize("colour", palette.SERIES)
def test_marks_stand_out_against_both_backgrounds(colour: str, background: str) -> None:
    lighter, darker = sorted((luminance(colour), luminance(background)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


# Machado, Oliveira and Fernandes (2009), severity 1.0.
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB, white of D65."""
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    x, y, z = to_xyz @ np.clip(light, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = [math.cbrt(v) if v > (6 / 29) ** 3 else v / (3 * (6 / 29) ** 2) + 4 / 29 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(
    "together",
    [
        palette.SERIES[:4],
        tuple(palette.RISK.values()),
        tuple(palette.LIFECYCLE.values()),
        tuple(palette.STATES.values()),
    ],
)
def test_colours_that_stand_together_are_told_apart(together: tuple[str, ...], sight: str) -> None:
    for one, other in itertools.combinations(together, 2):
        apart = lab(SIGHTS[sight] @ linear(one)) - lab(SIGHTS[sight] @ linear(other))
        # About 2.3 is just noticed; ten and more are two colours.
        assert np.linalg.norm(apart) > 10, (one, other)


def test_factors_divide_a_change_without_a_rest() -> None:
    # 100 buyers, 2 orders each, 10 an order: 2,000. Then 110, 2, 9: 1,980.
    effects = explain.factor_effects([100, 2, 10], [110, 2, 9])
    assert sum(effects) == pytest.approx(-20)
    # L(1980, 2000) = -20 / ln(0.99) = 1989.983; times ln 1.1, ln 1 and ln 0.9.
    assert effects == pytest.approx([189.666, 0, -209.666], abs=0.001)


def test_factors_that_make_up_for_each_other() -> None:
    assert explain.factor_effects([2, 3], [3, 2]) == pytest.approx([2.43279, -2.43279], abs=1e-5)


def test_groups_divide_the_change_of_a_rate_without_a_rest() -> None:
    # a: 10 of 100, then 30 of 100. b: 50 of 100, then 50 of 100. Overall 0.3, then 0.4.
    effects = explain.group_effects(
        {"a": (10, 100), "b": (50, 100)}, {"a": (30, 100), "b": (50, 100)}
    )
    assert effects == pytest.approx({"a": 0.1, "b": 0.0})
    # Rates stay, b takes over: from 0.3 to 0.4 by shares alone; both are as far from the middle.
    effects = explain.group_effects(
        {"a": (10, 100), "b": (50, 100)}, {"a": (5, 50), "b": (75, 150)}
    )
    assert sum(effects.values()) == pytest.approx(0.1)
    assert effects == pytest.approx({"a": 0.0625, "b": 0.0375})
    # Whoever was not there before keeps its rate of today.
    assert sum(explain.group_effects({"a": (1, 10)}, {"a": (1, 10), "c": (5, 10)}).values()) == (
        pytest.approx(0.2)
    )
    assert explain.group_effects({}, {"a": (1, 10)}) == {}


def test_chance_is_a_test_of_two_rates() -> None:
    # z = 2.0966 and 1.9424 by the pooled formula; 1.95996 divides them.
    assert explain.differ(60, 100, 45, 100)
    assert not explain.differ(59, 100, 45, 99)
    assert not explain.differ(0, 10, 0, 10)
    # z = 2.1222: beyond 1.96, not beyond the 2.2414 of the better of two.
    assert not explain.differ(60, 100, 45, 100, questions=2)


def test_numbers_are_written_with_their_unit_and_sign() -> None:
    assert figures.count(12345) == "12,345"
    assert figures.count(float("nan")) == "–"
    assert figures.percent(0.2564) == "25.6 %"
    assert figures.money(-1234.4, "GBP") == "−£1,234"
    assert figures.change(0.031) == "+3.1 %"
    assert figures.change(-0.031) == "−3.1 %"
    assert figures.day(date(2025, 5, 4)) == "4 May 2025"


def test_the_sql_that_is_shown_can_be_typed() -> None:
    sql = _typed_out(
        "where a = $day and b = $day_from and c = $name and d = $n",
        {"day": date(2025, 1, 2), "day_from": None, "name": "O'Neill", "n": 3},
    )
    assert sql == "where a = date '2025-01-02' and b = null and c = 'O''Neill' and d = 3"
