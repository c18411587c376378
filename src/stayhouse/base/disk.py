"""Writing so that a crash leaves the old file or the new one, and one process does it at a time."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stayhouse.base.errors import StayhouseError

FULL = "The disk is full: make room and run it again."
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: Exception | str) -> bool:
    """Whether an error of whatever library, or its words, says that there is no room to write."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return True
    return any(os.strerror(code) in str(error) for code in _NO_ROOM)


def flush(path: Path) -> None:
    """Bring a file or a folder from memory to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(fresh: Path, place: Path) -> None:
    """Flush a file that was written elsewhere and rename it to its place: readers see no half."""
    flush(fresh)
    os.replace(fresh, place)
    flush(place.parent)


@contextmanager
def exclusive(lock: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file, which is there only while it is held.

    Raises:
        StayhouseError: another process holds it; the message is the refusal.
    """
    handle = _locked(lock, refusal)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _locked(lock: Path, refusal: str) -> int:
    while True:
        handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The holder before us may have removed the name between our open and our lock.
            if lock.exists() and os.fstat(handle).st_ino == lock.stat().st_ino:
                return handle
        except BlockingIOError:
            os.close(handle)
            raise StayhouseError(refusal) from None
        os.close(handle)
