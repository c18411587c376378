"""Make a shop: chunks of customers into a spool, its days into files, the truth beside them."""

import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tqdm import tqdm

from stayhouse.errors import StayhouseError
from stayhouse.shop.chunk import Chunk, World, make_chunk
from stayhouse.shop.dirt import soil
from stayhouse.shop.experiments import experiment_records
from stayhouse.shop.exports import shop_records
from stayhouse.shop.people import root_count
from stayhouse.shop.raw import write_raw
from stayhouse.shop.sessions import NEIGHBOURHOOD
from stayhouse.shop.settings import Settings
from stayhouse.shop.spool import Spool, due_within
from stayhouse.shop.writers import ParquetTable

CHUNK_ROOTS = 3072
_MOST_WORKERS = 4


def make_shop(
    settings: Settings, out: Path, chunk_roots: int = CHUNK_ROOTS, workers: int | None = None
) -> None:
    """Write a shop to the folder ``out``, which must not exist; it appears complete or not at all.

    Args:
        settings: what is asked for.
        out: the new folder.
        chunk_roots: how many root customers are made at a time; it changes no byte.
        workers: how many processes help; it changes no byte. None: one for each core, and none
            for a shop of a single chunk.

    Raises:
        StayhouseError: impossible settings, or ``out`` exists already or cannot be made.
    """
    settings.check()
    if out.exists():
        raise StayhouseError(f"{out} exists already: name a new folder or remove it first.")
    building = out.with_name(f".{out.name}.building-{os.getpid()}")
    try:
        building.mkdir(parents=True)
        _build(settings, building, chunk_roots, workers)
        shutil.rmtree(building / "spool")
        building.rename(out)
    except OSError as error:
        raise StayhouseError(
            f"{out} could not be written ({error.strerror}): choose a folder you may write to."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _build(settings: Settings, building: Path, chunk_roots: int, workers: int | None) -> None:
    world = World.of(settings)
    (building / "spool").mkdir()
    spool = Spool(settings, building / "spool")
    for table, rows in shop_records(settings, world.catalogue).items():
        spool.add(table, due_within(settings, soil(settings, table, rows)))
    spool.add("experiments", due_within(settings, experiment_records(settings)))
    roots = root_count(settings, world.seasons)
    # Neighbours share devices, so a chunk holds whole neighbourhoods.
    step = -(-chunk_roots // NEIGHBOURHOOD) * NEIGHBOURHOOD
    edges = [(first, min(first + step, roots)) for first in range(0, roots, step)]
    if workers is None:
        workers = min(os.cpu_count() or 1, _MOST_WORKERS) if len(edges) > 1 else 0
    with ExitStack() as stack:
        pool = None
        if workers:
            context = multiprocessing.get_context("spawn")
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=context))
        _spool_chunks(settings, building, spool, edges, pool, workers)
        write_raw(settings, spool, building, pool)


def _spool_chunks(
    settings: Settings,
    building: Path,
    spool: Spool,
    edges: list[tuple[int, int]],
    pool: Executor | None,
    workers: int,
) -> None:
    truth: dict[str, ParquetTable] = {}
    with ExitStack() as files, tqdm(desc="customers", total=edges[-1][1], unit=" families") as bar:
        chunks = _chunks(settings, edges, pool, workers)
        for (first, last), chunk in zip(edges, chunks, strict=True):
            for table, rows in chunk.rows.items():
                spool.add(table, rows)
            for name, rows in chunk.truth.items():
                if name not in truth:
                    path = building / "truth" / f"{name}.parquet"
                    truth[name] = files.enter_context(ParquetTable(path))
                truth[name].write(rows)
            bar.update(last - first)


def _chunks(
    settings: Settings, edges: list[tuple[int, int]], pool: Executor | None, workers: int
) -> Iterator[Chunk]:
    """Yield the chunks in order; with a pool, a few are made ahead, so that memory is bounded."""
    if pool is None:
        yield from (make_chunk(settings, first, last) for first, last in edges)
        return
    ahead: deque[Future[Chunk]] = deque()
    for first, last in edges:
        ahead.append(pool.submit(make_chunk, settings, first, last))
        if len(ahead) > workers:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()
