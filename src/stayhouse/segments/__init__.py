"""What kinds of customer there are: clusters of people who buy and visit alike."""

from stayhouse.segments.clusters import fit_clusters

__all__ = ["fit_clusters"]
