"""What dbt gives to macros, for the linter: it renders models without dbt and without a connection.

sqlfluff puts every public name of this module into the Jinja context, beside its own stubs of
``ref``, ``source``, ``this``, ``is_incremental`` and ``return``.
"""

import json as _json
import re as _re
from collections.abc import Callable as _Callable
from pathlib import Path as _Path
from types import SimpleNamespace as _SimpleNamespace
from typing import Any as _Any

import jinja2 as _jinja2
import pytz as _pytz
import yaml as _yaml

# Read anew for each file that is linted: by libyaml in a hundredth of the time.
_PROJECT = _yaml.load(
    (_Path(__file__).resolve().parents[2] / "dbt_project.yml").read_text(encoding="utf-8"),
    Loader=_yaml.CSafeLoader,
)


class _Adapter:
    """DuckDB's side of every dispatched macro: the dialect the linter reads."""

    @_jinja2.pass_context
    def dispatch(self, context: _jinja2.runtime.Context, name: str, *_: str) -> _Any:
        return context.resolve(f"duckdb__{name}")


def _refuse(message: str) -> None:
    raise ValueError(message)


def var(name: str, default: _Any = None) -> _Any:
    """Return the project's own value, so that macros validate what a build would."""
    return _PROJECT["vars"].get(name, default)


def env_var(name: str, default: str = "") -> str:
    """Return the default: a lint depends on no environment."""
    return default


adapter = _Adapter()
exceptions = _SimpleNamespace(raise_compiler_error=_refuse)
modules = _SimpleNamespace(re=_re, pytz=_pytz)
project_name: str = _PROJECT["name"]
tojson = _json.dumps

# As when dbt parses: nothing has run, and the graph is not known.
execute = False
graph: dict[str, _Any] = {}
run_query: _Callable[[str], None] = _refuse
