"""Whether an arm of an experiment did better than its control, and how sure that is."""

from stayhouse.experiments.results import experiment_results

__all__ = ["experiment_results"]
