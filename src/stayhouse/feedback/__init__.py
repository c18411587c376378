"""How customers feel: the language and the sentiment of what they write."""

from stayhouse.feedback.alerts import find_alerts
from stayhouse.feedback.candidates import propose_themes
from stayhouse.feedback.texts import judge_texts, judge_texts_anew

__all__ = ["find_alerts", "judge_texts", "judge_texts_anew", "propose_themes"]
