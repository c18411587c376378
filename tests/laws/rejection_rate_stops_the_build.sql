-- More than var `rejection_stop_rate` of a source and table rejected: something else landed than
-- was meant, and no mart can be trusted.
-- If it breaks: group the rows of core.int_rows__checked or core.int_events__checked by batch_id
-- and reason_code; mend the export, remove <landing>/<source>/<table>/batch_id=<n> of the wrong one
-- and land it again, then build; if it is meant, raise the var.
{{ rejection_rate_above('rejection_stop_rate') }}
