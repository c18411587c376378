"""Random numbers by key: the generator, and the arithmetic that must not depend on chunks."""

import numpy as np

from stayhouse.shop import draws


def test_root_key_is_the_first_number_of_splitmix64() -> None:
    # The reference implementation's first output for seed 0.
    assert int(draws.root_key(0)[0]) == 0xE220A8397B1DCDAF


def test_a_number_depends_on_key_purpose_and_counter_only() -> None:
    keys = draws.keys(draws.root_key(1), "customer", np.arange(1000))
    alone = draws.uniform(keys[500:501], "rate")
    assert draws.uniform(keys, "rate")[500] == alone[0]
    assert draws.uniform(keys, "late")[500] != alone[0]
    assert draws.uniform(keys, "rate", 1)[500] != alone[0]


def test_uniform_numbers_lie_inside_and_are_even() -> None:
    numbers = draws.uniform(draws.keys(draws.root_key(3), "test", np.arange(100_000)), "u")
    assert numbers.min() > 0.0
    assert numbers.max() < 1.0
    # The mean of 100,000 uniform numbers has a standard error of 0.0009.
    assert abs(numbers.mean() - 0.5) < 0.004
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 0.013


def test_choice_takes_the_first_index_above_the_draw() -> None:
    cumulative = np.array([[0.25, 0.75, 1.0], [1.0, 1.0, 1.0]])
    found = draws.cumulative_choice(
        cumulative, np.array([0.24, 0.25, 0.74, 0.75, 0.999, 0.999]), np.array([0, 0, 0, 0, 0, 1])
    )
    assert found.tolist() == [0, 1, 1, 2, 2, 0]


def test_running_totals_start_anew_in_each_group() -> None:
    counts = np.array([2, 0, 3])
    assert draws.numbers_within(counts).tolist() == [0, 1, 0, 1, 2]
    assert draws.running_total(np.array([1, 2, 10, 20, 30]), counts).tolist() == [1, 3, 10, 30, 60]
    assert draws.running_total(np.array([], dtype=np.int64), np.array([0, 0])).tolist() == []
