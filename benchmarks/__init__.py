"""Slow measurements: `make quality`, `make robust`."""
