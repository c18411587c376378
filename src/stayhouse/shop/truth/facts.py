"""The truth that is the same for all customers: parameters, products, pairs."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.dirt.flaws import FLAWS
from stayhouse.shop.orders.rates import MISSING_RATE_DATES
from stayhouse.shop.parameters import (
    ARCHETYPES,
    CATEGORIES,
    CHINESE_SHARE,
    COUNTRIES,
    DEVICES,
    MODEL,
    PRODUCTS_PER_CATEGORY,
    REFERRED_SHARE,
    RESPONSE_TYPES,
    ZONE_SHARE,
    ZONES,
    response_shares,
)
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.contacts import KINDS, campaign_count, campaign_day
from stayhouse.shop.population.experiments import EXPERIMENTS
from stayhouse.shop.settings import Settings
from stayhouse.shop.writing import columns as text


def parameters_json(settings: Settings) -> str:
    """Return every parameter of a run as JSON text."""
    responses = response_shares(settings.has("sharp_response"))
    facts = {
        "settings": {
            "customers_per_year": settings.customers_per_year,
            "days": settings.days,
            "seed": settings.seed,
            "start": settings.start.isoformat(),
            "format": settings.file_format,
            "batches": settings.batches,
            "without": sorted(settings.without),
            "with": sorted(settings.added),
        },
        "model": asdict(MODEL),
        "archetypes": [
            asdict(kind) | {"responses": responses}
            for kind, responses in zip(ARCHETYPES, responses.tolist(), strict=True)
        ],
        "referred_share": REFERRED_SHARE,
        "response_types": RESPONSE_TYPES,
        "zones": [
            {"zone": zone, "country": country, "share": share, "chinese_share": chinese}
            for zone, country, share, chinese in zip(
                ZONES, COUNTRIES, ZONE_SHARE, CHINESE_SHARE, strict=True
            )
        ],
        "outage_date": settings.day_name(MODEL.outage_day) if settings.has("seasons") else None,
        "checkout_fault": {
            "from": settings.day_name(MODEL.fault_day),
            "device": DEVICES[MODEL.fault_device],
            "conversion_factor": MODEL.fault_factor,
        }
        if settings.has("fault")
        else None,
        "experiments": [asdict(plan) for plan in EXPERIMENTS if settings.has("experiments")],
        "campaigns": [
            {"campaign_id": f"k{item}", "kind": KINDS[item % 3], "day": campaign_day(item)}
            for item in range(campaign_count(settings))
        ],
        "missing_rate_dates": sorted(day.isoformat() for day in MISSING_RATE_DATES),
        "flaws": {
            table: [
                {"kind": flaw.name, "outcome": flaw.outcome, "share": flaw.share}
                for flaw in flaws
                if settings.has("dirt")
            ]
            for table, flaws in FLAWS.items()
        },
    }
    return json.dumps(facts, indent=2) + "\n"


def products_truth(settings: Settings, catalogue: Catalogue) -> Any:
    """Return the hidden side of each product."""
    product = np.arange(len(catalogue.price))
    return pa.table(
        {
            "product_id": text.number(product, "p"),
            "category": [CATEGORIES[item // PRODUCTS_PER_CATEGORY] for item in product.tolist()],
            "factor_1": np.round(catalogue.factors[:, 0], 9),
            "factor_2": np.round(catalogue.factors[:, 1], 9),
            "quality": np.round(catalogue.quality, 9),
            "is_dear": catalogue.is_dear,
            "paired_product_id": text.number(catalogue.partner, "p"),
            "attach_probability": np.where(catalogue.partner >= 0, catalogue.attach, 0.0),
            "refill_days": pa.array(catalogue.refill_days, mask=catalogue.refill_days == 0),
        }
    )
