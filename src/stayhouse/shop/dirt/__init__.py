"""What goes wrong with rows on their way, and what should become of them."""
