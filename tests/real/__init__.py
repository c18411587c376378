"""Published data sets with figures to reproduce; they lie outside of the repository."""
