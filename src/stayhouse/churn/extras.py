"""What an installation can fit: the networks need PyTorch, which is an extra."""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import pandas as pd

from stayhouse.base.clock import as_of

# The classifiers that read sequences by way of PyTorch (networks.py).
NETWORKS = ("cnn", "gru")
_PACKAGES = ("torch", "safetensors")


def has_networks() -> bool:
    """Return whether the extra `deep` is installed."""
    return all(find_spec(package) is not None for package in _PACKAGES)


def possible(plan: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the part of a plan that can be fitted here, and say on stderr what cannot."""
    absent = [name for name in plan if name in NETWORKS and not has_networks()]
    if absent:
        print(
            f"churn: {' and '.join(absent)} left out, PyTorch is not installed (`make deep`)",
            file=sys.stderr,
        )
    return {name: options for name, options in plan.items() if name not in absent}


def list_classifiers(
    classifiers: pd.DataFrame, stored: pd.DataFrame, clock: pd.DataFrame
) -> pd.DataFrame:
    """Return which of the known classifiers were fitted, and why the others were not.

    Args:
        classifiers: rows of the seed `churn_classifiers`: `classifier`.
        stored: rows of `fit_classifiers`. May be empty.
        clock: the row of `core.clock`.

    Returns:
        One row per known classifier: `classifier`, `is_fitted`, `reason` (null where it is),
        `fitted_as_of_date`.
    """
    names = sorted(classifiers["classifier"])
    is_fitted = [name in set(stored["classifier"]) for name in names]
    reasons = [
        None if fitted else _reason(name) for name, fitted in zip(names, is_fitted, strict=True)
    ]
    listed = pd.DataFrame(
        {
            "classifier": pd.Series(names, dtype="str"),
            "is_fitted": pd.Series(is_fitted, dtype="bool"),
            "reason": pd.Series(reasons, dtype="str"),
        }
    )
    return as_of(listed, clock, "fitted_as_of_date")


def _reason(classifier: str) -> str:
    if classifier in NETWORKS and not has_networks():
        return "PyTorch is not installed: `make deep` adds it."
    return (
        "python_models/churn/train/ml_churn_classifiers.yml does not list it, or the snapshots "
        "hold nothing that it reads."
    )
