"""How customers feel: the language and the sentiment of what they write."""

from stayhouse.feedback.texts import judge_texts

__all__ = ["judge_texts"]
