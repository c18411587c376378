"""Whoever meets a check that fails is told what it holds and what to do."""

from stayhouse.explain import REMEDY, law_text
from tests.architecture.house import House

_SHORTEST = 20


def laws_say_what_to_do(house: House) -> list[str]:
    """The comment that opens a law says what holds, and then what to do where it does not."""
    return [
        f"{path} does not say {lack}: open it with a comment of what holds, and after "
        f'"{REMEDY}" where to look and what to do.'
        for path, text in house.paths("tests/laws/", suffix=".sql")
        for lack, said in zip(("what holds", "what to do"), law_text(text), strict=True)
        if len(said) < _SHORTEST
    ]


def unit_tests_say_what_they_hold(house: House) -> list[str]:
    """The description of a unit test is what a reader of its failure goes by."""
    return [
        f"{test['original_file_path']}: unit test {test['name']} says nothing of the rule that it "
        "holds: give it a description."
        for test in house.manifest["unit_tests"].values()
        if not (test["description"] or "").strip()
    ]


RULES = (laws_say_what_to_do, unit_tests_say_what_they_hold)
