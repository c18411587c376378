"""``stayhouse erase``."""

import argparse

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.erasure.erase import Place, erase, is_interrupted, preview, waiting_requests

_DESCRIPTION = """\
Carry out the requests that landed in erasure_requests.

Takes each person out of every landed file and reject file, keeps their identifiers from landing
again (as keyed hashes in _erased.json), removes the warehouse file, target/ and logs/, builds anew
and publishes if there was a publication, and then removes the earlier publications. Broken off, it
is simply run again. It reaches this folder and the landing folder: not your backups, not the raw
exports, not the shop itself."""


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``erase``."""
    parser = subparsers.add_parser(
        "erase",
        help="take the people of erasure_requests out of everything",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what each table would lose; change nothing"
    )
    parser.add_argument(
        "--no-build",
        action="store_true",
        help="do not build and publish anew: every publication is removed",
    )
    parser.set_defaults(run=_run, writes_data=True)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    landing = project.own_landing(root)
    if not waiting_requests(landing) and not is_interrupted(landing):
        print("No request for erasure has landed: nothing was changed.")
        return 0
    place = Place(root, landing, project.pii_key())
    try:
        if args.dry_run:
            preview(place, _say)
        else:
            erase(place, _say, builds=not args.no_build)
    except OSError as error:
        raise StayhouseError(
            f"{error.filename} cannot be read or changed ({error.strerror}): mend that and run "
            "'stayhouse erase' again, which goes on where it stopped."
        ) from error
    return 0


def _say(line: str) -> None:
    # Flushed, so that it stands before what dbt says.
    print(line, flush=True)
