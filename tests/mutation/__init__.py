"""Faults planted in a copy of the project, each of which the checks must catch.

Slower than the other tests, so the file has a name that pytest collects only when it is told to:
`make mutation`.
"""
