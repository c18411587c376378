"""Personal values leave landing only as keyed hashes."""

import hmac
import unicodedata
from collections.abc import Callable
from pathlib import Path

from stayhouse.base.errors import StayhouseError
from stayhouse.base.project import DEMO_PII_KEY, sample_path

MIN_KEY_LENGTH = 32
_MARK = ".key-mark"
# What programs write where there is no value, in lower case. A hash no longer tells, so it is asked
# here; macros/code_value.sql asks the same of the values that land as text.
NO_VALUE = frozenset(
    {"", "-", "--", "null", "\\n", "none", "nan", "<na>", "undefined", "n/a", "#n/a"}
)
# An id of digits behind the sign that keeps a spreadsheet from taking it for a number: '7210.
TEXT_SIGN = r"^\s*'([0-9]+)\s*$"

Hasher = Callable[[str], str]


def checked_key(key: str | None, root: Path, landing: Path, source: str) -> str:
    """Return the key if it may be used for this landing folder.

    Args:
        key: the value of ``STAYHOUSE_PII_KEY``, or None.
        root: the project's folder.
        landing: the landing folder.
        source: the source that marks personal columns, for the message.

    Raises:
        StayhouseError: the key is missing, short, the public demo key outside the sample, or
            another one than that of what has landed.
    """
    if key is None:
        raise StayhouseError(
            f"The source {source} has personal columns and STAYHOUSE_PII_KEY is not set: set it "
            f"to a secret of at least {MIN_KEY_LENGTH} characters, and keep it, since a new key "
            "makes new hashes."
        )
    if len(key) < MIN_KEY_LENGTH:
        raise StayhouseError(
            f"STAYHOUSE_PII_KEY has {len(key)} characters: set a secret of at least "
            f"{MIN_KEY_LENGTH}."
        )
    if key == DEMO_PII_KEY and landing.resolve() != sample_path(root).resolve():
        raise StayhouseError(
            "STAYHOUSE_PII_KEY is the public demo key, which protects only the sample shop: set "
            "a secret of your own before landing real people."
        )
    mark = landing / _MARK
    if (
        mark.is_file()
        and any(landing.glob("*/*/batch_id=*"))
        and mark.read_text("utf-8") != _marked(key)
    ):
        raise StayhouseError(
            f"STAYHOUSE_PII_KEY is another key than the one of what has landed in {landing}, so "
            "people who are known would come as strangers: set the key of before. Where that is "
            "lost, take back what landed ('stayhouse unland <source> --all') and land it anew."
        )
    return key


def mark_key(key: str, landing: Path) -> None:
    """Leave in a landing folder by what the key of its hashes is known; not the key itself."""
    mark, text = landing / _MARK, _marked(key)
    if not mark.is_file() or mark.read_text("utf-8") != text:
        mark.write_text(text, encoding="utf-8")


def _marked(key: str) -> str:
    return hmac.digest(key.encode(), b"stayhouse: the key of this landing", "sha256").hex() + "\n"


def hasher(key: str) -> Hasher:
    """Return the function that turns a personal value into its keyed hash.

    The hash is HMAC-SHA256 of the value without blanks around it, in lower case and in NFC, as 64
    hexadecimal digits: one person who types an e-mail address in two ways stays one person.
    """
    secret = key.encode()

    def keyed_hash(value: str) -> str:
        text = unicodedata.normalize("NFC", value.strip().lower())
        return hmac.digest(secret, text.encode(), "sha256").hex()

    return keyed_hash
