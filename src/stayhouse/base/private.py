"""Files with data are for their owner, and for nobody's repository.

Commands that write data run under ``private_files``. A folder with the set-group-ID bit was given
to a group on purpose (``chgrp bi published; chmod 2750 published``) and is left to it.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stayhouse.base import project

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ARTEFACTS = ("target", "logs")


@contextmanager
def private_files(like: Path | None = None) -> Iterator[None]:
    """Let what is made meanwhile be its owner's alone, or its group's too where ``like`` is."""
    before = os.umask(0o027 if like is not None and _is_shared(like) else 0o077)
    try:
        yield
    finally:
        os.umask(before)


def close_folders(root: Path) -> None:
    """Close the folders of data inside of the project to others: some are older than this rule.

    What lies elsewhere may hold more than ours; ``stayhouse doctor`` tells of it.
    """
    warehouse = project.warehouse_path(root).parent
    for folder in (*_folders(root), warehouse, *(root / name for name in _ARTEFACTS)):
        is_inside = root.resolve() in folder.resolve().parents
        if is_inside and folder.is_dir() and _is_open(folder):
            with suppress(PermissionError):  # somebody else's: the command itself will say so
                folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~_OTHERS)


def exposed(root: Path) -> list[Path]:
    """Return the folders of data, or the warehouse file, that others on this machine can read."""
    warehouse = project.warehouse_path(root)
    found = [folder for folder in _folders(root) if folder.is_dir() and _is_exposed(folder)]
    is_exposed = warehouse.is_file() and _is_open(warehouse) and _is_open(warehouse.parent)
    return [*found, *([warehouse] if is_exposed else [])]


def _folders(root: Path) -> list[Path]:
    landing = project.landing_path(root)
    return [*([landing] if landing else []), root / "published"]


def _is_exposed(folder: Path) -> bool:
    """Whether others can read a folder and something in it."""
    return _is_open(folder) and any(
        _is_open(path) for path in folder.iterdir() if not path.name.startswith(".")
    )


def keep_out_of_git(root: Path, landing: Path) -> None:
    """Let git pass over a landing folder inside of the project; but not over the sample."""
    place = landing.resolve()
    if root.resolve() in place.parents and place != project.sample_path(root).resolve():
        with suppress(FileExistsError), (landing / ".gitignore").open("x") as file:
            file.write("*\n")


def _is_open(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and bool(mode & (stat.S_IRWXO if _is_shared(path) else _OTHERS))


def _is_shared(folder: Path) -> bool:
    return folder.is_dir() and bool(folder.stat().st_mode & stat.S_ISGID)
