"""Landing: the one door through which raw files become numbered batches of Parquet."""

from stayhouse.landing.batch import Batch
from stayhouse.landing.land import Landing, land

__all__ = ["Batch", "Landing", "land"]
