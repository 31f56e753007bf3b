"""Training of the cross-encoder that ranks sentences by how well they answer a question."""
