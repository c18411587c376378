"""`stayhouse start`: settings, key and the way from files to a build."""

import os
import stat
from zoneinfo import available_timezones

import pytest
import yaml

from stayhouse import cli
from stayhouse.base.environment import read_environment, use_environment
from stayhouse.commands import start

ORDERS = "order_id,customer_id,ordered_at,status,currency\no1,c1,2024-05-01,paid,EUR\n"
GERMAN = ["--currency", "eur", "--time-zone", "europe/berlin"]


@pytest.fixture
def commands(project, monkeypatch):
    """What `start` runs, and the exit codes that it is told (0 where none is)."""
    for name in ("STAYHOUSE_LANDING", "STAYHOUSE_PII_KEY", "STAYHOUSE_DB"):
        # Set first, so that what the command sets is taken back after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    (project.root / "docs" / "sources").mkdir(parents=True)
    for page in ("shopify", "snowplow", "a_page_alone"):
        (project.root / "docs" / "sources" / f"{page}.md").touch()
    ran, codes = [], {}

    def run(*words):
        ran.append(words)
        return codes.get(words[0], 0)

    monkeypatch.setattr(start, "command", run)
    run.ran, run.codes = ran, codes
    return run


def settings(project):
    return yaml.safe_load((project.root / "dbt_project.yml").read_text())["vars"]


def test_one_command_writes_settings_and_key_and_checks_lands_and_builds(
    project, commands, capsys, monkeypatch
):
    before = (project.root / "dbt_project.yml").read_text()
    files = [project.file("orders.csv", ORDERS), project.file("order_lines.csv", "x")]
    assert cli.main(["start", "--platform", "shopify", *GERMAN, *map(str, files)]) == 0
    assert commands.ran == [
        ("check", "shopify", str(files[0])), ("check", "shopify", str(files[1])),
        ("land", "shopify", str(files[0])), ("land", "shopify", str(files[1])), ("build",),
    ]  # fmt: skip
    # Two values changed, and no other byte.
    expected = before.replace("base_currency: GBP", "base_currency: EUR")
    expected = expected.replace("time_zone: Europe/London", "time_zone: Europe/Berlin")
    assert (project.root / "dbt_project.yml").read_text() == expected != before
    out = capsys.readouterr().out
    assert "base_currency is EUR now (was GBP)" in out
    path = project.root / ".env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = read_environment(project.root)
    assert written["STAYHOUSE_LANDING"] == "landing"
    assert len(written["STAYHOUSE_PII_KEY"]) == 64
    assert written["STAYHOUSE_PII_KEY"] not in out
    # A second run asks for no setting again, and the key stays: another one makes other hashes.
    for name in written:
        monkeypatch.delenv(name)
    commands.ran.clear()
    assert cli.main(["start", "--platform", "snowplow", str(files[0])]) == 0
    assert read_environment(project.root) == written
    assert commands.ran[0] == ("check", "snowplow", str(files[0]))


def test_nothing_lands_before_all_files_are_right(project, commands, capsys):
    files = [project.file("a.csv", "x"), project.file("b.csv", "x")]
    commands.codes["check"] = 1
    words = ["start", "--platform", "shop", *GERMAN, *map(str, files)]
    assert cli.main(words) == 1
    assert [ran[0] for ran in commands.ran] == ["check"]
    assert "Nothing has landed." in capsys.readouterr().out
    commands.ran.clear()
    assert cli.main([*words, "--accept"]) == 0
    assert commands.ran[2] == ("land", "shop", str(files[0]), "--accept")
    # What cannot be read at all is not accepted either.
    commands.codes["check"] = 2
    assert cli.main([*words, "--accept"]) == 2
    commands.codes.update(check=0, land=2)
    commands.ran.clear()
    assert cli.main(words) == 2
    assert commands.ran[-1][0] == "land"


def test_what_the_shell_says_stands_above_the_file(project, commands, monkeypatch):
    (project.root / ".env").write_text(
        "# a shop\nSTAYHOUSE_LANDING='here'\nSTAYHOUSE_DB=x.duckdb\n"
    )
    monkeypatch.setenv("STAYHOUSE_LANDING", "there")
    monkeypatch.setenv("STAYHOUSE_DB", "")
    monkeypatch.delenv("STAYHOUSE_DB")
    use_environment(project.root)

    assert (os.environ["STAYHOUSE_LANDING"], os.environ["STAYHOUSE_DB"]) == ("there", "x.duckdb")


