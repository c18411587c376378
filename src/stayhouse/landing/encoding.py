"""Which encoding a text is in: found from all of its bytes, or asked.

UTF-8 is what most files are, and costs one look. A file that is not is one of another encoding
where hardly a line with other letters is UTF-8; else it is UTF-8, and damaged lines are rejected.
"""

import codecs
import unicodedata
from collections.abc import Callable, Iterable

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.files import InputFile
from stayhouse.landing.notation import UTF8, encoding_name

_CHUNK = 1_000_000
# Of the lines that tell encodings apart, so many bytes.
_SAMPLE = 500_000
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Apostrophe, soft hyphen and the Catalan point stand within words.
_IN_WORDS = "\u2019\u00ad\u00b7"
_BEHIND = "®™©°²³"
# The share of a text's letters that must be such as people write.
_PLAUSIBLE = 0.85
_BY_CHANCE = 0.1
# So many ways to read a text are shown to whoever must say which it is.
_PROPOSED = 3


def found_encoding(file: InputFile, warn_rate: float) -> str:
    """Return the encoding of a text file, by Python's name.

    Args:
        file: the file.
        warn_rate: up to this share of its lines, bytes that no encoding knows are damage.

    Raises:
        StayhouseError: it is not UTF-8, and could be several others or none of those known here.
    """
    start = next(file.chunks(4), b"")
    if mark := next((name for bom, name in _MARKS if start.startswith(bom)), None):
        return mark
    if _is_utf8(file.chunks(_CHUNK)):
        return UTF8
    good = bad = taken = count = 0
    sample = []
    for line in _lines(file.chunks(_CHUNK)):
        count += 1
        if line.isascii():
            continue
        try:
            line.decode()
            good += 1
        except UnicodeDecodeError:
            bad += 1
            if taken < _SAMPLE:
                sample.append(line)
            taken += len(line)
    # Some short words of Chinese are sound UTF-8 by chance.
    if not bad or good > _BY_CHANCE * (good + bad):
        return UTF8
    return _proposed(b"\n".join(sample), file, is_damage=bad <= warn_rate * count)


def _is_utf8(chunks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            # What is plain ASCII need not be decoded, where no letter is half read.
            if decoder.getstate()[0] or not chunk.isascii():
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(chunks: Iterable[bytes]) -> Iterable[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        yield from lines
    yield rest


def _proposed(sample: bytes, file: InputFile, *, is_damage: bool) -> str:
    fits = [
        codec
        for codec, is_plausible in _KNOWN
        if (text := _decoded(sample, codec)) is not None and is_plausible(text)
    ]
    if len(fits) == 1:
        return fits[0]
    if not fits and is_damage:
        return UTF8  # those few lines are rejected
    import charset_normalizer  # slow to import, and seldom asked

    ways = [match.encoding.replace("_", "-") for match in charset_normalizer.from_bytes(sample)]
    # What is known here was asked before, and does not fit.
    known = [codec for codec, _ in _KNOWN]
    fits = fits or [codec for codec in ways if codec not in known][:_PROPOSED] or ways[:1]
    line = min(sample.split(b"\n"), key=len)
    first = next(place for place, byte in enumerate(line) if byte > 0x7F)
    line = line[first : first + 40]
    shown = " or ".join(f"{encoding_name(codec)} ({_shown(line, codec)})" for codec in fits)
    raise StayhouseError(
        f"{file.name} is not in UTF-8 and "
        + (f"looks like {shown}" if shown else "like no encoding known here")
        + f": say its encoding, as in --encoding {fits[0] if fits else 'cp1252'}, or save it in "
        "UTF-8."
    )


def _shown(line: bytes, codec: str) -> str:
    """Return two of the letters that decide: enough to tell, too few to name anybody."""
    text = line.decode(codec, "replace")
    return "".join(char for char in text if not char.isascii())[:2]


def _decoded(sample: bytes, codec: str) -> str | None:
    try:
        return sample.decode(codec)
    except UnicodeDecodeError:
        return None


def _western(text: str) -> bool:
    """Letters with accents stand alone or by twos, and signs stand apart from letters."""
    likely = total = run = 0
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        run = 0 if char.isascii() else run + 1
        if run:
            total += 1
            likely += run <= 2 and _stands_well(before, char, after)
    return likely >= _PLAUSIBLE * total


def _stands_well(before: str, char: str, after: str) -> bool:
    category = unicodedata.category(char)
    if category.startswith("L") or char in _IN_WORDS:
        return True
    if category.startswith("P"):
        return not (before.isalpha() and after.isalpha())
    return category != "Cc" and not after.isalpha() and (not before.isalpha() or char in _BEHIND)


def _han(text: str) -> bool:
    """Most are marks or of the 3,755 characters of everyday Chinese, the first level of GB 2312.

    The bytes of Cyrillic are Chinese too, but of the second level.
    """

    def is_usual(char: str) -> bool:
        raw = char.encode("gb2312", "replace")
        is_kana = "\u3040" <= char <= "\u30ff"
        return len(raw) == 2 and 0xA1 <= raw[0] <= 0xD7 and not is_kana

    return _share(text, is_usual)


def _hangul(text: str) -> bool:
    """All but a few are syllables of Korean: its bytes are Chinese, too."""
    return _share(text, lambda char: "\uac00" <= char <= "\ud7a3")


def _kana(text: str) -> bool:
    """All but a few are kana of full width, marks, or kanji of the first level of JIS."""

    def is_usual(char: str) -> bool:
        raw = char.encode("cp932", "replace")
        return len(raw) == 2 and 0x81 <= raw[0] <= 0x98

    return _share(text, is_usual)


def _share(text: str, is_usual: Callable[[str], bool]) -> bool:
    letters = [char for char in text if not char.isascii()]
    return sum(map(is_usual, letters)) >= _PLAUSIBLE * len(letters)


_KNOWN = (("cp1252", _western), ("gb18030", _han), ("cp932", _kana), ("cp949", _hangul))
