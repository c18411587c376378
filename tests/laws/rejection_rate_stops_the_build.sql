-- More than var `rejection_stop_rate` of a source and table rejected: something else landed than
-- was meant, and no mart can be trusted.
{{ rejection_rate_above('rejection_stop_rate') }}
