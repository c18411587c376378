"""What people do in the shop: what broke, what goes together, and what the next weeks bring."""

from stayhouse.behavior.alarms import find_alarms
from stayhouse.behavior.forecasts import forecast_activity
from stayhouse.behavior.rules import find_rules

__all__ = ["find_alarms", "find_rules", "forecast_activity"]
