"""Slow measurements: `make quality`, `make bench`."""
