"""The chat page: shows answers as they stream, and adds no answering of its own."""
