"""The chat page (not built yet): shows answers as they stream, and adds no answering of its own."""
