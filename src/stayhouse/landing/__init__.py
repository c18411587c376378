"""Landing: the one door through which raw files become numbered batches of Parquet."""

from stayhouse.landing.land import Landing, land
from stayhouse.landing.manifest import Batch

__all__ = ["Batch", "Landing", "land"]
