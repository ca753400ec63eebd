"""Proportions in words."""

from scipy.stats import binomtest


def proportion(part: int, whole: int, *, digits: int = 3) -> str:
    """`part` of `whole` with its interval (Clopper & Pearson, 95 %)."""
    if whole == 0:
        return "none"
    interval = binomtest(part, whole).proportion_ci(0.95)
    share, low, high = (f"{value:.{digits}f}" for value in (part / whole, interval.low, interval.high))
    return f"{share} ({low}–{high}), {part} of {whole}"
