"""What people should see next: ways to recommend, judged by what was then bought, and lists."""

from stayhouse.recommendations.judge import evaluate
from stayhouse.recommendations.recommend import recommend

__all__ = ["evaluate", "recommend"]
