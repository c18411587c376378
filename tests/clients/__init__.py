"""Other programs that read what was published, each installed into ``build/clients``."""
