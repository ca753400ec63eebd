"""Foreign files, databases and data frames -> contract tables: mapping, validation, rejects."""
