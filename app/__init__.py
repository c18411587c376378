"""The app: pages that people look at, made from the published file and from nothing else."""