def test_a_wrong_line_of_the_file_is_named_and_not_shown(project, commands, refused):
    (project.root / ".env").write_text("STAYHOUSE_LANDING=l\nmy secret words\n")
    said = refused("doctor")
    assert "Line 2 of" in said
    assert "secret words" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--platform", "magento"], "'magento' is no platform of shop, shopify, snowplow:"),
        (["--platform", "a_page_alone"], "is no platform"),
        (["--platform", "shop", "--currency", "Euro"], "'Euro' is no currency"),
        (
            ["--platform", "shop", "--currency", "SKE"],
            "'SKE' is no currency: give three letters of ISO 4217",
        ),
        (["--platform", "shop", "--currency", "EUR", "--time-zone", "Berlin"], "no time zone"),
        (["--platform", "shop", "--currency", "EUR"], "Say it with --time-zone."),
        (["--platform", "shop"], "Say it with --currency."),
        ([], "Say it with --platform."),
    ],
)
def test_what_is_wrong_or_not_said_is_told_before_anything_is_written(
    project, commands, refused, words, said
):
    before = (project.root / "dbt_project.yml").read_text()
    file = project.file("orders.csv", ORDERS)
    assert said in refused("start", *words, file)
    assert (project.root / "dbt_project.yml").read_text() == before
    assert not (project.root / ".env").exists()
    assert commands.ran == []
    assert "There is no" in refused("start", "--platform", "shop", *GERMAN, project.root / "none")


def test_a_person_is_asked(project, commands, monkeypatch):
    answers = iter(["", str(project.file("orders.csv", ORDERS)), "usd", "America/New_York"])
    monkeypatch.setattr(start.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    assert cli.main(["start"]) == 0
    assert commands.ran[0][:2] == ("check", "shop")
    assert (settings(project)["base_currency"], settings(project)["time_zone"]) == (
        "USD",
        "America/New_York",
    )


def test_taxes_are_said_by_platform(project, commands):
    file = project.file("orders.csv", ORDERS)
    for platform, said in [("shopify", "yes"), ("shop", "no")]:
        words = ["--platform", platform, "--prices-include-tax", said, *GERMAN, str(file)]
        assert cli.main(["start", *words]) == 0
    assert settings(project)["prices_include_tax"] == {"shopify": True, "shop": False}


def test_the_list_of_zones_is_that_of_the_standard_library():
    assert start.checked_zone("asia/tokyo") == "Asia/Tokyo"
    assert start.checked_zone("Asia/Kolkata") in available_timezones()


def test_a_source_with_tables_of_a_database_is_pulled_and_needs_no_file(project, commands):
    (project.root / "models/staging/shop/pull.toml").touch()
    (project.root / ".env").write_text("STAYHOUSE_DATABASE_SHOP=postgresql://u:p@localhost/x\n")
    assert cli.main(["start", "--platform", "shop", *GERMAN]) == 0
    assert commands.ran == [("pull", "shop"), ("build",)]
    kept = read_environment(project.root)
    assert kept["STAYHOUSE_DATABASE_SHOP"] == "postgresql://u:p@localhost/x"
    assert {"STAYHOUSE_LANDING", "STAYHOUSE_PII_KEY"} < set(kept)
    commands.ran.clear()
    commands.codes["pull"] = 2
    file = project.file("events.csv", "x")
    assert cli.main(["start", "--platform", "shop", "--accept", str(file)]) == 2
    # What has landed is not built without the orders.
    assert [words[0] for words in commands.ran] == ["check", "land", "pull"]
    assert commands.ran[-1] == ("pull", "shop", "--accept")


def test_a_source_of_ones_own_needs_no_page(project, commands):
    folder = project.root / "models/staging/tea_shop"
    folder.mkdir()
    (folder / "aliases.csv").touch()
    file = str(project.file("orders.csv", ORDERS))
    assert cli.main(["start", "--platform", "tea_shop", *GERMAN, file]) == 0
    assert commands.ran == [("check", "tea_shop", file), ("land", "tea_shop", file), ("build",)]
