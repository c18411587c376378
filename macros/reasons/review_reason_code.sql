{#- Why a review is rejected: the first reason that applies, else null. -#}
{% macro review_reason_code() -%}
    case
        when review_id is null then 'missing_review_id'
        when customer_id is null then 'missing_customer_id'
        when product_id is null then 'missing_product_id'
        when created_at is null or created_at < timestamp '2000-01-01 00:00:00'
            then 'invalid_created_at'
        when created_at > data_until then 'created_after_data_until'
        when rating not between 1 and 5 then 'invalid_rating'
    end
{%- endmacro %}
