"""What of a failed build is a cause: the data before the SQL, and what stands lower first."""

import re
from typing import Any

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# In the order in which they are told.
BAD = ["error", "runtime error", "fail"]
OF_LOSSES = "rejection_rate_"
# Laws that only data or settings break.
DATA_LAWS = {
    "rejection_rate_stops_the_build",
    "customers_are_not_addresses",
    "exchange_rates_can_be_used",
    "holidays_can_be_used",
}
# A macro's raise_compiler_error as dbt tells it, and `stop_with` as DuckDB does.
_STOPPED = re.compile(
    r"Compilation Error[^\n]*\n((?:(?!is undefined).)+?)\n\s*\n\s*> in macro", re.DOTALL
)
# What DuckDB says of a value that does not fit, whatever the SQL.
VALUE = re.compile(r"^\s*(Conversion|Out of Range|Invalid Input) Error: ", re.MULTILINE)
# A sentence of `stop_with` about a row of a seed.
_OF_SEED = re.compile(r"Invalid Input Error: (seeds/.+)")


def causes_first(results: list[dict[str, Any]], manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return failures in the order in which one would mend them.

    First what could not be built, then what does not hold; of each what stands lower before what
    is above it, which may fail because of it.
    """
    heights: dict[str, int] = {}

    def height(unique_id: str) -> int:
        if unique_id not in heights:
            heights[unique_id] = 0  # no circle, even in a manifest that has one
            node = manifest["nodes"].get(unique_id) or manifest["unit_tests"].get(unique_id) or {}
            below = (node.get("depends_on") or {}).get("nodes") or []
            heights[unique_id] = 1 + max(map(height, below), default=0)
        return heights[unique_id]

    def rank(result: dict[str, Any]) -> tuple[int, int]:
        return BAD.index(result["status"]), height(result["unique_id"])

    return sorted(results, key=rank)


def is_of_data(result: dict[str, Any]) -> bool:
    """Return whether the data or a setting are at fault, and no SQL."""
    if result["status"] == "fail":
        return name_of(result) in DATA_LAWS
    if result["unique_id"].split(".")[0] in ("test", "unit_test"):
        return False  # it could not be run: its own rows or SQL are at fault
    message = plain(result.get("message"))
    return sentence_of(message) is not None or VALUE.search(message) is not None


def sentence_of(message: str) -> str | None:
    """Return the sentence by which a macro of ours stopped a run; None where none did.

    A contract that does not hold is told by a macro of dbt's own, and the SQL or YAML is at fault.
    """
    if "enforced contract" not in message and (found := _STOPPED.search(message)):
        return " ".join(found[1].split())
    return None


def sentence_of_seed(message: str) -> str | None:
    """Return the sentence by which a model refused a row of a seed; None where none did."""
    found = _OF_SEED.search(message)
    return " ".join(found[1].split()) if found else None


def plain(message: str | None) -> str:
    """Return dbt's words without colours."""
    return _COLOURS.sub("", message or "").strip()


def name_of(result: dict[str, Any]) -> str:
    """Return the name of a node; that of a unit test says its model too."""
    return str(result["unique_id"]).split(".", 2)[-1]
