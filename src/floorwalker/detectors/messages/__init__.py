"""Detectors that read messages: what accounts write to one another."""
