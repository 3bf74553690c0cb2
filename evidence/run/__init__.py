"""What runs a snippet: the pool, the process of its own, its limits, its figures and its seeds."""
