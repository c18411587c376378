"""Building another commit, with the landing folder, the environment and the settings of now."""

import io
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from stayhouse import project
from stayhouse.artifacts import Mart, manifest_marts, read_artifact
from stayhouse.diff.scratch import Scratch
from stayhouse.errors import StayhouseError

_LINES_TOLD = 15


@dataclass(frozen=True)
class Built:
    """A warehouse file that is there to be compared: what to call it, and its public marts.

    ``marts`` is None where only the file is known, and not the project that it was built from.
    """

    name: str
    database: Path
    marts: dict[str, Mart] | None


def commit_of(root: Path, name: str) -> str:
    """Return the hash of a commit by whatever git knows it by.

    Raises:
        StayhouseError: git knows no such commit here.
    """
    done = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if done.returncode != 0:
        raise StayhouseError(
            f"git knows no commit {name!r} in {root}: name one that `git log --oneline` shows, or "
            "a branch or tag."
        )
    return done.stdout.decode().strip()


def build_commit(root: Path, name: str, scratch: Scratch) -> Built:
    """Build the models of a commit from what has landed here, into the scratch folder.

    Its files come out of ``git archive`` rather than a worktree, of which a kill would leave an
    entry in the repository. Neither tests nor laws are run: what it gave is what is asked.

    Args:
        root: the project's folder, a git checkout.
        name: a commit, branch or tag.
        scratch: where to build.

    Raises:
        StayhouseError: git knows no such commit, it holds no such project, or does not build.
    """
    commit = commit_of(root, name)
    place = scratch.folder / commit[:12]
    checkout = place / "project"
    archive = _git(root, "archive", "--format=tar", commit, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(checkout, filter="data")
    if not (checkout / "dbt_project.yml").is_file():
        raise StayhouseError(
            f"Commit {name} holds no dbt_project.yml: name a later one, which has a warehouse."
        )
    database = place / "stayhouse.duckdb"
    target = place / "target"
    environment = {
        **os.environ,
        "STAYHOUSE_DB": str(database),
        "STAYHOUSE_LANDING": str(project.landing_path(root) or project.sample_path(root)),
        "DBT_PROFILES_DIR": str(checkout),
        "DBT_PROJECT_DIR": str(checkout),
        "PYTHONPATH": str(checkout / "src"),
    }
    command = [
        *(sys.executable, "-c", "from dbt.cli.main import cli; cli()"),
        *("--no-use-colors", "--quiet", "build", "--resource-type", "model"),
        *("--resource-type", "seed", "--target-path", str(target)),
        *("--log-path", str(place / "logs")),
    ]
    log = place / "said"
    if scratch.run(command, checkout, environment, log) != 0:
        said = log.read_text(errors="replace").strip().splitlines()[-_LINES_TOLD:]
        print("\n".join(said), file=sys.stderr)
        raise StayhouseError(
            f"Commit {name} does not build from what has landed here with this environment (dbt's "
            "last words are above): name another commit, or compare a file by --base-db."
        )
    marts = manifest_marts(read_artifact(target / "manifest.json"))
    return Built(f"{name} ({commit[:9]})", database, {f"{m.room}.{m.name}": m for m in marts})


def _git(root: Path, *words: str, check: bool = False) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=check)
    except FileNotFoundError as error:
        raise StayhouseError("There is no git here: install it, and run the command again.") from (
            error
        )
