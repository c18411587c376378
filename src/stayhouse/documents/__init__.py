"""Pages made from the YAML and the marts: the data dictionary, the model card."""
