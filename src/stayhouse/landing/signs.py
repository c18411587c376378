"""Whose the sign of a currency is that stands beside an amount."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# By Unicode's currency symbols, and by words: the codes of ISO 4217 that are written so.
_SIGNS = {
    **{"€": "EUR", "£": "GBP EGP FKP GIP SHP SSP SDG SYP LBP", "₹": "INR", "₩": "KRW", "원": "KRW"},
    "$": "USD ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MOP MXN "
    "NAD NIO NZD SBD SGD SRD TOP TTD TWD UYU WST XCD",
    **{"¥": "JPY CNY", "￥": "JPY CNY", "円": "JPY", "圓": "JPY TWD HKD", "元": "CNY TWD HKD"},
    **{"zł": "PLN", "Kč": "CZK", "₽": "RUB", "₺": "TRY", "₫": "VND", "฿": "THB", "₪": "ILS"},
    **{"₴": "UAH", "Fr": "CHF", "Ft": "HUF", "lei": "RON MDL", "лв": "BGN"},
    **{"kr": "SEK NOK DKK ISK", "Rs": "INR PKR LKR NPR MUR SCR"},
}
# Letters that do not begin the code.
_LETTERED = {
    **{"C$": "CAD NIO", "CDN$": "CAD", "EC$": "XCD", "MEX$": "MXN", "NT$": "TWD", "R$": "BRL"},
    **{"RD$": "DOP", "Z$": "ZWL ZWG"},
}


@dataclass(frozen=True)
class CurrencyOf:
    """What says the currency of a table's amounts: a column of its own, else another table of
    their order, else ``base``, the base currency.
    """

    base: str
    column: str | None = None
    table: str | None = None


def are_one_currency(signs: Sequence[str]) -> bool:
    """Return whether signs beside amounts may all stand for one currency, as ¥, 円 and JPY do.

    Letters before a symbol, as in CA$, tell it from the symbol alone.
    """
    codes = [
        {sign} if re.fullmatch("[A-Z]{3}", sign) else set(_SIGNS.get(sign, "").split())
        for sign in signs
    ]
    return len(signs) < 2 or bool(set.intersection(*codes))


def codes_of(sign: str) -> set[str] | None:
    """Return the currencies that a sign beside an amount may stand for; None: nobody knows here."""
    if re.fullmatch("[A-Z]{3}", sign):
        return {sign}
    # What stands before and behind the digits comes as one, such as $CAD.
    ((letters, symbol, code),) = re.findall(r"\A([A-Za-z]*)[.]?(.*?)([A-Z]{3})?\Z", sign)
    known = _SIGNS.get(sign.rstrip(".")) or _SIGNS.get(symbol)
    if known is None or code:
        return {code} if code else None
    # Letters before a symbol begin the code, as in US$; others say no more than the symbol.
    named = _LETTERED.get(letters.upper() + symbol, "").split()
    begun = [c for c in known.split() if letters and c.startswith(letters.upper()[:2])]
    return set(named or begun or known.split())


def may_mean(sign: str, currency: str) -> bool:
    """Return whether a sign beside an amount may stand for a currency; of an unknown one it may."""
    codes = codes_of(sign)
    return codes is None or currency in codes
