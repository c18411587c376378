"""The made-up site as its trackers export it, each in its documented form."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.integration.tracked_site import PRICES, Site

_PLUGIN = "com_snowplowanalytics_snowplow_ecommerce_"
ACTION = f"unstruct_event_{_PLUGIN}snowplow_ecommerce_action_1"
PRODUCT, TRANSACTION = f"contexts_{_PLUGIN}product_1", f"contexts_{_PLUGIN}transaction_1"
# The fields of an enriched event, in their order: `atomic.events` and three of JSON.
_ATOMIC = """
    app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id
    name_tracker v_tracker v_collector v_etl user_id user_ipaddress user_fingerprint
    domain_userid domain_sessionidx network_userid geo_country geo_region geo_city geo_zipcode
    geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain ip_netspeed
    page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath
    page_urlquery page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath
    refr_urlquery refr_urlfragment refr_medium refr_source refr_term mkt_medium mkt_source
    mkt_term mkt_content mkt_campaign contexts se_category se_action se_label se_property
    se_value unstruct_event tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city
    tr_state tr_country ti_orderid ti_sku ti_name ti_category ti_price ti_quantity
    pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent br_name br_family
    br_version br_type br_renderengine br_lang br_features_pdf br_features_flash
    br_features_java br_features_director br_features_quicktime br_features_realplayer
    br_features_windowsmedia br_features_gears br_features_silverlight br_cookies br_colordepth
    br_viewwidth br_viewheight os_name os_family os_manufacturer os_timezone dvce_type
    dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width doc_height
    tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base
    base_currency geo_timezone mkt_clickid mkt_network etl_tags dvce_sent_tstamp
    refr_domain_userid refr_dvce_tstamp derived_contexts domain_sessionid derived_tstamp
    event_vendor event_name event_format event_version event_fingerprint true_tstamp
"""
ATOMIC = _ATOMIC.split()
# Of the plug-in's actions those that the site has; the rest comes from the tracker itself.
_ACTIONS = {
    "product": "product_view", "list": "list_view", "add": "add_to_cart",
    "remove": "remove_from_cart", "checkout": "checkout_step", "purchase": "transaction",
}  # fmt: skip
# What the tracker without the plug-in calls it.
_NAMES = {
    "page": "page_view", "product": "page_view", "list": "page_view", "search": "site_search",
    "add": "add_to_cart", "remove": "remove_from_cart", "checkout": "page_view",
    "purchase": "transaction", "ping": "page_ping", "click": "link_click",
    "consent": "consent_preferences",
}  # fmt: skip
# What stands in columns that tell of people, and may land nowhere.
PERSONAL = {
    "user_ipaddress": "192.0.2.77", "user_fingerprint": "4242424242", "geo_city": "Łódź",
    "network_userid": "across-all-sites", "geo_zipcode": "00-001", "geo_latitude": "51.7592",
    "geo_longitude": "19.4560", "ip_organization": "Onym & Sons", "mkt_clickid": "gclid-secret",
}  # fmt: skip


def write_orders(site: Site, folder: Path) -> None:
    """Write the orders of the site's shop, and their lines, as the canonical tables."""
    folder.mkdir()
    orders = [
        {
            "order_id": order.order, "customer_id": order.customer, "ordered_at": f"{order.at}Z",
            "status": "paid", "currency": "GBP",
        }
        for order in site.orders.itertuples()
    ]  # fmt: skip
    lines = [
        {"order_id": order.order, "product_id": name, "quantity": 1, "unit_price": PRICES[name]}
        for order in site.orders.itertuples()
        for name in order.products
    ]
    pd.DataFrame(orders).to_csv(folder / "orders.csv", index=False)
    pd.DataFrame(lines).to_csv(folder / "order_lines.csv", index=False)


