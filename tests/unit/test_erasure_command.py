"""The command: what it refuses, what it says before, what it removes and in which order."""

import json
from pathlib import Path

import duckdb
import pytest

from stayhouse import cli
from stayhouse.base.artifacts import Mart
from stayhouse.erasure import erase, remains
from stayhouse.erasure.rewrite import Loss
from stayhouse.publishing.publish import publish
from tests.building import FINISHED
from tests.conftest import Project

CUSTOMERS = "customer_id,email,referred_by\nc1,a@x.org,\nc2,b@x.org,c1\n"
REQUESTS = "customer_id,requested_at\nc1,2024-03-01\n"
MARTS = [Mart("core", "clock", (), ("a",))]
DBT_BUILD = remains.build


@pytest.fixture
def shop(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two customers, of whom one asks to be erased; built and published three times."""
    project.file("customers.csv", CUSTOMERS)
    project.file("erasure_requests.csv", REQUESTS)
    assert cli.main(["land", "shop", "input"]) == 0
    (project.root / "warehouse").mkdir()
    _build(project.root)
    for _ in range(3):
        publish(project.root / "warehouse" / "stayhouse.duckdb", MARTS, project.root / "published")
    (project.root / "published" / "versions" / ".work").mkdir()
    for name in ("target/run", "logs", "warehouse/stayhouse.duckdb.tmp"):
        (project.root / name).mkdir(parents=True)
    (project.root / "warehouse" / "stayhouse.duckdb.wal").touch()
    monkeypatch.setattr(remains, "build", _build)
    monkeypatch.setattr(erase, "public_marts", lambda target: MARTS)
    return project


def _build(root: Path) -> None:
    with duckdb.connect(str(root / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute("create schema core; create table core.clock as select 1 as a")
        con.execute(FINISHED)


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def versions(project: Project) -> list[str]:
    return sorted(path.name for path in (project.root / "published" / "versions").iterdir())


def test_the_sample_is_not_erased_from(project, refused, monkeypatch):
    monkeypatch.delenv("STAYHOUSE_LANDING")
    assert "STAYHOUSE_LANDING is not set" in refused("erase")


def test_with_nothing_to_erase_nothing_is_touched(project, done):
    done("land", "shop", project.file("customers.csv", CUSTOMERS))
    (project.root / "target").mkdir()
    (project.root / "target" / "manifest.json").touch()
    before = files(project.root)
    assert done("erase") == "No request for erasure has landed: nothing was changed.\n"
    assert files(project.root) == before
    done("land", "shop", project.file("erasure_requests.csv", "customer_id,requested_at\n,t\n"))
    before = files(project.root)
    assert done("erase").splitlines() == [
        "shop.erasure_requests batch 1 row 2 has neither or both of customer_id and email and was "
        "left: correct it and land it again.",
        "No request for erasure names a person: nothing was changed.",
    ]
    assert files(project.root) == before


def test_a_dry_run_says_what_would_go_and_changes_nothing(shop, done):
    before = files(shop.root)
    assert done("erase", "--dry-run").splitlines() == [
        "shop: 1 person is to be erased.",
        "shop.customers: 1 of 2 rows would be erased",
        "shop.customers: 1 rows of other people would be freed of an erased id",
        "shop.erasure_requests: 1 of 1 rows would be erased",
        "Nothing was changed: run 'stayhouse erase' to carry it out.",
    ]
    assert files(shop.root) == before


def test_all_is_made_anew_and_older_publications_go(shop, done):
    printed = done("erase")
    assert "Published version 4; earlier versions are removed." in printed
    assert versions(shop) == ["4"]
    assert (shop.root / "published" / "stayhouse.duckdb").is_file()
    # The old file is gone: the build would find its schema there.
    left = {path.name for path in (shop.root / "warehouse").iterdir()}
    assert left == {"stayhouse.duckdb"}
    assert not (shop.root / "target").exists()
    assert not (shop.root / "logs").exists()
    assert [name for name in shop.left() if name.startswith(".")] == []


def test_without_a_build_every_publication_goes(shop, done):
    printed = done("erase", "--no-build").splitlines()
    assert printed[-2:] == [
        "The erasure is complete.",
        "Run 'make build' next: it builds and publishes without the erased people.",
    ]
    assert versions(shop) == []
    assert not (shop.root / "published" / "stayhouse.duckdb").is_symlink()
    assert list((shop.root / "warehouse").iterdir()) == []


def test_where_nothing_was_published_nothing_is(shop, done):
    done("erase", "--no-build")
    done("land", "shop", shop.file("erasure_requests.csv", REQUESTS.replace("c1", "c2")))
    assert "Published" not in done("erase")
    assert versions(shop) == []
    assert (shop.root / "warehouse" / "stayhouse.duckdb").is_file()


def test_a_build_that_fails_leaves_the_rest_to_the_next_erasure(shop, capfd, monkeypatch):
    # dbt itself, in a project that it cannot read.
    monkeypatch.setattr(remains, "build", DBT_BUILD)
    assert cli.main(["erase"]) == 2
    assert capfd.readouterr().err.splitlines()[-1] == (
        "stayhouse: The landed files are erased, but 'dbt build' did not go well (its words are "
        "above), and what was published before still stands: mend it and run 'stayhouse erase' "
        "again."
    )
    assert versions(shop) == [".work", "1", "2", "3"]
    assert not json.loads((shop.landing / "_erased.json").read_text())["is_finished"]


def test_an_unfinished_erasure_is_carried_on(shop, done, monkeypatch):
    def failing(root: Path) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(remains, "build", failing)
        with pytest.raises(SystemExit):
            cli.main(["erase"])
    assert versions(shop) == [".work", "1", "2", "3"]
    # Landing keeps them out from the first moment on.
    done("land", "shop", shop.file("customers.csv", CUSTOMERS + "c3,,\n"))
    assert shop.rows("shop", "customers", "customer_id", 2) == [("c2",), ("c3",)]
    printed = done("erase")
    assert "An erasure was interrupted: it is carried on." in printed
    assert "The erasure is complete." in printed
    assert versions(shop) == ["4"]


def test_it_is_not_complete_while_a_landed_row_names_the_person(project, done, monkeypatch, capsys):
    """Were a rewriting to leave somebody, by whatever fault."""
    done("land", "shop", project.file("customers.csv", CUSTOMERS))
    done("land", "shop", project.file("erasure_requests.csv", REQUESTS))
    with monkeypatch.context() as patch:
        patch.setattr("stayhouse.erasure.erase.rewrite_batch", lambda *_: Loss())
        assert cli.main(["erase", "--no-build"]) == 2
    captured = capsys.readouterr()
    assert "The erasure is complete." not in captured.out
    assert "still stand in landed rows of shop.customers (1), shop.erasure_requests (1)" in (
        captured.err
    )
    said = json.loads((project.landing / "_erased.json").read_text())
    assert said["is_finished"] is False
    printed = done("erase", "--no-build")
    assert "The erasure is complete." in printed
    assert project.rows("shop", "customers", "customer_id, referred_by") == [("c2", None)]
