"""The long versions of what the tests hold: `make soak` runs them.

Slower than the other tests, so the files have names that pytest collects only when it is told to.
"""
