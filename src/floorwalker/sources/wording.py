"""Foreign text inside our own words."""


def one_line(text: str) -> str:
    """Text without line ends and other control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
