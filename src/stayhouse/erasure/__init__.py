"""Erasure: taking a person out of everything that this warehouse holds, for good."""
