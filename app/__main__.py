"""``python -m app``: Streamlit with what the first visitor would otherwise wait for."""

import sys
from pathlib import Path

import altair  # noqa: F401
import duckdb  # noqa: F401
import pandas  # noqa: F401
from streamlit.web.cli import main

sys.argv[1:1] = ["run", str(Path(__file__).with_name("main.py"))]
main(prog_name="streamlit")
