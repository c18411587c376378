"""What SQL may say, and where."""

import re

from tests.architecture.engine_functions import ENGINE_FUNCTIONS, ENGINE_OPERATORS
from tests.architecture.house import (
    House,
    ctes,
    is_private_name,
    last_cte,
    line_of,
    without_comments,
    without_literals,
)

_SQL_FOLDERS = ("models/", "macros/", "tests/", "analyses/")
_STATE = re.compile(r"\bis_incremental\b|(?:\{\{|\{%)[^}]*\bthis\b", re.IGNORECASE)
# How every table replaces its former one is no state.
_STATE_FOLDERS = ("models/core/", "macros/state/", "macros/engine/table.sql")
# A message may say "this"; only the name itself is state.
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
# "As known today (UTC)" in a description is no call.
_CLOCK = re.compile(
    r"\b(?:current_date|current_timestamp|current_time|localtimestamp|localtime|run_started_at"
    r"|get_current_timestamp|transaction_timestamp|sysdate)\b"
    r"|\b(?:now|today|getdate|utcnow|unix_timestamp)(?:\(|\s+\(\s*\))",
    re.IGNORECASE,
)
_VAR = re.compile(r"(?<![\w.])var\s*\(")
_ENV_VAR = re.compile(r"\benv_var\s*\(")
_READS_VARS = (
    "macros/setting.sql",
    "macros/sources/source_tables.sql",
    "macros/sources/read_tables.sql",
    "macros/generate_schema_name.sql",
    "macros/sources/prices_include_tax.sql",
)
_NATIVE_SUM = re.compile(r"\b(?:sum|avg)\s*\((?:[^()]|\([^()]*\))*?\bnative_\w+", re.IGNORECASE)
_ONE_CURRENCY = re.compile(
    r"\b(?:group|partition)\s+by\b[^)]*?\bcurrency\b|\bcount\s*\(\s*distinct\b[^)]*\bcurrency\b"
    r"|\bmin\s*\([^)]*\bcurrency\b[^)]*\)\s*=\s*max\s*\([^)]*\bcurrency\b",
    re.IGNORECASE,
)
_WHOLE_RELATION = re.compile(r"(?m)(?:^|[\s,])(?:\w+\.)?\*[ \t]*(?:,|$|\s+from\b)")


def state_lives_in_core(house: House) -> list[str]:
    """Incremental models, and what they read of themselves, are in core and its macros only."""
    found = [
        f"{path}:{line_of(text, match.start())} says {match[0].split()[-1]!r}: state lives in core "
        "only, so make the model a table and let an incremental model of core hold what is kept."
        for path, raw in house.paths("models/", "macros/", suffix=".sql")
        if not path.startswith(_STATE_FOLDERS)
        for text in [_QUOTED.sub("''", without_comments(raw))]
        for match in _STATE.finditer(text)
    ]
    found += [
        f"{model['original_file_path']} is materialized as incremental: state lives in core only, "
        "so make it a table."
        for model in house.models()
        if model["config"].get("materialized") == "incremental"
        and not str(model["original_file_path"]).startswith("models/core/")
    ]
    return found


def no_machine_clock_in_sql(house: House) -> list[str]:
    """A build is a function of landed data, commit and vars: it never asks what time it is."""
    return [
        f"{path}:{line_of(text, match.start())} reads the machine's clock "
        f"({match[0].strip('( ')}): join core.clock and use as_of_at."
        for suffix in (".sql", ".yml")
        for path, raw in house.paths(*_SQL_FOLDERS, suffix=suffix)
        for text in [without_comments(raw)]
        for match in _CLOCK.finditer(text)
    ]


def vars_are_read_in_macros(house: House) -> list[str]:
    """A var is pasted into SQL, so it is read where it is validated and nowhere else."""
    return [
        f"{path}:{line_of(text, match.start())} reads a var: use setting('name'), and give a new "
        "var its form in macros/setting.sql."
        for path, raw in house.paths(*_SQL_FOLDERS, suffix=".sql")
        if path not in _READS_VARS
        for text in [without_comments(raw)]
        for match in _VAR.finditer(text)
    ]


def environment_is_read_in_engine_macros(house: House) -> list[str]:
    """The environment says where things lie, which is the engine's business."""
    return [
        f"{path}:{line_of(text, match.start())} reads the environment: only macros/engine and "
        "profiles.yml do, so make it a var and read it with setting('name')."
        for suffix in (".sql", ".yml")
        for path, raw in house.paths(*_SQL_FOLDERS, "seeds/", "dbt_project.yml", suffix=suffix)
        if not path.startswith("macros/engine/")
        for text in [without_comments(raw)]
        for match in _ENV_VAR.finditer(text)
    ]


def models_are_portable(house: House) -> list[str]:
    """What differs between engines is said once, in macros/engine."""
    found = []
    for path, raw in house.paths("models/", "macros/", suffix=".sql"):
        if path.startswith("macros/engine/"):
            continue
        text = without_comments(raw)
        for patterns, searched in (
            (ENGINE_FUNCTIONS, text),
            (ENGINE_OPERATORS, without_literals(text)),
        ):
            for pattern, remedy in patterns.items():
                found += [
                    f"{path}:{line_of(searched, match.start())} uses {match[0].strip(' (')!r}, "
                    f"which engines write differently: use {remedy}."
                    for match in re.finditer(pattern, searched, re.IGNORECASE)
                ]
    return found


def models_end_with_their_last_cte(house: House) -> list[str]:
    """A model ends with `select * from <last CTE>`, so that a reader can look at any step."""
    found = []
    for path, text in house.paths("models/", suffix=".sql"):
        name, _ = last_cte(text)
        if not name:
            found.append(f"{path} has no CTE: write its query as `with final as (…)`.")
        elif not text.endswith(f"\n\nselect * from {name}\n"):
            found.append(
                f"{path} does not end with `select * from {name}`, its last CTE: name the columns "
                "there and end the file so."
            )
    return found


def public_models_name_their_columns(house: House) -> list[str]:
    """The last CTE of a public model lists its columns: nothing slips into a mart unseen."""
    return [
        f"{path} publishes a whole relation (`*` in its last CTE, {name}): list the columns."
        for path, text in house.paths("models/", suffix=".sql")
        for name, body in [last_cte(without_comments(text))]
        if not is_private_name(path.rsplit("/", 1)[-1]) and _WHOLE_RELATION.search(body)
    ]


def currencies_are_not_mixed(house: House) -> list[str]:
    """Whoever sums native amounts does so within one currency, or asks whether it was one."""
    return [
        f"{path}:{line_of(text, start)} sums native amounts over whatever currency: group by "
        "currency, ask beside the sum whether there was one only (min(currency) = max(currency)), "
        "or sum `amount`."
        for path, raw in house.paths("models/", "analyses/", suffix=".sql")
        for text in [without_comments(raw)]
        for start, body in ctes(text)
        if _NATIVE_SUM.search(body) and not _ONE_CURRENCY.search(body)
    ]


RULES = (
    currencies_are_not_mixed,
    state_lives_in_core,
    no_machine_clock_in_sql,
    vars_are_read_in_macros,
    environment_is_read_in_engine_macros,
    models_are_portable,
    models_end_with_their_last_cte,
    public_models_name_their_columns,
)
