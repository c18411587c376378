"""The warehouse against the planted shop: what it prints, beside what was planted."""
