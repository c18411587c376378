"""Measurements that take minutes: each is a make target and prints what it measured."""
