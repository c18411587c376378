"""Python: doors without logic, no clock in a text, no open results.

Which calls read the clock ruff knows, and who may import whom import-linter: pyproject.toml.
"""

import ast
from collections.abc import Iterator

from tests.architecture.house import House

_DOOR = (
    "a door only imports one function of stayhouse, reads (dbt.ref, dbt.config.meta_get, "
    "dbt.this), calls it and returns; move the logic to src/stayhouse"
)


def doors_hold_no_logic(house: House) -> list[str]:
    """A Python model imports one function of stayhouse, reads, calls it and returns."""
    return [
        f"{path}:{line} {mistake}: {_DOOR}."
        for path, text in house.paths("python_models/", suffix=".py")
        for line, mistake in _door_mistakes(ast.parse(text))
    ]


def _door_mistakes(module: ast.Module) -> Iterator[tuple[int, str]]:
    body = [node for node in module.body if not _is_docstring(node)]
    imports = [n for n in body if isinstance(n, ast.ImportFrom) and _is_package(n.module)]
    doors = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == "model"]
    if len(imports) != 1 or len(imports[0].names) != 1 or imports[0].names[0].asname:
        yield 1, "does not import exactly one function of stayhouse"
        return
    # Two doors may open at once, in two threads; importing one package, one waits for the other.
    if str(imports[0].module).count(".") != 1:
        yield (
            imports[0].lineno,
            "imports from inside a package rather than from stayhouse.<package>",
        )
    if len(doors) != 1 or [a.arg for a in doors[0].args.args] != ["dbt", "session"]:
        yield 1, "does not define exactly one model(dbt, session)"
        return
    for node in body:
        if node not in (*imports, *doors):
            yield node.lineno, "has another statement beside the import and the model"
    called = imports[0].names[0].name
    statements = [node for node in doors[0].body if not _is_docstring(node)]
    for node in statements[:-1]:
        is_config = isinstance(node, ast.Expr) and _dotted(node.value) == "dbt.config()"
        if not is_config and not (isinstance(node, ast.Assign) and _is_read(node.value)):
            yield node.lineno, "does something else than configure and read"
    last = statements[-1]
    if not (
        isinstance(last, ast.Return)
        and isinstance(last.value, ast.Call)
        and _dotted(last.value.func) == called
        and all(isinstance(a, ast.Name) for a in last.value.args)
        and all(isinstance(k.value, ast.Name) for k in last.value.keywords)
    ):
        yield (
            last.lineno,
            f"does not end with `return {called}(…)` of variables alone: write what it reads into "
            "one first, such as `customers = dbt.ref(...).df()`",
        )


def _is_read(value: ast.expr) -> bool:
    """dbt.this, dbt.ref("x"), dbt.ref("x").df() or dbt.config.meta_get("x"), of constants only."""
    reads = {"dbt.ref()", "dbt.config.meta_get()", "dbt.this"}
    if _dotted(value).removesuffix(".df()") not in reads:
        return False
    arguments = [a for n in ast.walk(value) if isinstance(n, ast.Call) for a in n.args]
    return all(isinstance(argument, ast.Constant) for argument in arguments)


def no_machine_clock_in_texts(house: House) -> list[str]:
    """pd.Timestamp("now") and its like read the clock as pd.Timestamp.now() does."""
    return [
        f"{path}:{node.lineno} reads the machine's clock: take the instant from core.clock or as "
        "an argument."
        for path, text in house.paths("src/", "python_models/", "app/", suffix=".py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and _dotted(node.func).split(".")[-1] in {"Timestamp", "to_datetime", "datetime64"}
        and {"now", "today"} & {a.value for a in node.args if isinstance(a, ast.Constant)}
    ]


def no_fetchone(house: House) -> list[str]:
    """An unfinished result blocks the connection's next statement."""
    return [
        f"{path}:{node.lineno} calls fetchone(), which leaves a result open and fails the next "
        "statement: use fetchall()."
        for path, text in house.paths("src/", "python_models/", "app/", suffix=".py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "fetchone"
    ]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_package(module: str | None) -> bool:
    return module is not None and module.split(".")[0] == "stayhouse"


def _dotted(node: ast.expr) -> str:
    """`a.b(1).c()` as "a.b().c()"; empty where it is anything else."""
    if isinstance(node, ast.Call):
        return f"{_dotted(node.func)}()"
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


RULES = (doors_hold_no_logic, no_machine_clock_in_texts, no_fetchone)