def write_snowplow(site: Site, folder: Path) -> None:
    """Write two tables of Snowplow events: every other visitor's tracker has the plug-in.

    Those without it are the standard columns and nothing else.
    """
    folder.mkdir()
    for number, columns in enumerate((ATOMIC, [*ATOMIC, ACTION, PRODUCT, TRANSACTION])):
        with (folder / f"events_{number}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            for place, action in _actions(site):
                if action["visitor"] % 2 == number:
                    row = _snowplow(place, action, has_plugin=bool(number))
                    writer.writerow({name: row.get(name, "") for name in columns})


def _snowplow(place: int, action: Mapping[str, Any], *, has_plugin: bool) -> dict[str, object]:
    kind, at = action["kind"], action["at"]
    is_action = has_plugin and kind in _ACTIONS
    name = "snowplow_ecommerce_action" if is_action else _NAMES[kind]
    source, medium, campaign = action["campaign"] or ("", "", "")
    row = {
        **PERSONAL,
        "app_id": "site", "platform": "web", "event_id": f"e-{place}", "event_name": name,
        "event": name if name in ("page_view", "page_ping", "transaction") else "unstruct",
        "collector_tstamp": f"{at}", "etl_tstamp": f"{at + timedelta(minutes=3)}",
        "dvce_created_tstamp": f"{at - timedelta(hours=5)}", "derived_tstamp": f"{at}",
        "domain_userid": f"d-{action['visitor']}", "user_id": action["customer"] or "",
        "page_url": action["page"], "mkt_source": source, "mkt_medium": medium,
        "mkt_campaign": campaign, "useragent": "Mozilla/5.0 (X11; Linux x86_64)",
        "dvce_type": {"mobile": "Mobile", "desktop": "Computer"}[action["device"]],
        "ip_netspeed": "Cable/DSL", "contexts": '{"data": [{"data": {"email": "o@nym.example"}}]}',
    }  # fmt: skip
    if is_action:
        products = [{"id": p, "price": PRICES[p], "currency": "GBP"} for p in action["products"]]
        row[ACTION] = json.dumps({"type": _ACTIONS[kind]})
        row[PRODUCT] = json.dumps(products)
        sold = {"transaction_id": action["order"], "revenue": 1.5, "currency": "GBP"}
        row[TRANSACTION] = json.dumps([sold]) if kind == "purchase" else ""
    elif kind == "purchase":
        row |= {"tr_orderid": action["order"], "tr_total": "1.50", "tr_currency": "GBP"}
    return row


# What Google's tags call it; and the session that the site's property is set to.
_GOOGLE = {
    "page": "page_view", "product": "view_item", "list": "view_item_list", "search": "search",
    "add": "add_to_cart", "remove": "remove_from_cart", "checkout": "begin_checkout",
    "purchase": "purchase", "ping": "user_engagement", "click": "click", "consent": "cookie_banner",
}  # fmt: skip
GOOGLE_PAUSE = timedelta(minutes=45)
# Events of people who did not consent: nobody's.
WITHOUT_CONSENT = 7


def write_ga4(site: Site, folder: Path) -> None:
    """Write the daily tables of a GA4 property, as BigQuery exports them to files.

    The first export of each day lacks what devices sent later. The second has all, with what
    Google attributes meanwhile, and every other day of it is Parquet.
    """
    for number, name in enumerate(("first", "second")):
        (folder / name).mkdir(parents=True)
        days: dict[str, list[dict[str, Any]]] = {}
        for place, event in enumerate(_google_events(site)):
            if number or place % 10:
                days.setdefault(event["event_date"], []).append(event)
        for place, (day, events) in enumerate(sorted(days.items())):
            if number:
                for event in events:
                    event["event_params"].reverse()
                    event["traffic_source"] = {"source": "google", "name": "(organic)"}
            path = folder / name / f"events_{day}.json"
            if number and place % 2:
                table = pa.Table.from_pylist(events, schema=_GOOGLE_SCHEMA)
                pq.write_table(table, path.with_suffix(".parquet"))
            else:
                path.write_text("".join(map(_google_line, events)), encoding="utf-8")


def ids_of_google(site: Site) -> set[str]:
    """Return the ids of the accepted events: of what tells two events apart, and nothing else."""
    names = ("user_pseudo_id", "event_timestamp", "event_name", "batch_page_id")
    places = ("batch_ordering_id", "batch_event_index")
    return {
        hashlib.md5("|".join(str(event[name]) for name in names + places).encode()).hexdigest()
        for event in _google_events(site)
        if event["user_pseudo_id"]
    }


def _google_events(site: Site) -> Iterator[dict[str, Any]]:
    frame = site.actions.sort_values(["visitor", "at"])
    last: dict[str, Any] | None = None
    for place, action in _actions(Site(frame, site.orders)):
        is_new = last is None or last["visitor"] != action["visitor"]
        if is_new or action["at"] - last["at"] > GOOGLE_PAUSE:
            session = int(action["at"].replace(tzinfo=UTC).timestamp())
        last = action
        yield _google(action, session, place)
    for place in range(WITHOUT_CONSENT):
        event = _google({**action, "kind": "page", "customer": None}, session, place)
        yield {**event, "user_pseudo_id": None}


def _google(action: Mapping[str, Any], session: int, place: int) -> dict[str, Any]:
    kind, campaign = action["kind"], action["campaign"]
    at = action["at"] - datetime(1970, 1, 1)
    products = action["products"] if kind in _ACTIONS else []
    params = {
        "page_location": action["page"], "ga_session_id": session, "currency": "GBP",
        "engagement_time_msec": 1_500, "user_email": "o@nym.example",
    }  # fmt: skip
    return {
        "event_date": f"{action['at']:%Y%m%d}", "event_timestamp": at // timedelta(microseconds=1),
        "event_name": _GOOGLE[kind], "user_pseudo_id": f"{action['visitor']}.1700000000",
        "user_id": action["customer"], "batch_page_id": session * 1_000,
        "batch_ordering_id": place % 3, "batch_event_index": 1,
        "event_params": [
            {"key": key, "value": {_KINDS[type(value)]: value}} for key, value in params.items()
        ],
        "items": [
            {"item_id": product, "price": float(PRICES[product]), "quantity": 1}
            for product in products
        ],
        "ecommerce": {"transaction_id": action["order"] or "(not set)"},
        "device": {"category": action["device"], "advertising_id": "ad-id-of-a-phone"},
        "geo": {"city": "Łódź"},
        "collected_traffic_source": campaign and {
            "manual_source": campaign[0], "manual_medium": campaign[1],
            "manual_campaign_name": campaign[2], "gclid": "gclid-secret",
        },
    }  # fmt: skip


_KINDS = {str: "string_value", int: "int_value"}
_VALUE = pa.struct({"string_value": pa.string(), "int_value": pa.int64()})
_GOOGLE_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("event_date", "event_name", "user_pseudo_id", "user_id"), pa.string()),
        "event_timestamp": pa.int64(), "batch_page_id": pa.int64(),
        "batch_ordering_id": pa.int64(), "batch_event_index": pa.int64(),
        "event_params": pa.list_(pa.struct({"key": pa.string(), "value": _VALUE})),
        "items": pa.list_(
            pa.struct({"item_id": pa.string(), "price": pa.float64(), "quantity": pa.int64()})
        ),
        "ecommerce": pa.struct({"transaction_id": pa.string()}),
        "device": pa.struct({"category": pa.string(), "advertising_id": pa.string()}),
        "geo": pa.struct({"city": pa.string()}),
        "collected_traffic_source": pa.struct(
            dict.fromkeys(
                ("manual_source", "manual_medium", "manual_campaign_name", "gclid"), pa.string()
            )
        ),
        "traffic_source": pa.struct({"source": pa.string(), "name": pa.string()}),
    }
)  # fmt: skip


