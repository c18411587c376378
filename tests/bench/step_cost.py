"""``python -m tests.bench.step_cost partial_parse.msgpack WORDS``: dbt, that tells of each step the
CPU seconds of this process in the place of those by the clock, in its `run_results.json`.

One thread of dbt, so that no two steps run at once.
"""

import sys
import time
from typing import Any

from dbt.task.base import BaseRunner

from tests import parsed_dbt


def main(parsed: str, *words: str) -> int:
    """Run dbt with these words and return its exit code."""
    run = BaseRunner.safe_run

    def measured(self: Any, manifest: Any) -> Any:
        began = time.process_time()
        result = run(self, manifest)
        result.execution_time = time.process_time() - began
        return result

    BaseRunner.safe_run = measured
    return parsed_dbt.main(parsed, *words, "--threads", "1")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
