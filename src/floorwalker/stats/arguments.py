"""Checks shared by the modules of `stats`: an impossible argument raises ValueError."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def require(holds: bool, message: str) -> None:
    """Raise ValueError(message) unless the condition holds."""
    if not holds:
        raise ValueError(message)


def whole(values: Floats) -> bool:
    """Whether every value is a finite whole number."""
    return bool(np.all(np.isfinite(values) & (values == np.floor(values))))
