"""What sqlfluff says of one file, where it is installed: said early, since `make test` asks it of
all.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path


def style_of(root: Path, path: Path) -> list[str]:
    """Return what of a file's SQL is not in the house's style, a sentence for each place.

    Args:
        root: the project's folder, with ``.sqlfluff``.
        path: a file of SQL in it.
    """
    if path.suffix != ".sql" or find_spec("sqlfluff") is None or not (root / ".sqlfluff").is_file():
        return []
    done = subprocess.run(
        [sys.executable, "-m", "sqlfluff", "lint", "--format", "json", str(path)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    try:
        (told,) = json.loads(done.stdout)
    except ValueError:
        # It could not read the file, or its own settings: `make test` says why.
        return []
    return [
        f"{path.relative_to(root)}:{found['start_line_no']}: {found['description'].strip()}"
        for found in told["violations"]
    ]
