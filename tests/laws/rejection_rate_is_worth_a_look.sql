-- A source and table of which more than var `rejection_warn_rate` was rejected: read
-- core.rejected_events or core.rejected_rows for the reasons, and mend the source.
{{ config(severity='warn') }}
{{ rejection_rate_above('rejection_warn_rate') }}
