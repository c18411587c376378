"""A planted shop that lands and builds night by night."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.truth.shop import START, Shop, build, clock

# What holds state; what a comparison of core needs.
STATE = ("int_sessions__merged", "int_visitor_days__merged")
CORE = ("data_quality", "visitor_days", "customer_days", "int_refunds__linked", "rejected_rows")

Export = tuple[Path, date]


def run_models(shop: Shop, *models: str, until: date) -> None:
    """Build models and what they need, with the tests that read nothing else."""
    wanted = ("--select", *(f"+{model}" for model in models), "--indirect-selection", "cautious")
    build(shop, *wanted, days=(until - START).days)


def at_once(shop: Shop, folder: Path, landing: Path | None = None) -> Shop:
    """Return the shop with an empty warehouse in another folder, and its landing or another."""
    folder.mkdir(exist_ok=True)
    return replace(shop, run=replace(shop.run, folder=folder, landing=landing or shop.run.landing))


def killable(shop: Shop, until: date) -> tuple[str, ...]:
    """Return the words of a dbt run of core, for a process that is to be killed."""
    models = (f"+{model}" for model in CORE)
    return ("run", "--select", *models, "--vars", clock((until - START).days))
