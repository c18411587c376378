"""Assignment by hash: the bucket of a unit under a salt, the same on every engine."""

from hashlib import md5

import numpy as np

from stayhouse.shop.draws import Ints

BUCKETS = 10_000


def customer_id(number: int) -> str:
    """Return a customer's id in the shop's own form."""
    return f"c{number}"


def buckets(salt: str, numbers: Ints) -> Ints:
    """Return the bucket (0 to 9999) of each customer: 8 hex digits of md5(salt|id), modulo."""
    found = [
        int(md5(f"{salt}|{customer_id(number)}".encode()).hexdigest()[:8], 16) % BUCKETS
        for number in numbers.tolist()
    ]
    return np.array(found, dtype=np.int64)
