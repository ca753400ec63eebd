"""Slow measurements: `make quality`, `make robust`, `make bench`."""
