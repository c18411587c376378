"""The faults that `make mutation` plants can be planted: their texts stand where they say."""

import pytest

from tests.building import CHECKOUT
from tests.mutation.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_text_of_a_fault_stands_in_its_file_once(mutation: Mutation) -> None:
    assert (CHECKOUT / mutation.path).read_text(encoding="utf-8").count(mutation.old) == 1
