"""Pull tables out of a database, from where the last pull ended, and land what is new.

Only ``database`` and ``reading`` need the extra ``pull`` (dlt, SQLAlchemy and drivers).
"""
