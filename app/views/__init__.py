"""One page a file; see :mod:`app.registry`. (Streamlit takes a folder `pages` for its own.)"""
