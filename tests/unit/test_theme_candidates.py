"""Candidates for themes: planted subjects are found, and no word that few persons used is told."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from stayhouse.feedback import propose_themes
from tests.building import CHECKOUT

_YAML = CHECKOUT / "python_models" / "feedback" / "ml_theme_candidates.yml"
SEARCH: dict[str, Any] = yaml.safe_load(_YAML.read_text())["models"][0]["config"]["meta"]["search"]
SUBJECTS = {
    "gift": "gift wrapping ribbon birthday present paper",
    "repair": "repair guarantee warranty spare mend workshop",
    "allergy": "allergy rash skin ingredients perfume itchy",
}
FILLER = "really think thing bought family winter summer morning colour happy week house garden"
Text = tuple[str, str, str | None, str]


def planted(count: int, subjects: dict[str, str] = SUBJECTS, seed: int = 0) -> list[Text]:
    """Kind, id (which begins with its subject), person and text, of each subject as many."""
    draws = np.random.default_rng(seed)
    found: list[Text] = []
    for place in range(count):
        subject = list(subjects)[place % len(subjects)]
        words = [*draws.choice(subjects[subject].split(), 3), *draws.choice(FILLER.split(), 2)]
        kind = "review" if place % 2 else "message"
        found.append((kind, f"{subject} {place:03}", f"person {place}", " ".join(words)))
    return found


def proposed(texts: list[Text], language: str = "en", **search: Any) -> pd.DataFrame:
    names = ["text_kind", "text_id", "person_id", "text"]
    frame = pd.DataFrame(texts, columns=names).assign(source_name="shop")
    judged = frame[["source_name", "text_kind", "text_id"]].assign(
        language=language, themes="other"
    )
    return propose_themes(frame, judged, SEARCH | {"candidates": 3} | search)


def words_of(found: pd.DataFrame) -> set[str]:
    return set(", ".join(found["words"]).split(", "))


def test_planted_subjects_are_proposed_with_their_texts() -> None:
    found = proposed(planted(300))
    assert list(found["candidate"]) == [1, 2, 3]
    assert list(found["text_count"]) == sorted(found["text_count"], reverse=True)
    assert found["text_count"].sum() >= 285
    assert set(found["other_text_count"]) == {300}
    subjects = set()
    for row in found.itertuples():
        examples = [row.example_1, row.example_2, row.example_3]
        (subject,) = {str(example).split()[0] for example in examples}
        subjects.add(subject)
        assert set(str(row.words).split(", ")) <= set(SUBJECTS[subject].split())
        # Reviews alone are examples: they have the odd numbers.
        assert all(int(str(example).split()[1]) % 2 for example in examples)
        assert row.person_count == row.text_count
    assert subjects == set(SUBJECTS)


def test_a_word_of_four_persons_is_never_told_and_of_five_may_be() -> None:
    """Fifty texts have it: what counts is how many wrote them."""
    for people, is_told in ((4, False), (5, True)):
        said = [
            ("review", f"said {place:03}", f"teller {place % people}", "Rumpelstilzchen gift")
            for place in range(50)
        ]
        assert ("rumpelstilzchen" in words_of(proposed(planted(300) + said))) == is_told


def test_of_whom_nobody_knows_who_it_was_makes_no_word_common() -> None:
    said: list[Text] = [
        ("message", f"said {place:03}", None, "Rumpelstilzchen gift") for place in range(50)
    ]
    assert "rumpelstilzchen" not in words_of(proposed(planted(300) + said))


def test_a_candidate_of_few_persons_is_withheld() -> None:
    """Four persons wrote all of a subject; its words are common all the same, since ten others said
    each of them once among much else."""
    texts = [
        (kind, text_id, f"person {place // 3 % 4}" if text_id.startswith("gift") else person, text)
        for place, (kind, text_id, person, text) in enumerate(planted(300))
    ]
    asides: list[Text] = [
        ("review", f"aside {word} {n}", f"{word} {n}", f"{SUBJECTS['repair']} {word}")
        for word in SUBJECTS["gift"].split()
        for n in range(10)
    ]
    found = proposed(texts + asides)
    assert len(found) == 2
    assert not words_of(found) & set(SUBJECTS["gift"].split())
    assert len(proposed(texts + asides, least_people=4)) == 3


def test_fewer_texts_than_are_needed_have_no_candidates() -> None:
    texts = planted(200)
    assert len(proposed(texts, least_texts=200)) == 3
    assert proposed(texts[:199], least_texts=200).empty
    assert proposed([]).empty


def test_what_has_a_theme_or_no_letters_is_not_read() -> None:
    texts = planted(300)
    frame = pd.DataFrame(texts, columns=["text_kind", "text_id", "person_id", "text"])
    frame = frame.assign(source_name="shop")
    judged = frame[["source_name", "text_kind", "text_id"]].assign(language="en", themes="other")
    judged.loc[judged["text_id"].str.startswith("gift"), "themes"] = "delivery"
    judged.loc[judged["text_id"].str.startswith("repair"), "language"] = "none"
    found = propose_themes(frame, judged, SEARCH | {"least_texts": 100, "candidates": 3})
    assert set(found["other_text_count"]) == {100}
    assert words_of(found) <= set((SUBJECTS["allergy"] + " " + FILLER).split())


# Texts of two exact parts: the fit comes ever nearer to them, and never stops of itself.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_sources_and_languages_are_read_apart_and_chinese_by_pairs_of_characters() -> None:
    subjects = {"gift": "礼物 包装 生日", "repair": "维修 保修 配件"}
    chinese = [
        (kind, text_id, person, "、".join(text.split()[:3]))
        for kind, text_id, person, text in planted(240, subjects)
    ]
    found = proposed(chinese, "zh", candidates=2)
    assert len(found) == 2
    assert words_of(found) == set(" ".join(subjects.values()).split())
    for row in found.itertuples():
        assert len({word in subjects["gift"].split() for word in str(row.words).split(", ")}) == 1


def test_an_address_that_was_taken_out_is_no_word() -> None:
    texts = [
        (kind, text_id, person, f"{text} [email] [phone]")
        for kind, text_id, person, text in planted(300)
    ]
    assert not words_of(proposed(texts, most_share=1.0, words=40)) & {"email", "phone"}


def test_the_same_texts_in_another_order_are_the_same_candidates() -> None:
    texts = planted(300)
    shuffled = [texts[place] for place in np.random.default_rng(1).permutation(len(texts))]
    pd.testing.assert_frame_equal(proposed(texts), proposed(shuffled))
    pd.testing.assert_frame_equal(
        proposed(texts, most_texts=200), proposed(shuffled, most_texts=200)
    )


def test_of_many_texts_some_are_fitted_and_all_are_counted() -> None:
    found = proposed(planted(600), most_texts=150)
    assert set(found["other_text_count"]) == {600}
    assert found["text_count"].sum() >= 560


def test_texts_without_a_common_word_have_no_candidates() -> None:
    names = [f"own{chr(97 + place // 26)}{chr(97 + place % 26)}" for place in range(250)]
    assert proposed([("review", name, name, f"{name} a bc") for name in names]).empty
