"""Marketplace integrity: finds abuse of an online marketplace, with evidence and at a promised error rate."""

from floorwalker.contract.errors import (
    DetectorError,
    EngineError,
    FloorwalkerError,
    InputError,
    MappingError,
    RunError,
    StepError,
)
from floorwalker.detectors.record import Detector
from floorwalker.edge.python import check, open, read, scan

__all__ = [
    "Detector",
    "DetectorError",
    "EngineError",
    "FloorwalkerError",
    "InputError",
    "MappingError",
    "RunError",
    "StepError",
    "check",
    "open",
    "read",
    "scan",
]
