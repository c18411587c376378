"""Ten minutes through the sample shop: ``docs/tour.md``, made by ``make tour``."""