def _google_line(event: dict[str, Any]) -> str:
    """A row as BigQuery writes it: whole numbers as text, and nothing of what is null."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(part) for key, part in value.items() if part is not None}
        if isinstance(value, list):
            return [told(part) for part in value]
        return str(value) if isinstance(value, int) else value

    return json.dumps(told(event), ensure_ascii=False) + "\n"


_CAPTURED = {
    "page": "$pageview", "product": "Product Viewed", "list": "Product List Viewed",
    "search": "Products Searched", "add": "Product Added", "remove": "Product Removed",
    "checkout": "Checkout Started", "purchase": "Order Completed", "ping": "$pageleave",
    "click": "$autocapture", "consent": "cookie banner closed",
}  # fmt: skip
# Events that two files of PostHog's hold.
TWICE = 50


def write_posthog(site: Site, folder: Path) -> None:
    """Write the events of a PostHog project: the first as JSON lines, the last as CSV."""
    folder.mkdir()
    events = [_captured(place, action) for place, action in _actions(site)]
    half = len(events) // 2
    lines = [json.dumps(event, ensure_ascii=False) for event in events[:half]]
    (folder / "events_1.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = ["uuid", "event", "distinct_id", "properties", "timestamp", "created_at"]
    with (folder / "events_2.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        for event in events[half - TWICE :]:
            turned = dict(reversed(event["properties"].items()))
            writer.writerow({**event, "properties": json.dumps(turned)})


def _captured(place: int, action: Mapping[str, Any]) -> dict[str, Any]:
    kind, customer, device = action["kind"], action["customer"], f"dev-{action['visitor']}"
    source, medium, campaign = action["campaign"] or (None, None, None)
    products = [{"product_id": p, "price": PRICES[p]} for p in action["products"]]
    properties = {
        "$device_id": device, "$is_identified": customer is not None, "$session_id": "s",
        "distinct_id": customer or device, "$user_id": customer, "$current_url": action["page"],
        "$referrer": "$direct", "$device_type": action["device"].title(), "$ip": "192.0.2.77",
        "$geoip_city_name": "Łódź", "$set": {"email": "o@nym.example"}, "$el_text": "Onym & Sons",
        "utm_source": source, "utm_medium": medium, "utm_campaign": campaign,
    }  # fmt: skip
    if kind in _ACTIONS:
        properties |= {"products": products} if len(products) > 1 else products[0]
    return {
        "uuid": f"0190-{place}", "event": _CAPTURED[kind], "distinct_id": customer or device,
        "properties": properties | ({"order_id": action["order"]} if action["order"] else {}),
        "person_properties": {"email": "o@nym.example"}, "elements_chain": "Onym & Sons",
        "timestamp": f"{action['at'].isoformat(timespec='milliseconds')}Z",
        "created_at": f"{action['at'] + timedelta(seconds=2)}+00:00",
    }  # fmt: skip


def _actions(site: Site) -> Iterator[tuple[int, Mapping[str, Any]]]:
    frame = site.actions.astype(object)
    yield from enumerate(frame.where(frame.notna(), None).to_dict("records"))
