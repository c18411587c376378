"""Superset's own connection test on what is published: `make superset`, after a `make build`.

Installs Superset into ``build/clients/superset`` (some minutes, 0.9 GB), and runs the command
behind its button, without its browser.
"""

import os
import subprocess

import duckdb

from tests.building import CHECKOUT
from tests.clients.check_clients import FILE, environment, told
from tests.clients.guide import QUESTION

# The last four: what its own bounds leave out, or let in too new to start with.
PACKAGES = (
    "apache-superset==6.1.0", "duckdb-engine==0.17.0", "duckdb==2.0.1",
    "flask-caching==2.3.1", "cachelib==0.13.0", "rich", "cachetools",
)  # fmt: skip
SCRIPT = """
import sys
from superset.app import create_app

app = create_app()
with app.app_context(), app.test_request_context():
    from superset.commands.database.test_connection import TestConnectionDatabaseCommand
    from superset.models.core import Database

    uri, question, extra = sys.argv[1:]
    TestConnectionDatabaseCommand(
        {"database_name": "stayhouse", "sqlalchemy_uri": uri, "extra": extra}
    ).run()
    database = Database(database_name="stayhouse", extra=extra)
    database.set_sqlalchemy_uri(uri)
    print("SCHEMAS", *sorted(database.get_all_schema_names()))
    print("TABLES", len(database.get_all_table_names_in_schema(None, "core")))
    print("ANSWER", *database.get_df(question).iloc[0], sep=",")
"""


def test_superset_connects_lists_and_asks() -> None:
    programs = environment("superset", *PACKAGES)
    told("| Superset | 6.1.0, duckdb-engine 0.17.0 | 2.0.1 |", "flask-caching==2.3.1")
    home = programs.parent / "home"
    home.mkdir(exist_ok=True)
    config = home / "superset_config.py"
    config.write_text(
        "SECRET_KEY = 'of a test of the connection, and of nothing else'\n"
        f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{home / 'superset.db'}'\n",
        encoding="utf-8",
    )
    settings = {
        **os.environ, "SUPERSET_HOME": str(home), "SUPERSET_CONFIG_PATH": str(config),
        "FLASK_APP": "superset",
    }  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=CHECKOUT, env=settings, capture_output=True, text=True, check=False
        )

    done = run(str(programs / "superset"), "db", "upgrade")
    assert done.returncode == 0, done.stderr[-2000:]
    words = (QUESTION, '{"engine_params": {"connect_args": {"read_only": true}}}')
    done = run(str(programs / "python"), "-c", SCRIPT, f"duckdb:///{FILE}", *words)
    assert done.returncode == 0, done.stderr[-2000:]
    told_lines = dict(
        line.split(" " if line[0] != "A" else ",", 1)
        for line in done.stdout.splitlines()
        if line.startswith(("SCHEMAS ", "TABLES ", "ANSWER,"))
    )
    with duckdb.connect(str(FILE), read_only=True) as con:
        orders, net_sales = con.execute(QUESTION).fetchall()[0]
        tables = con.execute(
            "select count(*) from information_schema.tables where table_schema = 'core'"
        ).fetchall()[0][0]
    assert told_lines["ANSWER"] == f"{orders},{net_sales}"
    assert told_lines["TABLES"] == str(tables)
    assert "stayhouse.core" in told_lines["SCHEMAS"].split()
    missing = run(
        str(programs / "python"), "-c", SCRIPT, "duckdb:////no/such/folder/x.duckdb", *words
    )
    assert missing.returncode != 0
