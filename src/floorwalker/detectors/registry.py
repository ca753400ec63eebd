"""Which detectors there are: every module below this package that holds one, and installed plug-ins.

A plug-in names its Detector in the entry-point group `floorwalker.detectors`.
"""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

import floorwalker.detectors as package
from floorwalker.contract.errors import DetectorError, InputError
from floorwalker.contract.words import FAMILIES, SCHEMES
from floorwalker.detectors.record import Detector

GROUP = "floorwalker.detectors"


@cache
def all_detectors() -> tuple[Detector, ...]:
    """Every detector, ordered by name. Raises DetectorError for a broken record or a name used twice."""
    found = [*_own(), *_plugged_in()]
    names: set[str] = set()
    for detector in found:
        _check(detector)
        if detector.name in names:
            raise DetectorError(f"there are two detectors named {detector.name}; rename one")
        names.add(detector.name)
    return tuple(sorted(found, key=lambda d: d.name))


def choose(only: tuple[str, ...] | None) -> tuple[Detector, ...]:
    """The detectors named (a name or a family), or all. Raises InputError for a name that nothing bears."""
    detectors = all_detectors()
    for name in only or ():
        if name not in {d.name for d in detectors} | {d.family for d in detectors}:
            known = ", ".join(d.name for d in detectors)
            raise InputError(f"--only {name}: there is no such detector; there are {known}")
    return tuple(d for d in detectors if only is None or d.name in only or d.family in only)


def _own() -> list[Detector]:
    found = []
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        members = vars(importlib.import_module(module.name))
        found += [m for m in members.values() if isinstance(m, Detector)]
    return found


def _plugged_in() -> list[Detector]:
    found = []
    for point in entry_points(group=GROUP):
        loaded = point.load()
        if not isinstance(loaded, Detector):
            raise DetectorError(f"plug-in {point.name} ({point.value}) is no Detector")
        found.append(loaded)
    return found


def _check(detector: Detector) -> None:
    if detector.scheme not in SCHEMES:
        raise DetectorError(f"detector {detector.name}: there is no scheme {detector.scheme}")
    if detector.family not in FAMILIES:
        raise DetectorError(f"detector {detector.name}: there is no family {detector.family}")
    if not detector.weaknesses:
        raise DetectorError(f"detector {detector.name}: name its known weaknesses")
