"""``make bench-feedback``: CPU seconds and memory of 100,000 texts by their words.

70,000 reviews with stars and 30,000 messages, a fifth of them in Chinese, as long as published
reviews of clothing are (60 words; of Chinese food 30 characters) and of as many different words.
The figures are of a process of its own, less what the same command costs without a text.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from tests.bench.measuring import least, run_dbt
from tests.bench.yardstick import slowness, told
from tests.building import Run

MOST_SECONDS = 120.0
MOST_GIGABYTES = 2.0
TEXTS = 100_000
SEEDS = ("feedback_words", "feedback_emoji", "feedback_themes")
# By what is written alone: satisfaction and what follows are joins of orders.
_ROOM = (
    *("int_feedback__written", "ml_feedback_texts", "int_feedback__themes", "review_sentiment"),
    *("support_messages", "review_models", "feedback_themes_monthly"),
)
_SHOP = """
    create table core.clock as select timestamp '2025-01-01' as as_of_at,
        date '2025-01-01' as open_day, timestamp '2023-01-01' as first_at;
    create table core.reviews as
    select 'shop' as source_name, 'w' || id as review_id, 'c:shop:c' || id % 50000 as person_id,
        'p' || id % 500 as product_id, cast(text as varchar) as text,
        cast(rating as bigint) as rating, cast(id % 7 as bigint) as likes, written_at as created_at
    from texts where is_review;
    create table core.events as
    select 'shop' as source_name, 'm' || id as event_id, 'support_message' as event_type,
        'c' || id % 50000 as customer_id, 'v' || id as visitor_id, null::varchar as product_id,
        null::varchar as order_id, cast(text as varchar) as text, written_at as occurred_at
    from texts where not is_review;
    create table core.identity_map (
        source_name varchar, visitor_id varchar, person_id varchar, customer_id varchar,
        valid_from timestamp, valid_to timestamp, shared_from timestamp
    );
    create table core.visitor_days (
        source_name varchar, visitor_id varchar, local_day date, is_bot boolean
    );
    create table core.products as
    select 'shop' as source_name, 'p' || i as product_id, 'shelf ' || i % 12 as category
    from range(500) as r(i);
"""


def main() -> int:
    """Measure and print; return 1 if the room costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.feedback", description=__doc__)
    parser.add_argument("--texts", type=int, default=TEXTS, metavar="N")
    texts = parser.parse_args().texts
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        nothing = measure(Path(name) / "nothing", 0)
        seconds = measure(Path(name) / "texts", texts) - nothing
        gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    slow = min(slow, slowness())
    print(f"{texts:,} texts cost {told(seconds, slow)}, at most {MOST_SECONDS:.0f} for 100,000, "
          f"and {gigabytes:.1f} GB (at most {MOST_GIGABYTES:.0f}); without one the command costs "
          f"{nothing:.1f} s.")  # fmt: skip
    return 0 if seconds <= slow * MOST_SECONDS and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, count: int) -> float:
    """Return the CPU seconds of the room with so many texts."""
    folder.mkdir()
    run = Run(folder)
    with duckdb.connect(str(run.database)) as con:
        con.execute("create schema core")
        con.register("texts", _texts(count))
        con.execute(_SHOP)
    run_dbt(run, "seed", "--select", *SEEDS)
    seconds = least(lambda: run_dbt(run, "run", "--select", *_ROOM))
    ((judged, learnt),) = run.query(
        "select count(*), count(*) filter (model_used = 'text') from feedback.ml_feedback_texts"
    )
    print(f"{judged:,} texts, {learnt:,} by a model: {seconds:.1f} s of CPU", flush=True)
    run.database.unlink()
    return seconds


def _texts(count: int) -> pd.DataFrame:
    """Texts of words as frequent as a language's (Zipf's law), a tenth of which tell the stars."""
    draw = np.random.default_rng(7)
    words = np.array([f"word{number}" for number in range(20_000)], dtype=object)
    signs = np.array([chr(0x4E00 + number) for number in range(3_000)], dtype=object)
    rating = draw.choice([1, 2, 3, 4, 5], size=count, p=[0.05, 0.08, 0.12, 0.25, 0.5])
    is_chinese = draw.random(count) < 0.2
    written = []
    for stars, chinese in zip(rating, is_chinese, strict=True):
        pool, length = (signs, 30) if chinese else (words, 60)
        chosen = pool[np.minimum(draw.zipf(1.3, size=length) - 1, len(pool) - 1)]
        telling = draw.integers(0, length, size=length // 10)
        chosen[telling] = pool[-1 - (stars * 40 + draw.integers(0, 40, size=len(telling)))]
        written.append(("" if chinese else " ").join(chosen))
    start = np.datetime64("2023-01-01T00:00:00", "us")
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "text": written,
            "rating": rating,
            "is_review": np.arange(count) % 10 < 7,
            "written_at": start + draw.integers(0, 730 * 86_400, size=count).astype("m8[s]"),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
