"""A command writes its section of a page, and leaves the others."""

import pytest

from tests.sections import with_section

PAGE = "# Page\n\nIntro.\n\n## One\n\na\n\n## Two\n\nb\n\n## Three\n\nc\n"


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "\n## Two\n\nnew\n",
            "# Page\n\nIntro.\n\n## One\n\na\n\n## Two\n\nnew\n\n## Three\n\nc\n",
        ),
        ("## Three\nnew", "# Page\n\nIntro.\n\n## One\n\na\n\n## Two\n\nb\n\n## Three\nnew\n"),
        ("## Tw\nnew", f"{PAGE}\n## Tw\nnew\n"),
    ],
)
def test_a_section_takes_the_place_of_its_name(section: str, expected: str) -> None:
    assert with_section(PAGE, section) == expected
    assert with_section(expected, section) == expected
