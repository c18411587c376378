"""An erased id or address is found inside a text, in whatever script it stands."""

# ruff: noqa: RUF001, the commas of Chinese are what is tested

import pytest

from stayhouse.landing.personal import hasher
from stayhouse.landing.suppression import INSIDE, PIECE, Suppressed, digest

SECRET, KEY = b"s" * 32, "k" * 32
IDS = ("cust-abcdef", "13812345678", "李明7")


@pytest.fixture
def suppressed() -> Suppressed:
    """One erased person, with three ids and an address."""
    digests = {
        INSIDE: [digest(SECRET, "shop", INSIDE, value) for value in IDS],
        "email_hash": [digest(SECRET, "shop", "email_hash", hasher(KEY)("li@example.com"))],
    }
    longest = max(len(PIECE.findall(value)) for value in IDS)
    return Suppressed("shop", SECRET, digests, longest, hasher(KEY))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail li@example.com thanks", "mail erased thanks"),
        ("邮箱li@example.com", "邮箱erased"),
        ("li@example.com，谢谢", "erased，谢谢"),
        ("邮箱：li@example.com，谢谢", "邮箱：erased，谢谢"),
        ("客户cust-abcdef您好", "客户erased您好"),
        ("call cust-abcdef now", "call erased now"),
        ("电话13812345678", "电话0"),
        ("お客様13812345678です", "お客様0です"),
        ("客户李明7您好", "客户李明7您好"),
        ("id=李明7", "id=erased"),
        # Somebody else's, which only looks alike.
        ("call xcust-abcdef now", "call xcust-abcdef now"),
        ("cust-abcdefg您好", "cust-abcdefg您好"),
        ("813812345678", "813812345678"),
        ("邮箱wli@example.com", "邮箱wli@example.com"),
        ("邮箱li@example.com.cn", "邮箱li@example.com.cn"),
    ],
)
def test_an_id_is_found_in_a_text(suppressed: Suppressed, text: str, left: str) -> None:
    assert suppressed.redacted(text) == left
    assert suppressed.is_named_in(text) is (left != text)
