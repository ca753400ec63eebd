"""Who writes what others wrote: near-equal texts, and how surprising it is that they recur under other names."""
