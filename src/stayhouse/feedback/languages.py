"""The language of a text, by its script and by the commonest words of European languages.

A shop needs to know which model may judge a text, that of English, that of Chinese or none.
Libraries that tell fifty languages apart need more words than a review has.
"""

import re
from collections import Counter
from itertools import chain

import pandas as pd

# Ideographs: Chinese, where no Japanese or Korean letters stand beside them.
_NO_IDEOGRAPHS = r"[^㐀-䶿一-鿿]+"
_NO_KANA_OR_HANGUL = r"[^぀-ヿ가-힯]+"
_LATIN = r"A-Za-zÀ-ɏ"
_NO_LETTERS = r"[\W\d_]+"
# The words that a text of the language can hardly do without, and that the others lack.
_WORDS = {
    "en": "the and is it was this with not for but very my are have so of too good great",
    "de": "und der die das ist nicht mit sehr ich ein eine zu für auf den war auch "
    "ganz leider alles kein keine nichts wie zum vom nur noch immer wieder gerne gut kaputt",
    "fr": "et le les est pas avec très je une des du pour mais bien qui que sur "
    "tout rien livraison produit bonne merci reçu",
    "es": "y el los es muy con por para pero las que no una está bien más "
    "todo nada producto calidad buena bueno gracias llegó",
    "it": "e il che non è molto con per sono una di ma bene ho della "
    "tutto niente prodotto ottimo buono grazie arrivato",
    "nl": "en het een is niet met zeer van ik de dat maar erg goed voor "
    "alles niets geen goede snel bedankt kapot",
    "pt": "e o os é não muito com para uma mas bem que foi do da "
    "tudo nada produto ótimo obrigado chegou",
}
_WORD = re.compile(r"\w+")
_LANGUAGES: dict[str, list[str]] = {}
for _language, _common in _WORDS.items():
    for _word in _common.split():
        _LANGUAGES.setdefault(_word, []).append(_language)
NONE, OTHER = "none", "other"


def languages_of(texts: pd.Series) -> pd.Series:
    """Return `en`, `zh`, `other` or `none` for each text, shape (texts,).

    Chinese is what has at least as many ideographs as words of other scripts, since each is a word
    or nearly one, and few letters of Japanese or Korean. A Latin text is English where more of its
    words are common in English than in any of six other languages, or none is common anywhere and
    all its letters are those of English. `none` is a text without a letter: numbers, signs, emoji.
    """
    texts = texts.fillna("").astype("object")
    ideographs = _length_without(texts, _NO_IDEOGRAPHS)
    others = _length_without(texts, _NO_KANA_OR_HANGUL)
    latin = _length_without(texts, rf"[^{_LATIN}]+")
    letters = _length_without(texts, _NO_LETTERS)
    words = texts.str.count(rf"[{_LATIN}]+")
    found = pd.Series(OTHER, index=texts.index, dtype="str")
    is_latin = (latin > 0) & (2 * latin >= letters - ideographs) & (words > ideographs)
    found[is_latin & _is_english(texts.where(is_latin, ""))] = "en"
    found[(ideographs > 0) & (ideographs >= words) & (2 * others < ideographs)] = "zh"
    found[letters == 0] = NONE
    return found


def is_mixed(texts: pd.Series) -> pd.Series:
    """Return of which texts a quarter of the words or more is of the smaller of two scripts."""
    ideographs = _length_without(texts, _NO_IDEOGRAPHS)
    words = texts.str.count(rf"[{_LATIN}]+")
    smaller = ideographs.where(ideographs < words, words)
    return (smaller > 0) & (4 * smaller >= ideographs + words)


def _length_without(texts: pd.Series, pattern: str) -> pd.Series:
    """How many characters are left, which is quicker told than by counting them one by one."""
    return texts.str.replace(pattern, "", regex=True).str.len()


def _is_english(texts: pd.Series) -> pd.Series:
    counts = [_common_words(text) for text in texts.str.lower()]
    hits = pd.DataFrame(counts, columns=["en", "best_other"], index=texts.index)
    is_plain = ~texts.str.contains(r"[À-ɏ]", regex=True)
    return (hits["en"] > hits["best_other"]) | ((hits["en"] == hits["best_other"]) & is_plain)


def _common_words(text: str) -> tuple[int, int]:
    """How many words of a text are common in English, and in that other language of most."""
    hits = Counter(
        chain.from_iterable(_LANGUAGES[w] for w in _WORD.findall(text) if w in _LANGUAGES)
    )
    return hits.pop("en", 0), max(hits.values(), default=0)
