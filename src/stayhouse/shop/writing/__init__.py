"""Records as the text and the files that a platform would export."""
