"""One thread: the order in which threads add floats up changes the last digit."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra and loops over rows on one thread until the block ends.

    What adds floats up is imported before the first call, since libraries are looked for once: each
    search costs some ten milliseconds, and a fit asks for it a hundred times.
    """
    limit: AbstractContextManager[object] = _libraries().limit(limits=1)
    return limit


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
