"""The one way to compile: a typed face on numba's untyped decorator."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile to machine code on first call, cached on disk; division follows IEEE, without a check."""
    return cast("Kernel", njit(cache=True, error_model="numpy")(function))
