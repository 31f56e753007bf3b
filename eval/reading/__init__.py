"""Measuring the readers: what of a page they keep, and what they should have left out."""
