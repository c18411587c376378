"""A good build's marts, copied to where BI tools read."""
