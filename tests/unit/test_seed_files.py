"""A seed as a spreadsheet saves it is read, or its file and line are named before dbt begins."""

import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.base.seed_files import check_seeds
from tests.building import CHECKOUT

HEADER = "rule_name,condition_number,value\n"


def test_the_seeds_of_the_project_pass():
    check_seeds(CHECKOUT)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ((HEADER + "a,1,b\na,2,Zürich\n").encode("cp1252"), "line 3 holds a letter that is not"),
        (HEADER.encode("utf-16"), "line 1 holds a letter that is not UTF-8"),
        (b"", "is empty: its first line must be the names of its columns"),
        (b"\xef\xbb\xbf\n\n", "is empty"),
        (HEADER.replace(",", ";").encode(), "has semicolons between its values"),
        (HEADER.encode() + b"a,1,b\n\na,2,b,\n", "line 4 has 4 values where the first line has 3"),
        (HEADER.encode() + b"a,1\n", "line 2 has 2 values where the first line has 3"),
    ],
)
def test_a_file_that_dbt_cannot_read_is_named(tmp_path, content, words):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "rules.csv").write_bytes(content)
    with pytest.raises(StayhouseError, match=f"^seeds/rules.csv {words}"):
        check_seeds(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        HEADER.encode(),
        HEADER.encode() + b'\na,1,"b, c; d"\r\n\n',
        ("\ufeff" + HEADER + "a,1,Zürich\n").encode(),
        b"horizon_days\n30\n",
    ],
)
def test_a_file_that_dbt_can_read_passes(tmp_path, content):
    """No lines below the header, quoted commas, empty lines, Excel's mark, one column."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "rules.csv").write_bytes(content)
    check_seeds(tmp_path)
