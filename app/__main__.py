"""``python -m app``: Streamlit, listening once everything is loaded that the first page needs.

What follows is given to Streamlit: ``python -m app --server.port 8600``.
"""

import gc
import logging
import sys
from pathlib import Path

from altair.utils.schemapi import disable_debug_mode
from streamlit.web.cli import main

from stayhouse.base.environment import use_environment
from stayhouse.base.project import project_root


def run() -> None:
    """Load the first page, and let Streamlit listen."""
    use_environment(project_root())
    # Streamlit says of each part of a page that nobody is there to see it.
    logging.disable(logging.WARNING)
    from app.shell import warm

    warm()
    logging.disable(logging.NOTSET)
    # A quarter of what each click costs the server: Altair holds each chart against its schema, as
    # the tests of charts do, and Streamlit looks for garbage among all that is loaded by now.
    disable_debug_mode()
    gc.freeze()
    # It read its settings without those of this folder, and takes them for a change.
    logging.getLogger("streamlit.config").addFilter(
        lambda record: "option section was detected" not in record.getMessage()
    )
    sys.argv[1:1] = ["run", str(Path(__file__).with_name("main.py"))]
    main(prog_name="streamlit")


run()
