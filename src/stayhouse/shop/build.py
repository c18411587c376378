"""Make a shop: chunks of customers into a spool, its days into files, the truth beside them."""

import os
import shutil
from pathlib import Path

import numpy as np
from tqdm import tqdm

from stayhouse.errors import StayhouseError
from stayhouse.shop.catalogue import Catalogue, make_catalogue
from stayhouse.shop.contacts import make_plan
from stayhouse.shop.events import make_events
from stayhouse.shop.experiments import experiment_records, exposure_records
from stayhouse.shop.exports import (
    contact_records,
    customer_records,
    erasure_records,
    order_records,
    refund_records,
    review_records,
    shop_records,
)
from stayhouse.shop.formats import to_table
from stayhouse.shop.lives import live
from stayhouse.shop.orders import make_orders, make_refunds
from stayhouse.shop.people import make_people, root_count
from stayhouse.shop.seasons import Seasons
from stayhouse.shop.sessions import (
    discovery_sessions,
    join,
    moment_sessions,
    passer_by_sessions,
    shop_sessions,
    signed_up_ms,
)
from stayhouse.shop.settings import Settings
from stayhouse.shop.spool import Spool
from stayhouse.shop.tables import DTYPES
from stayhouse.shop.writers import TableWriter

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
    seasons = Seasons(settings)
    catalogue = make_catalogue(settings)
    (building / "spool").mkdir()
    spool = Spool(settings, building / "spool")
    for table, rows in shop_records(settings, catalogue).items():
        spool.add(table, rows)
    spool.add("experiments", experiment_records(settings))
    roots = root_count(settings, seasons)
    with tqdm(total=roots, desc="customers", unit=" families") as progress:
        for first in range(0, roots, chunk_roots):
            last = min(first + chunk_roots, roots)
            _add_chunk(settings, seasons, catalogue, spool, first, last)
            progress.update(last - first)
    _write_raw(settings, catalogue, spool, building / "raw")


def _add_chunk(
    settings: Settings, seasons: Seasons, catalogue: Catalogue, spool: Spool, first: int, last: int
) -> None:
    people = make_people(settings, seasons, catalogue, first, last)
    plan = make_plan(settings, people)
    lives = live(settings, seasons, catalogue, people, plan)
    orders = make_orders(settings, catalogue, people, lives)
    sessions = join(
        [
            shop_sessions(settings, people, lives, orders),
            discovery_sessions(people),
            passer_by_sessions(seasons, people),
            moment_sessions(settings, people, orders),
        ]
    )
    seen = (sessions.at_ms >= settings.start_ms) & (sessions.at_ms < settings.end_ms)
    sessions = sessions.take(np.flatnonzero(seen))
    spool.add("events", make_events(catalogue, people, orders, sessions))
    for table, rows in order_records(settings, people, orders, sessions).items():
        spool.add(table, rows)
    spool.add("refunds", refund_records(people, orders, make_refunds(orders), settings))
    spool.add("customers", customer_records(settings, people, orders))
    spool.add("reviews", review_records(people, orders, sessions))
    spool.add("contacts", contact_records(settings, people, plan))
    signed = signed_up_ms(settings, people, orders)
    spool.add("exposures", exposure_records(settings, people, lives.visits, signed))
    spool.add("erasure_requests", erasure_records(settings, people))


def _write_raw(settings: Settings, catalogue: Catalogue, spool: Spool, raw: Path) -> None:
    total = sum(spool.row_count(table) for table in DTYPES)
    with tqdm(total=total, desc="rows", unit=" rows", unit_scale=True) as progress:
        for table in DTYPES:
            if settings.batches == "daily":
                for day, rows in spool.days(table):
                    folder = raw / settings.day_name(day)
                    with TableWriter(folder, table, settings.file_format) as writer:
                        writer.write(to_table(settings, catalogue, table, rows))
                    progress.update(len(rows))
            else:
                with TableWriter(raw, table, settings.file_format) as writer:
                    for _, rows in spool.days(table):
                        writer.write(to_table(settings, catalogue, table, rows))
                        progress.update(len(rows))
