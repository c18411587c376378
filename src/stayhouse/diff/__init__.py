"""Which marts' rows changed between two builds, and by how much."""
