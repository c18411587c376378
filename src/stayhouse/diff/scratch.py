"""A folder to work in, which nothing can leave behind: not an error, not a kill."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_JANITOR = Path(__file__).with_name("janitor.py")


class Scratch:
    """A folder, and what is run in it: both end with the process that asked for them."""

    def __init__(self, folder: Path, janitor: IO[str]) -> None:
        self.folder = folder
        self._janitor = janitor

    def run(self, command: Sequence[str], cwd: Path, env: dict[str, str], log: Path) -> int:
        """Run a command in a group of its own, with what it says in a file; return its code."""
        with log.open("w") as said:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._tell(f"run {process.pid}")
            code = process.wait()
            self._tell(f"end {process.pid}")
            return code

    def _tell(self, line: str) -> None:
        self._janitor.write(f"{line}\n")
        self._janitor.flush()


@contextmanager
def scratch_folder() -> Iterator[Scratch]:
    """Make a scratch folder in the system's folder for such, and remove it in the end.

    A second process does so (``janitor.py``), in a session of its own: it outlives a kill of ours.
    """
    folder = Path(tempfile.mkdtemp(prefix="stayhouse-diff-"))
    with subprocess.Popen(
        [sys.executable, str(_JANITOR), str(folder)],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as janitor:
        assert janitor.stdin is not None
        yield Scratch(folder, janitor.stdin)
