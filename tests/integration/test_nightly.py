"""A night that fits nothing: it scores with what was fitted before it, and holds every law."""

from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import duckdb
import pytest

from tests.building import Run

LAW = "churn_backtest_knows_its_past"
FITTED = (
    "ml_churn_classifiers", "ml_churn_model_comparison", "churn_champion", "churn_evaluation",
    "churn_evaluation_by_segment", "churn_curves", "churn_thresholds", "churn_backtest",
    "churn_horizons",
)  # fmt: skip


def fits(run: Run) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of what was fitted, and of what judges it."""
    return {name: run.query(f"select * from churn.{name} order by all") for name in FITTED}


@pytest.fixture(scope="module")
def days(warehouse: Run) -> tuple[Any, Any]:
    """The clock of the build that fitted, and that of a night three days later."""
    fitted: Any = warehouse.query("select cast(as_of_at as date) from core.clock")[0][0]
    return fitted, fitted + timedelta(days=3)


@pytest.fixture(scope="module")
def night(
    warehouse: Run, days: tuple[Any, Any], parsed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """The sample three days later, without a fit, as far as fits reach."""
    run = Run(tmp_path_factory.mktemp("night"), parsed=parsed)
    copyfile(warehouse.database, run.database)
    rooms = (f"+path:models/{room}" for room in ("churn", "recommendations", "segments"))
    run.build(
        *("--select", *rooms, "--exclude", "tag:train"),
        # Rooms that are not built anew are of the day before: what ties two of them is left out.
        *("--indirect-selection", "cautious"),
        *("--vars", f'{{as_of: "{days[1]}"}}'),
    )
    return run


def test_a_build_that_fits_says_as_of_when(warehouse: Run, days: tuple[Any, Any]) -> None:
    for column, mart in (
        ("fitted_as_of_date", "churn.churn_model_comparison"),
        ("as_of_date", "churn.churn_backtest"),
        ("as_of_date", "recommendations.recommendation_evaluation"),
    ):
        assert warehouse.query(f"select distinct {column} from {mart}") == [(days[0],)], mart


def test_a_night_keeps_every_fit_and_scores_its_own_day(
    warehouse: Run, night: Run, days: tuple[Any, Any]
) -> None:
    assert fits(night) == fits(warehouse)
    for column, mart, day in (
        ("fitted_as_of_date", "churn.churn_model_comparison", days[0]),
        ("as_of_date", "churn.churn_backtest", days[0]),
        ("as_of_date", "churn.churn_horizons", days[0]),
        ("as_of_date", "recommendations.recommendation_evaluation", days[0]),
        ("as_of_date", "churn.churn_scores", days[1]),
    ):
        assert night.query(f"select distinct {column} from {mart}") == [(day,)], mart
    scores = "select person_id, classifier, churn_probability from churn.churn_scores order by all"
    assert night.query(scores) != warehouse.query(scores)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("as of a later day than the night", "as_of_date = as_of_date + 4"),
        ("of another horizon", "horizon_days = horizon_days + 30"),
        ("of a day that nobody knows", "as_of_date = null"),
    ],
)
def test_a_fit_that_is_not_the_nights_is_refused(
    night: Run, parsed: Path, tmp_path: Path, what: str, change: str
) -> None:
    run = Run(tmp_path, parsed=parsed)
    copyfile(night.database, run.database)
    with duckdb.connect(str(run.database)) as con:
        con.execute(f"update churn.churn_backtest set {change}")
    done = run.dbt("test", "--select", LAW)
    assert done.returncode == 1, what
    assert "FAIL" in done.stdout


def test_a_fit_is_held_against_its_day_by_the_build_that_makes_it(
    night: Run, days: tuple[Any, Any], parsed: Path, tmp_path: Path
) -> None:
    """Late orders on a clock that stands still: what was judged that day knows less than it."""
    run = Run(tmp_path, parsed=parsed)
    copyfile(night.database, run.database)
    with duckdb.connect(str(run.database)) as con:
        con.execute(
            "update recommendations.recommendation_evaluation set people_count = 1, "
            f"as_of_date = date '{days[1]}'"
        )
    law = "recommendation_evaluation_judges_every_buyer"
    at = ("--vars", f'{{as_of: "{days[1]}"}}')
    tested = run.dbt("test", "--select", law, *at)
    assert tested.returncode == 1
    assert "FAIL" in tested.stdout
    built = run.dbt("build", "--select", law, "event_types", *at)
    assert built.returncode == 0, built.stdout
    assert law in built.stdout
