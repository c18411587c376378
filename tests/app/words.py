"""What a page in Chinese may say in Latin letters, and what it may not."""

import re

# Four words in a row are a sentence, or most of one; a name (Kaplan–Meier, BG/NBD) is shorter.
_SENTENCE = re.compile(r"[A-Za-z][A-Za-z'-]*(?:[ ,;:]+[A-Za-z][A-Za-z'-]*){3,}")


def english_sentences(text: str) -> list[str]:
    """Return the runs of four and more Latin words; words of different lines are no run."""
    return [run for line in text.splitlines() for run in _SENTENCE.findall(line)]
