"""The measures, one a file; ``eval.measures.catalogue`` lists them."""
