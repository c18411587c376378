"""One product: what the same people bought or looked at."""

from app import choices, figures, layout
from app.fragments import by_itself
from app.language import say
from app.published import Published

# Those of which most people are known; as many as a list can hold that is looked through.
_OFFERED = 1000

# Where two are called the same, their ids stand beside them.
_PRODUCTS = f"""
with counted as (
    select source_name, product_id, max(people_count) as people_count
    from recommendations.product_neighbours
    group by source_name, product_id
),

named as (
    select c.*, coalesce(p.name, c.product_id) as name
    from counted as c
    left join core.products as p
        on c.source_name = p.source_name and c.product_id = p.product_id
)

select
    source_name, product_id, count(*) over () as product_count,
    name || case
        when count(*) over (partition by name) > 1
            then ' (' || source_name || ' ' || product_id || ')'
        else ''
    end as title
from named
order by people_count desc, title, source_name, product_id
limit {_OFFERED}
"""

_NEIGHBOURS = """
select
    n.neighbour_rank, coalesce(p.name, n.neighbour_product_id) as product, p.category,
    n.people_count, n.similarity, n.is_available
from recommendations.product_neighbours as n
left join core.products as p
    on n.neighbour_source_name = p.source_name and n.neighbour_product_id = p.product_id
where n.source_name = $source and n.product_id = $product
order by n.neighbour_rank
"""


@by_itself
def show(published: Published) -> None:
    """Let a product be chosen, and list what goes with it."""
    products = layout.rows(published.ask(_PRODUCTS).frame)
    if not products:
        layout.notice(
            say("recommendations.no_neighbour"), say("recommendations.no_neighbour_remedy")
        )
        return
    offered = {row["title"]: row for row in products}
    chosen = offered[
        choices.one(say("recommendations.choose_product"), list(offered),
                    key="recommendations-product")
    ]  # fmt: skip
    if chosen["product_count"] > _OFFERED:
        layout.caption(
            say("recommendations.offered", shown=figures.count(_OFFERED),
                total=figures.count(chosen["product_count"]))
        )  # fmt: skip
    column = layout.Column
    layout.table(
        "recommendations_neighbours",
        published.ask(_NEIGHBOURS, source=chosen["source_name"], product=chosen["product_id"]),
        [
            column("product", say("recommendations.goes_with"), is_long=True),
            column("category", say("recommendations.category"), is_long=True, is_minor=True),
            column("people_count", say("recommendations.both"), figures.count),
            column("similarity", say("recommendations.similarity"), is_minor=True,
                   write=lambda v: figures.decimal(v, 2)),
            column("is_available", say("recommendations.available"), is_text=True,
                   write=lambda v: say("app.yes" if v else "app.no")),
        ],
        "recommendations.product_neighbours", "core.products",
        limit=10,
    )  # fmt: skip
