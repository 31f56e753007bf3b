"""Measuring the tutor: golden questions, retrieval and answer figures, benchmarks."""
