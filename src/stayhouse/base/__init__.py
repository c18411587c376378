"""What every package rests on: paths, files, the warehouse, what dbt wrote, what a mistake is."""
