"""``python -m app``: Streamlit, listening once everything is loaded that the first page needs."""

import logging
import sys
from pathlib import Path

from streamlit.web.cli import main

from app.shell import warm
from stayhouse.base.environment import use_environment
from stayhouse.base.project import project_root

use_environment(project_root())
# Streamlit says of each part of a page that nobody is there to see it.
logging.disable(logging.WARNING)
warm()
logging.disable(logging.NOTSET)
sys.argv[1:1] = ["run", str(Path(__file__).with_name("main.py"))]
main(prog_name="streamlit")
