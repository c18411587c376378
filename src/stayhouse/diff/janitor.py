"""Removes a folder as soon as its owner is gone, however that ended; run as a program of its own.

The owner holds the other end of its input and writes ``run <pid>`` and ``end <pid>`` for what it
starts. When the input ends, whatever still runs is killed, and the folder removed.
"""

import os
import shutil
import signal
import sys
from collections.abc import Iterable


def tidy(folder: str, lines: Iterable[str]) -> None:
    """Wait for the end of the lines, kill the process groups that they leave, remove the folder."""
    running: set[int] = set()
    for line in lines:
        word, _, number = line.partition(" ")
        if word == "run":
            running.add(int(number))
        else:
            running.discard(int(number))
    for group in running:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(folder):
        # A process that was just killed may have made a last file.
        shutil.rmtree(folder)


if __name__ == "__main__":
    tidy(sys.argv[1], sys.stdin)
