"""Make a shop: chunks of customers into a spool, its days into files, the truth beside them."""

import os
import shutil
from pathlib import Path

from tqdm import tqdm

from stayhouse.errors import StayhouseError
from stayhouse.shop.chunk import TruthFiles, World, make_chunk
from stayhouse.shop.dirt import soil
from stayhouse.shop.experiments import experiment_records
from stayhouse.shop.exports import shop_records
from stayhouse.shop.people import root_count
from stayhouse.shop.raw import write_raw
from stayhouse.shop.sessions import NEIGHBOURHOOD
from stayhouse.shop.settings import Settings
from stayhouse.shop.spool import Spool

CHUNK_ROOTS = 4096


def make_shop(settings: Settings, out: Path, chunk_roots: int = CHUNK_ROOTS) -> None:
    """Write a shop to the folder ``out``, which must not exist; it appears complete or not at all.

    Raises:
        StayhouseError: impossible settings, or ``out`` exists already or cannot be made.
    """
    settings.check()
    if out.exists():
        raise StayhouseError(f"{out} exists already: name a new folder or remove it first.")
    building = out.with_name(f".{out.name}.building-{os.getpid()}")
    try:
        building.mkdir(parents=True)
        _build(settings, building, chunk_roots)
        shutil.rmtree(building / "spool")
        building.rename(out)
    except OSError as error:
        raise StayhouseError(
            f"{out} could not be written ({error.strerror}): choose a folder you may write to."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _build(settings: Settings, building: Path, chunk_roots: int) -> None:
    world = World.of(settings)
    (building / "spool").mkdir()
    spool = Spool(settings, building / "spool")
    for table, rows in shop_records(settings, world.catalogue).items():
        spool.add(table, soil(settings, table, rows))
    spool.add("experiments", experiment_records(settings))
    roots = root_count(settings, world.seasons)
    # Neighbours share devices, so a chunk holds whole neighbourhoods.
    step = -(-chunk_roots // NEIGHBOURHOOD) * NEIGHBOURHOOD
    with (
        TruthFiles(building / "truth") as truth,
        tqdm(total=roots, desc="customers", unit=" families") as progress,
    ):
        for first in range(0, roots, step):
            last = min(first + step, roots)
            make_chunk(world, spool, truth, first, last)
            progress.update(last - first)
    write_raw(settings, world.catalogue, spool, building)
