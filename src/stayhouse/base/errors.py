"""The one kind of failure that is the user's to mend."""


class StayhouseError(Exception):
    """Something the user can put right.

    The message is one clear sentence: what is wrong, where, and what to do. The command line
    prints it without a traceback and exits with code 2.
    """


class NoProject(StayhouseError):
    """No project lies here or above."""
