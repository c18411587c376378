"""The data dictionary: what every public mart means, in words and as a picture, from the YAML."""
