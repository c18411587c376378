"""The data dictionary: what every public mart means, in words and in Mermaid, from the YAML."""
