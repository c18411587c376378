"""Parts of pages: what a page shows under one heading, where the page alone would be too long."""
