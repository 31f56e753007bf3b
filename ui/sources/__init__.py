"""What there is to search: its state, and how the page changes it."""
