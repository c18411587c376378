{#- What every source's staging model of a table provides, with types: the meeting point of all
    sources. `key` identifies a row's entity, `instant` dates it, `amount` is the money at stake,
    `raw_amount` lists the landed columns whose product it is; the first list that can be read
    counts. -#}
{% macro canonical_columns(table_name=none) -%}
    {%- set tables = {
        'events': {
            'key': ['event_id'], 'instant': 'occurred_at', 'amount': 'price',
            'columns': {
                'event_id': 'varchar', 'event_type': 'varchar', 'visitor_id': 'varchar',
                'customer_id': 'varchar', 'product_id': 'varchar', 'order_id': 'varchar',
                'currency': 'varchar', 'page_url': 'varchar', 'referrer': 'varchar',
                'utm_source': 'varchar', 'utm_medium': 'varchar', 'utm_campaign': 'varchar',
                'device_type': 'varchar', 'user_agent': 'varchar', 'search_term': 'varchar',
                'text': 'varchar', 'properties': 'varchar',
                'quantity': 'bigint', 'result_count': 'bigint', 'load_ms': 'bigint',
                'rating': 'bigint', 'price': 'decimal(18, 4)',
                'occurred_at': 'timestamp', 'received_at': 'timestamp', 'available_at': 'timestamp',
            },
        },
        'orders': {
            'key': ['order_id'], 'instant': 'ordered_at', 'amount': none,
            'columns': {
                'order_id': 'varchar', 'customer_id': 'varchar', 'visitor_id': 'varchar',
                'email_hash': 'varchar', 'status': 'varchar', 'currency': 'varchar',
                'coupon_code': 'varchar', 'discount': 'decimal(18, 4)', 'is_test': 'boolean',
                'ordered_at': 'timestamp',
                'promised_at': 'timestamp', 'delivered_at': 'timestamp', 'updated_at': 'timestamp',
            },
        },
        'order_lines': {
            'key': ['order_id', 'line_number', 'is_by_position'], 'instant': none,
            'amount': 'amount',
            'raw_amount': [['amount'], ['unit_price', 'quantity']],
            'columns': {
                'order_id': 'varchar', 'product_id': 'varchar', 'line_number': 'bigint',
                'quantity': 'bigint', 'unit_price': 'decimal(21, 8)', 'amount': 'decimal(18, 4)',
                'discount': 'decimal(18, 4)', 'is_by_position': 'boolean',
            },
        },
        'order_charges': {
            'key': ['order_id', 'kind', 'charge_id', 'is_by_position'], 'instant': none,
            'amount': 'abs(amount)', 'raw_amount': [['amount']],
            'columns': {
                'order_id': 'varchar', 'charge_id': 'varchar', 'kind': 'varchar',
                'amount': 'decimal(18, 4)', 'is_by_position': 'boolean',
            },
        },
        'refunds': {
            'key': ['refund_id'], 'instant': 'refunded_at', 'amount': 'amount',
            'raw_amount': [['amount']],
            'columns': {
                'refund_id': 'varchar', 'order_id': 'varchar', 'customer_id': 'varchar',
                'product_id': 'varchar', 'currency': 'varchar', 'reason': 'varchar',
                'quantity': 'bigint', 'amount': 'decimal(18, 4)', 'refunded_at': 'timestamp',
            },
        },
        'customers': {
            'key': ['customer_id'], 'instant': 'signed_up_at', 'amount': none,
            'columns': {
                'customer_id': 'varchar', 'email_hash': 'varchar', 'gender': 'varchar',
                'income_band': 'varchar', 'city': 'varchar', 'country': 'varchar',
                'time_zone': 'varchar', 'referred_by': 'varchar', 'birth_year': 'bigint',
                'marketing_consent': 'boolean', 'signed_up_at': 'timestamp',
                'updated_at': 'timestamp',
            },
        },
        'products': {
            'key': ['product_id'], 'instant': none, 'amount': none,
            'columns': {
                'product_id': 'varchar', 'name': 'varchar', 'category_path': 'varchar',
                'brand': 'varchar', 'description': 'varchar', 'price': 'decimal(18, 4)',
                'cost': 'decimal(18, 4)', 'is_available': 'boolean', 'is_replenishable': 'boolean',
                'updated_at': 'timestamp',
            },
        },
        'reviews': {
            'key': ['review_id'], 'instant': 'created_at', 'amount': none,
            'columns': {
                'review_id': 'varchar', 'customer_id': 'varchar', 'product_id': 'varchar',
                'text': 'varchar', 'language': 'varchar', 'rating': 'bigint', 'likes': 'bigint',
                'created_at': 'timestamp',
            },
        },
        'content': {
            'key': ['content_id'], 'instant': none, 'amount': none,
            'columns': {
                'content_id': 'varchar', 'title': 'varchar', 'category_path': 'varchar',
                'kind': 'varchar',
            },
        },
        'campaigns': {
            'key': ['campaign_id'], 'instant': 'starts_at', 'amount': none,
            'columns': {
                'campaign_id': 'varchar', 'name': 'varchar', 'kind': 'varchar',
                'target_segment': 'varchar', 'offer_value': 'decimal(18, 4)',
                'starts_at': 'timestamp', 'ends_at': 'timestamp',
            },
        },
        'contacts': {
            'key': ['contact_id'], 'instant': 'sent_at', 'amount': 'cost', 'raw_amount': [['cost']],
            'columns': {
                'contact_id': 'varchar', 'campaign_id': 'varchar', 'customer_id': 'varchar',
                'channel': 'varchar', 'cost': 'decimal(18, 4)', 'sent_at': 'timestamp',
                'opened_at': 'timestamp', 'clicked_at': 'timestamp',
            },
        },
        'channel_costs': {
            'key': ['channel', 'day'], 'instant': 'cast(day as timestamp)', 'amount': 'cost',
            'raw_amount': [['cost']],
            'columns': {
                'channel': 'varchar', 'currency': 'varchar', 'cost': 'decimal(18, 4)',
                'day': 'date',
            },
        },
        'experiments': {
            'key': ['experiment_id', 'lower(arm)'], 'instant': 'starts_at', 'amount': none,
            'columns': {
                'experiment_id': 'varchar', 'arm': 'varchar', 'unit_kind': 'varchar',
                'primary_metric': 'varchar', 'weight': 'decimal(31, 18)', 'starts_at': 'timestamp',
                'ends_at': 'timestamp',
            },
        },
        'exposures': {
            'key': ['experiment_id', 'lower(arm)', 'unit_id'], 'instant': 'exposed_at', 'amount': none,
            'columns': {
                'experiment_id': 'varchar', 'arm': 'varchar', 'unit_id': 'varchar',
                'exposed_at': 'timestamp',
            },
        },
        'erasure_requests': {
            'key': ['coalesce(customer_id, md5(email_hash))'], 'instant': 'requested_at',
            'amount': none,
            'columns': {
                'customer_id': 'varchar', 'email_hash': 'varchar', 'requested_at': 'timestamp',
            },
        },
    } -%}
    {{ return(tables[table_name] if table_name else tables) }}
{%- endmacro %}
