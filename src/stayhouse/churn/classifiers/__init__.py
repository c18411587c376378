"""The classifiers of the comparison, one family a file: how each learns and is written down."""
