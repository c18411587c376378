"""What a build tells people: its losses, its figures, what failed, what changed, and what to do."""
