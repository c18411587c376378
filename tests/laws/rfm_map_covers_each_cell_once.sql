-- Each of the 25 cells of recency and frequency has exactly one segment.
-- If it breaks: add the cell that is missing to seeds/rfm_segment_map.csv, or take out the one that
-- stands twice.
with cells as (
    select
        recency_score,
        frequency_score,
        count(*) as segment_count
    from {{ ref('rfm_segment_map') }}
    where recency_score between 1 and 5 and frequency_score between 1 and 5
    group by recency_score, frequency_score
)

select count(*) as cell_count
from cells
having count(*) <> 25 or max(segment_count) <> 1
