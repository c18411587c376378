-- A source and table of which more than var `rejection_warn_rate` was rejected: read
-- core.rejected_events or core.rejected_rows for the reasons, and mend the source.
-- If it breaks: group core.rejected_events and core.rejected_rows by reason_code; most often one
-- column was renamed or its form has changed.
{{ config(severity='warn') }}
{{ rejection_rate_above('rejection_warn_rate') }}
