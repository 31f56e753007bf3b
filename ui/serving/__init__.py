"""The page as a server: where, for whom, and how it starts and ends."""
