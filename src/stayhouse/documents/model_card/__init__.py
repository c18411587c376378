"""The model card: one page on the churn model, made from the published marts."""
