"""Marketplace integrity: finds abuse of an online marketplace, with evidence and at a promised error rate."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_WHERE = {"Detector": "detectors.record"} | dict.fromkeys(("check", "open", "read", "scan"), "edge.python")


def __getattr__(name: str) -> Any:
    """Import on first use: a scan needs seconds of imports, a part of the package does not."""
    if name not in __all__:
        raise AttributeError(f"floorwalker has no {name}")
    module = import_module(f"floorwalker.{_WHERE.get(name, 'contract.errors')}")
    return getattr(module, name)


def __dir__() -> list[str]:
    return __all__
