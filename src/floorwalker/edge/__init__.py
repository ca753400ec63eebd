"""Thin edges: parse, call one function, present."""
