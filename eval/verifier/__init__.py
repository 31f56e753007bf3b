"""Training of the bundled check: ``python -m eval.verifier.train`` writes its weights.

pairs (written by hand) + edits of them (augment) → tokens and flags → network → weights
"""
