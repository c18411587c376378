"""The commit that a build notes."""

import subprocess

from stayhouse.base.build_token import commit_of


def git(folder, *words):
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    done = subprocess.run(("git", *identity, *words), cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_commit_is_known_with_what_differs_from_it(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init")
    (project / "a.sql").write_text("select 1")
    git(project, "add", ".")
    git(project, "commit", "--message", "one")
    git(project, "tag", "v1")
    commit = git(project, "rev-parse", "HEAD")
    assert commit_of(project) == commit
    (project / "a.sql").write_text("select 2")
    assert commit_of(project) == f"{commit}-dirty"
    # A copy inside of a checkout is not that checkout's commit.
    (project / "copy").mkdir()
    assert commit_of(project / "copy") == ""
