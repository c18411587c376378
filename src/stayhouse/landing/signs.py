"""Whose the sign of a currency is that stands beside an amount."""

import re
from collections.abc import Sequence

# By Unicode's currency symbols, and by words: the codes of ISO 4217 that are written so.
_SIGNS = {
    **{"€": "EUR", "£": "GBP EGP FKP GIP SHP SSP SDG SYP LBP", "₹": "INR", "₩": "KRW", "원": "KRW"},
    "$": "USD ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MOP MXN "
    "NAD NIO NZD SBD SGD SRD TOP TTD TWD UYU WST XCD",
    **{"¥": "JPY CNY", "￥": "JPY CNY", "円": "JPY", "圓": "JPY TWD HKD", "元": "CNY TWD HKD"},
    **{"zł": "PLN", "Kč": "CZK", "₽": "RUB", "₺": "TRY", "₫": "VND", "฿": "THB", "₪": "ILS"},
    "₴": "UAH",
}


def are_one_currency(signs: Sequence[str]) -> bool:
    """Return whether signs beside amounts may all stand for one currency, as ¥, 円 and JPY do.

    Letters before a symbol, as in CA$, tell it from the symbol alone.
    """
    codes = [
        {sign} if re.fullmatch("[A-Z]{3}", sign) else set(_SIGNS.get(sign, "").split())
        for sign in signs
    ]
    return len(signs) < 2 or bool(set.intersection(*codes))


def may_mean(sign: str, base_currency: str) -> bool:
    """Return whether a sign beside an amount may stand for a currency; of an unknown one it may.

    Letters before a symbol, as in US$, say no more here than the symbol.
    """
    if re.fullmatch("[A-Z]{3}", sign):
        return sign == base_currency
    codes = _SIGNS.get(sign) or _SIGNS.get(sign[-1])
    return codes is None or base_currency in codes.split()
