"""The classifiers of the line-up, one family a file: how each learns and is written down."""
