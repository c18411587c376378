"""``.env`` of the project: where data lands and the key, so that no shell is told again.

``stayhouse start`` writes it, every command of Stayhouse reads it, and what the shell has set
stands above it. dbt knows nothing of it: for a plain ``dbt build``, ``set -a; . ./.env; set +a``.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from stayhouse.base.errors import StayhouseError

NAME = ".env"
_PREFIX = "STAYHOUSE_"


def read_environment(root: Path) -> dict[str, str]:
    """Return what ``.env`` says, by name; nothing where there is none.

    Raises:
        StayhouseError: a line of it is no ``NAME=value`` of Stayhouse's.
    """
    path = root / NAME
    found = {}
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            name, is_setting, value = line.partition("=")
            if not line.strip() or line.startswith("#"):
                continue
            if not is_setting or not name.startswith(_PREFIX):
                raise StayhouseError(
                    f"Line {number} of {path} is no {_PREFIX}...=value: correct it. (It is not "
                    "shown here, since it may hold a secret.)"
                )
            found[name] = value.strip().strip("'\"")
    return found


def use_environment(root: Path) -> None:
    """Set what ``.env`` says and the shell does not."""
    for name, value in read_environment(root).items():
        os.environ.setdefault(name, value)


def write_environment(root: Path, values: Mapping[str, str]) -> Path:
    """Write ``.env``, readable by its owner alone, and return its path.

    It is in ``.gitignore``. A value that it has already is kept: another key makes other hashes.
    """
    path = root / NAME
    kept = {**values, **read_environment(root)}
    text = "".join(f"{name}={value}\n" for name, value in kept.items())
    partial = path.with_name(f"{NAME}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)
    return path
