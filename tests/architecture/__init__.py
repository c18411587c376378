"""The rules of the house, as tests.

A rule is a function ``(House) -> list[str]``: one sentence an offence, naming the place, the
mistake and the remedy. Rules lie by what they look at: ``rooms`` (who reads whom), ``sql`` (what a
model may say), ``specs`` (YAML beside a model), ``sources`` (staging), ``personal`` (what is of
people), ``macros``, ``python``.
A new rule joins ``RULES`` of its module and gets an offence in one of the
``planted_*``; ``test_planted`` fails where a rule has none.
"""
