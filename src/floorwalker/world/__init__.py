"""Synthetic marketplaces with known abuse, to try detectors on. Knows nothing of any detector."""

from floorwalker.world.make import WorldSummary, make_world

__all__ = ["WorldSummary", "make_world"]
