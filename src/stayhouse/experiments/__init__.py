"""Whether an arm of an experiment did better than its control, and how sure that is."""
