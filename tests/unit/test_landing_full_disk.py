"""Where there is no room to write, landing says so in a sentence, and nothing has landed."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
CHARGES = "order_id,kind,amount\n"


# A process may write no file beyond so many bytes: at 100 kB the rows do not fit, at 1 kB not even
# what little DuckDB makes of rows that are all alike.
@pytest.mark.parametrize(("limit", "rows"), [(100_000, 50_000), (1_000, 100)])
def test_no_room_is_one_sentence(project, limit, rows):
    content = CHARGES + "".join(f"o{i * 7919 % 1000003},tax,{i}\n" for i in range(rows))
    path = project.file("order_charges.csv", content)
    done = subprocess.run(
        [sys.executable, "-m", "stayhouse.cli", "land", "shop", str(path)],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "stayhouse: The disk is full: make room and run it again.\n"
    assert project.left() == []


def test_a_folder_of_which_the_second_table_finds_no_room_lands_nothing(
    project, refused, monkeypatch
):
    project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    project.file("content.csv", "content_id,title,kind\nc1,Sizes,guide\n")
    renamed = []

    def rename(one, other, rename=os.rename):
        renamed.append(Path(other).parent.name)
        if renamed == ["order_charges", "content"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rename(one, other)

    monkeypatch.setattr(os, "rename", rename)
    assert "The disk is full" in refused("land", "shop", project.root / "input")
    assert project.left() == []


def test_an_error_of_another_kind_keeps_its_traceback(project, monkeypatch):
    def rename(one, other):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "rename", rename)
    from stayhouse import cli

    path = project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    with pytest.raises(OSError, match="Input/output error"):
        cli.main(["land", "shop", str(path)])
    assert project.left() == []
