"""Experiments on what makes a small model's words useful: ``python -m eval.writing``."""
