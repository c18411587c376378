"""Sources that nobody described yet: what files seem to hold, written down as a source's folder."""
