"""The whole path: tables in, run out."""
