-- A source and table of which more than var `rejection_warn_rate` was lost, of its rows or of its
-- money: read core.rejected_events or core.rejected_rows, and mend the source.
-- If it breaks: each row is a reason with its rows, its money and an example; most often one column
-- was renamed or its form has changed.
{{ config(severity='warn') }}
{{ rejection_rate_above('rejection_warn_rate') }}
