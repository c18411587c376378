"""``python -m tests.bench.sql_cost FILE partial_parse.msgpack WORDS``: dbt, and what its SQL costs.

What dbt itself does for each model, in Python, is more than half of a small load, and is left out:
the CPU seconds of this process while DuckDB runs a statement are added up and written to the file.
One thread of dbt, so that no two statements run at once.
"""

import sys
import time
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from tests import parsed_dbt


def main(file: str, parsed: str, *words: str) -> int:
    """Run dbt with these words, write what its statements cost, return its exit code."""
    spent = 0.0
    execute = DuckDBCursorWrapper.execute

    def measured(self: DuckDBCursorWrapper, sql: str, bindings: Any = None) -> Any:
        nonlocal spent
        began = time.process_time()
        try:
            return execute(self, sql, bindings)
        finally:
            spent += time.process_time() - began

    DuckDBCursorWrapper.execute = measured
    code = parsed_dbt.main(parsed, *words, "--threads", "1")
    Path(file).write_text(str(spent), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
