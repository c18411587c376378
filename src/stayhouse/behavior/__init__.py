"""What people do in the shop: when a step of the funnel broke, and where."""

from stayhouse.behavior.alarms import find_alarms

__all__ = ["find_alarms"]
