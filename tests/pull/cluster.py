"""A PostgreSQL of its own, in a folder that goes: for the administrator and for a reader."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

# What a URL must escape, and a message must not print.
PASSWORD = "pa:ss@w/ord%41"


@dataclass(frozen=True)
class Cluster:
    """A server that is running."""

    folder: Path
    port: int

    def url(self, password: str = PASSWORD, port: int | None = None) -> str:
        """The URL of the one who pulls."""
        return (
            f"postgresql://reader:{quote(password, safe='')}@127.0.0.1:{port or self.port}/postgres"
        )

    def connect(self) -> Any:
        """Open a session of the administrator, who commits each statement."""
        # Not above: whoever only looks for tests here has no driver.
        import psycopg

        return psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname="postgres",
            autocommit=True, options="-c timezone=UTC",
        )  # fmt: skip

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        """Run SQL; return the rows of a query."""
        with self.connect() as con:
            done = con.execute(text)
            return done.fetchall() if done.description else []


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a server and stop it again."""
    (programs, *_) = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    # Short, since a socket's path may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    # PostgreSQL refuses to run as root.
    as_other: list[str] = []
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_other = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(name: str, *words: str) -> None:
        command = [*as_other, str(programs / name), "-D", str(folder / "data"), *words]
        # Its server keeps what it inherits: nothing of it may be a pipe.
        with (folder.parent / f"{folder.name}.log").open("a") as log:
            subprocess.run(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True
            )

    try:
        run(
            "initdb", "--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256",
            "--no-sync", "--encoding=UTF8", "--locale=C",
        )  # fmt: skip
        options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off"
        # An own time zone of the server must not matter.
        run("pg_ctl", "-w", "start", "-o", f"{options} -c timezone=America/New_York")
        made = Cluster(folder, port)
        try:
            with made.connect() as con:
                con.execute(f"create role reader login password '{PASSWORD}'")
                con.execute("alter default privileges grant select on tables to reader")
            yield made
        finally:
            run("pg_ctl", "-w", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
        (folder.parent / f"{folder.name}.log").unlink()
