"""Make a shop: chunks of customers into a spool, its days into files, the truth beside them."""

import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from stayhouse.base.errors import StayhouseError
from stayhouse.shop.chunk import World, count_copy, make_chunk
from stayhouse.shop.dirt.dirt import soil
from stayhouse.shop.population.people import root_count
from stayhouse.shop.settings import Settings
from stayhouse.shop.truth.activity_retention import activity_table
from stayhouse.shop.truth.facts import parameters_json, products_truth
from stayhouse.shop.truth.pairs import PairCounts, pairs_truth
from stayhouse.shop.truth.retention import Counts, copies_of, retention_table
from stayhouse.shop.visits.sessions import NEIGHBOURHOOD
from stayhouse.shop.writing.assignments import experiment_records
from stayhouse.shop.writing.exports import shop_records
from stayhouse.shop.writing.raw import write_raw
from stayhouse.shop.writing.spool import Spool, due_within
from stayhouse.shop.writing.writers import ParquetTable

Result = TypeVar("Result")
CHUNK_ROOTS = 3072
_MOST_WORKERS = 4


def make_shop(
    settings: Settings,
    out: Path,
    chunk_roots: int = CHUNK_ROOTS,
    workers: int | None = None,
    *,
    has_rates: bool = True,
) -> None:
    """Write a shop to the folder ``out``, which must not exist; it appears complete or not at all.

    Args:
        settings: what is asked for.
        out: the new folder.
        chunk_roots: how many root customers are made at a time; it changes no byte.
        workers: how many processes help; it changes no byte. None: one for each core, and none
            for a shop of a single chunk.
        has_rates: whether its true rates of retention are counted too, on up to twenty other
            populations, which takes longer than to make a shop.

    Raises:
        StayhouseError: impossible settings, or ``out`` exists already or cannot be made.
    """
    settings.check()
    if out.exists():
        raise StayhouseError(f"{out} exists already: name a new folder or remove it first.")
    building = out.with_name(f".{out.name}.building-{os.getpid()}")
    try:
        building.mkdir(parents=True)
        _build(settings, building, chunk_roots, workers, has_rates=has_rates)
        shutil.rmtree(building / "spool")
        building.rename(out)
    except OSError as error:
        raise StayhouseError(
            f"{out} could not be written ({error.strerror}): choose a folder you may write to."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _build(
    settings: Settings, building: Path, chunk_roots: int, workers: int | None, *, has_rates: bool
) -> None:
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
        pairs = _spool_chunks(world, building, spool, edges, pool, workers)
        _write_facts(world, building / "truth", pairs)
        if has_rates:
            _count_retention(settings, building / "truth", edges, pool, workers)
        write_raw(settings, spool, building, pool)


def _spool_chunks(
    world: World,
    building: Path,
    spool: Spool,
    edges: list[tuple[int, int]],
    pool: Executor | None,
    workers: int,
) -> PairCounts:
    truth: dict[str, ParquetTable] = {}
    pairs = PairCounts.none(world.catalogue)
    with ExitStack() as files, tqdm(desc="customers", total=edges[-1][1], unit=" families") as bar:
        jobs = [(world.settings, first, last) for first, last in edges]
        chunks = _in_order(make_chunk, jobs, pool, workers)
        for (first, last), chunk in zip(edges, chunks, strict=True):
            for table, rows in chunk.rows.items():
                spool.add(table, rows)
            for name, rows in chunk.truth.items():
                if name not in truth:
                    path = building / "truth" / f"{name}.parquet"
                    truth[name] = files.enter_context(ParquetTable(path))
                truth[name].write(rows)
            pairs.add(chunk.pairs)
            bar.update(last - first)
    return pairs


def _write_facts(world: World, folder: Path, pairs: PairCounts) -> None:
    (folder / "parameters.json").write_text(parameters_json(world.settings), encoding="utf-8")
    with ParquetTable(folder / "products.parquet") as writer:
        writer.write(products_truth(world.settings, world.catalogue))
    with ParquetTable(folder / "product_pairs.parquet") as writer:
        writer.write(pairs_truth(world.catalogue, pairs))


def _count_retention(
    settings: Settings,
    folder: Path,
    edges: list[tuple[int, int]],
    pool: Executor | None,
    workers: int,
) -> None:
    jobs = [
        (copy, first, last) for copy in copies_of(settings, edges[-1][1]) for first, last in edges
    ]
    totals: dict[tuple[str, str], Counts] = {}
    for found in tqdm(
        _in_order(count_copy, jobs, pool, workers), desc="reference", total=len(jobs)
    ):
        for key, counts in found.items():
            if key in totals:
                totals[key].add(counts)
            else:
                totals[key] = counts
    if totals:
        with ParquetTable(folder / "retention.parquet") as writer:
            writer.write(retention_table(settings, totals))
        with ParquetTable(folder / "activity_retention.parquet") as writer:
            writer.write(activity_table(settings, totals))


def _in_order(
    make: Callable[..., Result], jobs: list[Any], pool: Executor | None, workers: int
) -> Iterator[Result]:
    """Yield the results of jobs in order; a few are made ahead, so that memory is bounded."""
    if pool is None:
        yield from (make(*job) for job in jobs)
        return
    ahead: deque[Future[Result]] = deque()
    for job in jobs:
        ahead.append(pool.submit(make, *job))
        if len(ahead) > workers:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()
