"""Whoever meets a check that fails is told what it holds and what to do."""

import ast
import re

from stayhouse.reports.explain import REMEDY, law_text
from tests.architecture.house import House

_SHORTEST = 20
# What a sentence asks for. One that asks with another word adds the word.
_ASKS = {
    *("add", "bring", "build", "change", "check", "choose", "compare", "correct", "end", "export"),
    *("fetch", "fill", "fit", "give", "install", "keep", "leave", "list", "make", "mend", "move"),
    *("name", "pass", "publish", "restore", "run", "save", "say", "set", "start", "take", "use"),
    *("wait", "write", "must"),
}


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


def errors_say_what_to_do(house: House) -> list[str]:
    """A refusal ends with what to do, after the first colon or semicolon outside of brackets."""
    return [
        f'{path}:{line}: "{text}" does not say what to do: after a colon, tell it with one of '
        "the words in tests/architecture/remedies.py, or add your word there."
        for path, source in house.paths("src/", suffix=".py")
        for line, text in _refusals(source)
        if not _ASKS & set(re.findall(r"[a-z]+", re.split(r"[:;]", text, maxsplit=1)[-1]))
    ]


def _refusals(source: str) -> list[tuple[int, str]]:
    """Line and text of each StayhouseError; what is put in reads as ``_``.

    A text that ends with something put in is completed elsewhere, and not looked at.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "StayhouseError":
            parts = getattr(node.args[0], "values", node.args)
            texts = [str(part.value) if isinstance(part, ast.Constant) else "_" for part in parts]
            text = "".join(texts)
            if not text.endswith(("_", "_.")) or "_" not in texts:
                found.append((node.lineno, text))
    return found


RULES = (laws_say_what_to_do, unit_tests_say_what_they_hold, errors_say_what_to_do)
