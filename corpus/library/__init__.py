"""The library: what has been fetched or added, and how each of them stands."""
