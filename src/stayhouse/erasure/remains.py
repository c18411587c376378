"""What is made from landed files and still holds an erased person: removed, and made anew.

A row that is deleted stays in the free blocks of a DuckDB file, and a stored model keeps what it
was fitted on, so the whole warehouse file goes. So does what dbt wrote about its runs: failed rows
and compiled queries may quote a value.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import reading

TARGET, LOGS = "target", "logs"


def check_warehouse_is_free(path: Path) -> None:
    """Check that nobody builds into or reads the warehouse file.

    Raises:
        StayhouseError: another process holds the file.
    """
    if path.exists():
        try:
            with reading(path):
                pass
        except StayhouseError as error:
            # A damaged file, or one of another version, is to be removed all the same.
            if "is in use by" in str(error):
                raise


def remove_remains(root: Path, warehouse: Path) -> None:
    """Remove the warehouse file and dbt's artefacts.

    Args:
        root: the project's folder.
        warehouse: the file that builds write.

    Raises:
        StayhouseError: another process holds the warehouse file.
    """
    check_warehouse_is_free(warehouse)
    # The log first: a file without its log is an older state, a log without its file is a riddle.
    for path in (warehouse.with_name(f"{warehouse.name}.wal"), warehouse):
        path.unlink(missing_ok=True)
    for folder in (warehouse.with_name(f"{warehouse.name}.tmp"), root / TARGET, root / LOGS):
        if folder.exists():
            shutil.rmtree(folder.resolve())


def build(root: Path) -> None:
    """Run ``dbt build`` in a process of its own, without unit tests: no data moves them.

    Raises:
        StayhouseError: the build did not go well; dbt has said why.
    """
    command = [
        *(sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "build"),
        *("--exclude-resource-type", "unit_test", "--target-path", TARGET, "--log-path", LOGS),
    ]
    folders = {"DBT_PROFILES_DIR": str(root), "DBT_PROJECT_DIR": str(root)}
    done = subprocess.run(command, cwd=root, env={**os.environ, **folders})
    if done.returncode != 0:
        raise StayhouseError(
            "The landed files are erased, but 'dbt build' did not go well (its words are above), "
            "and what was published before still stands: mend it and run 'stayhouse erase' again."
        )
