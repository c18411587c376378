"""The command line: ``stayhouse <command>``."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from importlib import import_module, metadata

from stayhouse.base.disk import FULL, is_full
from stayhouse.base.environment import use_environment
from stayhouse.base.errors import NoProject, StayhouseError
from stayhouse.base.private import close_folders, private_files
from stayhouse.base.project import project_root

# One module of stayhouse.commands each, in the order of the help page; each registers itself by
# add_command.
_COMMANDS = (
    "start", "check", "land", "pull", "unland", "rates", "shop", "build", "publish", "erase",
    "summary", "model_card", "dictionary", "doctor", "new_model", "new_source", "diff", "explain",
    "costs", "who",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 is success, 1 a check that found a problem, 2 something that the user can put right, which
    is said in one sentence on stderr, 130 a Ctrl-C. Anything else is a fault of ours and keeps its
    traceback.

    Args:
        argv: the arguments without the program's name; default: those of the process.
    """
    stopped = ""
    try:
        args = _parser().parse_args(argv)
        stopped = args.stopped
        with suppress(NoProject):  # the command itself says so, or needs none
            use_environment(project_root())
        with private_files() if args.writes_data else nullcontext():
            if args.writes_data:
                close_folders(project_root())
            code = int(args.run(args))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Who reads has read enough, as `head` has; Python would complain at its exit once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except StayhouseError as error:
        print(f"stayhouse: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Exception) as error:
        if _is_stopped(error):
            print(f"stayhouse: stopped before it was done{stopped}.", file=sys.stderr)
            return 128 + signal.SIGINT
        if not (isinstance(error, Exception) and is_full(error)):
            raise
        print(f"stayhouse: {FULL}", file=sys.stderr)
        return 2


def _is_stopped(error: BaseException) -> bool:
    """Whether an error is that of a Ctrl-C; DuckDB makes another one of it within a query."""
    is_query = isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    return is_query or isinstance(error, KeyboardInterrupt)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stayhouse",
        description="A retention warehouse: land raw files, build with dbt, publish, read.",
        epilog="Start with 'stayhouse doctor'. Help of one command: 'stayhouse land --help'.",
    )
    parser.add_argument("--version", action="version", version=f"stayhouse {_version()}")
    parser.set_defaults(writes_data=False, stopped="")
    subparsers = parser.add_subparsers(title="commands", metavar="<command>", required=True)
    for module in _COMMANDS:
        import_module(f"stayhouse.commands.{module}").add_command(subparsers)
    return parser


def _version() -> str:
    try:
        return metadata.version("stayhouse")
    except metadata.PackageNotFoundError:
        return "(not installed: run from a checkout)"


if __name__ == "__main__":
    sys.exit(main())
