"""What is seen of people on the site: sessions and their events."""
