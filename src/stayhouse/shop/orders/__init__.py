"""Orders, and their money to the penny."""
