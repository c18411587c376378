"""What needs the extra `language`: `make test-language` runs it.

The files have names that pytest collects only when it is told to: `make test` needs no extra.
"""
