"""What needs PyTorch: `make test-deep` runs it.

The files have names that pytest collects only when it is told to: `make test` needs no extra.
"""
