"""A lane has what a change can move and leaves out the rest; what no rule knows moves all."""

from typing import Any

import pytest

from tests import lanes
from tests.architecture.house import House
from tests.conftest import SHOPS

CUBE = "models/retention/retention_cube.sql"
# A changed file, a test file that it can move, one that it cannot.
MOVED = [
    (CUBE, "integration/test_retention_cube.py", "unit/test_landing_lines.py"),
    (CUBE, lanes.LAWS[0], "integration/test_churn.py"),
    ("models/retention/retention_cube.yml", lanes.LAWS[0], "integration/test_churn.py"),
    # By a macro, two floors and a Python model in between.
    (
        "macros/largest_amount.sql",
        "integration/test_marts_naively.py",
        "unit/test_landing_lines.py",
    ),
    ("models/core/events/sessions.sql", "integration/test_churn.py", "unit/test_cli.py"),
    # By an import, and by what a Python model imports.
    ("src/stayhouse/landing/clock.py", "unit/test_landing_clock.py", "unit/test_churn_search.py"),
    ("src/stayhouse/churn/search.py", "unit/test_churn_search.py", "unit/test_landing_clock.py"),
    ("src/stayhouse/churn/search.py", "integration/test_churn_reasons.py", "unit/test_values.py"),
    # By the command that a test names.
    ("src/stayhouse/landing/clock.py", "unit/test_landing_lines.py", "unit/test_churn_search.py"),
    ("tests/laws/rfm_equals_orders.sql", lanes.LAWS[0], "integration/test_churn.py"),
    ("tests/truth/returns.py", "unit/test_truth_limits.py", "unit/test_churn_search.py"),
    # Whole builds of other shops, which `make test` leaves to `make shops`.
    (CUBE, "truth/test_estimates.py", "unit/test_landing_lines.py"),
    ("src/stayhouse/erasure/erase.py", "integration/test_erasure.py", "integration/test_money.py"),
    # By the page that a test opens, or a pattern of it; not where a sentence names the page.
    ("docs/bi.md", "unit/test_bi.py", "unit/test_churn_search.py"),
    ("docs/models.md", "unit/test_readme.py", "unit/test_explain.py"),
    ("docs/definitions.md", "unit/test_readme.py", "integration/test_churn.py"),
    ("docs/questions.md", "unit/test_new_model.py", "integration/test_erasure.py"),
]


@pytest.mark.parametrize(("path", "moved", "unmoved"), MOVED)
def test_a_lane_has_what_a_file_can_move(path: str, moved: str, unmoved: str, house: House) -> None:
    assert (lanes.CHECKOUT / path).is_file()
    taken = lanes.lane([path], house.manifest)
    assert taken.everything is None
    for test, is_moved in ((moved, True), (unmoved, False)):
        file = test if test.startswith("tests/") else f"tests/{test}"
        assert (lanes.CHECKOUT / file).is_file()
        assert taken.has(file) is is_moved, file
    assert taken.has("tests/architecture/test_house.py")


@pytest.mark.parametrize("path", ["pyproject.toml", "tests/conftest.py", "seeds/sample/x.parquet"])
def test_what_no_rule_knows_moves_every_test(path: str, house: House) -> None:
    taken = lanes.lane([CUBE, path], house.manifest)
    assert taken.everything == f"{path} can move any test"
    assert taken.has("tests/unit/test_landing_lines.py")


def test_what_make_shops_runs_is_there() -> None:
    """A file that is renamed would else come back into every day, or run nowhere."""
    for start in SHOPS:
        assert list(lanes.CHECKOUT.glob(f"{start}*")), start


def test_a_room_is_all_its_models_and_those_below_them(house: House) -> None:
    segments: Any = lanes.room_lane("segments", house.manifest)
    assert "rfm_segments" in segments.models
    assert "orders" not in segments.models
    assert {"orders", "rfm_segments", "churn_scores"} <= lanes.room_lane(
        "core", house.manifest
    ).models
    with pytest.raises(ValueError, match="There is no room attic: there are behavior, churn, "):
        lanes.room_lane("attic", house.manifest)


def test_of_a_change_its_own_sql_is_linted_and_all_where_what_renders_it_changed() -> None:
    law = "tests/laws/rfm_equals_orders.sql"
    assert lanes.sql_to_lint([law, "docs/bi.md", CUBE, "models/gone.sql"]) == [CUBE, law]
    assert lanes.sql_to_lint(["seeds/x.sql", "src/stayhouse/cli.py"]) == []
    for path in ("macros/local_day.sql", ".sqlfluff", "tests/sqlfluff_library/__init__.py"):
        assert lanes.sql_to_lint([law, path]) == ["models", "analyses", "tests"]
