"""Where things lie: the project's folder, the warehouse file, the landing folder, the key.

Every environment variable that the command line knows is read here and nowhere else. dbt reads
STAYHOUSE_DB and STAYHOUSE_LANDING itself (profiles.yml, macros/engine), so both are taken to the
letter: relative to the project's folder, from which builds run.
"""

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from stayhouse.base.errors import NoProject, StayhouseError

# Vars that are no single value, and so not in macros/setting.sql.
_OTHER_VARS = ("sources", "reads", "prices_include_tax", "schema_prefix")
# The key of the sample shop. It is public, so it protects nobody: landing refuses it elsewhere.
DEMO_PII_KEY = "stayhouse-public-demo-key-for-the-sample-shop-only"


def project_root() -> Path:
    """Return the folder that holds ``dbt_project.yml``: this one, one above it, or the checkout.

    Raises:
        NoProject: no such folder is found.
    """
    here = Path.cwd().resolve()
    checkout = Path(__file__).resolve().parents[3]
    for folder in (here, *here.parents, checkout):
        if (folder / "dbt_project.yml").is_file() and (folder / "src" / "stayhouse").is_dir():
            return folder
    raise NoProject(
        f"No Stayhouse project at {here} or above it: change into the folder that holds "
        "dbt_project.yml and run the command again."
    )


def warehouse_path(root: Path) -> Path:
    """Return the warehouse file: ``STAYHOUSE_DB``, else ``warehouse/stayhouse.duckdb``."""
    return _under(root, os.environ.get("STAYHOUSE_DB") or "warehouse/stayhouse.duckdb")


def sample_path(root: Path) -> Path:
    """Return the folder of the sample shop, which a build reads when nothing else is named."""
    return root / "seeds" / "sample"


def landing_path(root: Path) -> Path | None:
    """Return the landing folder ``STAYHOUSE_LANDING``, or None where the sample is read."""
    value = os.environ.get("STAYHOUSE_LANDING")
    return _under(root, value) if value else None


def own_landing(root: Path) -> Path:
    """Return the landing folder, for a command that leaves the sample alone.

    Raises:
        StayhouseError: none is set.
    """
    landing = landing_path(root)
    if landing is None:
        raise StayhouseError(
            "STAYHOUSE_LANDING is not set, so the warehouse reads the sample shop, which is left "
            "as it is: set it to the folder that your own data lands in."
        )
    return landing


def pull_folder(landing: Path, source: str) -> Path:
    """Return where ``stayhouse pull`` keeps how far it came in a source's database."""
    return landing / f".pull-{source}"


def sources_read(root: Path) -> list[str]:
    """Return the sources of which tables are read where they stand, by var ``reads``."""
    reads = setting(root, "reads")
    return list(reads) if isinstance(reads, dict) else []


def model_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Find the file of each model, in SQL or Python, with its room."""
    for folder, suffix in (("models", "sql"), ("python_models", "py")):
        for path in (root / folder).rglob(f"*.{suffix}"):
            yield path, path.relative_to(root / folder).parts[0]


def setting(root: Path, name: str) -> Any:
    """Return the value of a var as ``dbt_project.yml`` has it, or None.

    Raises:
        StayhouseError: the file is no YAML.
    """
    path = root / "dbt_project.yml"
    try:
        return _vars(path.read_text(encoding="utf-8")).get(name)
    except yaml.YAMLError as error:
        raise StayhouseError(f"{path} is no YAML: correct it.") from error


def misspelt_var(root: Path) -> str | None:
    """Return a sentence on a var of ``dbt_project.yml`` that is nearly one of ours; None without.

    dbt takes a name that it does not know for another var, so a misspelt setting changes nothing.
    One that is like none of ours may be that of a package.
    """
    vars_ = _vars((root / "dbt_project.yml").read_text(encoding="utf-8"))
    forms = (root / "macros" / "setting.sql").read_text(encoding="utf-8")
    known = [*re.findall("^ +'([a-z_]+)': '[a-z_]+',$", forms, re.MULTILINE), *_OTHER_VARS]
    for name in vars_:
        near = get_close_matches(str(name), known, 1, 0.7)
        if name not in known and near:
            return (
                f"dbt_project.yml has a var {name!r}, which nothing reads: write {near[0]!r}, or "
                "take it out."
            )
    return None


def positive_setting(root: Path, name: str) -> int:
    """Return the value of a var that counts something.

    Raises:
        StayhouseError: it is missing or no whole number of 1 or more.
    """
    value = setting(root, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise faulty_setting(name, value, "a whole number, 1 or more")
    return value


def faulty_setting(name: str, value: object, form: str) -> StayhouseError:
    """Return what is said of a var that has another form than it must."""
    return StayhouseError(f"Var {name!r} in dbt_project.yml is {value!r}: it must be {form}.")


@cache
def _vars(text: str) -> dict[str, Any]:
    """Return the vars of a project file: to read its YAML costs more than to land a small file."""
    return (yaml.safe_load(text) or {}).get("vars") or {}


def memory() -> str:
    """Return how much memory DuckDB may take: ``STAYHOUSE_MEMORY``, else 4GB, as profiles.yml."""
    return os.environ.get("STAYHOUSE_MEMORY") or "4GB"


def pii_key() -> str | None:
    """Return the key that personal columns are hashed with (``STAYHOUSE_PII_KEY``), or None."""
    return os.environ.get("STAYHOUSE_PII_KEY") or None


def database_url(source: str) -> tuple[str, str | None]:
    """Return the variable that holds the URL of a source's database, and the URL, or None."""
    variable = f"STAYHOUSE_DATABASE_{source.upper()}"
    return variable, os.environ.get(variable) or None


def _under(root: Path, value: str) -> Path:
    if value.startswith("~"):
        raise StayhouseError(
            f"The path {value} begins with ~, which dbt does not read as your home: "
            "write it in full."
        )
    path = Path(value)
    return path if path.is_absolute() else root / path
