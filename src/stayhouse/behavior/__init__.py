"""What people do in the shop: where a step of the funnel broke, and what they buy together."""

from stayhouse.behavior.alarms import find_alarms
from stayhouse.behavior.rules import find_rules

__all__ = ["find_alarms", "find_rules"]
