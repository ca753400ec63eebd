"""What a marketplace is and what a run is: tables, columns, words, the tree of errors. Knows nothing else."""
