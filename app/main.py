"""What ``streamlit run app/main.py`` runs, again for each click."""

import sys
from pathlib import Path

# Streamlit puts this folder on the path, and the package is called `app`.
if (checkout := str(Path(__file__).resolve().parents[1])) not in sys.path:
    sys.path.insert(0, checkout)

from app.shell import show

show()
