-- More than var `rejection_stop_rate` of a source and table was lost, of its rows or of its money:
-- something else landed than was meant, and no mart can be trusted.
-- If it breaks: each row is a reason with its rows, its money and an example; core.rejected_rows
-- and core.rejected_events say in which batch and row. Mend the export, take
-- the wrong batch back (`stayhouse unland <source> --table <table> --batch <n>`) and land it again,
-- then build; if it is meant, raise the var.
{{ rejection_rate_above('rejection_stop_rate', fewest=2) }}
