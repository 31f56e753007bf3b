"""How a question reaches the tutor: one worker, a fair line before it, and the chat that asks."""
