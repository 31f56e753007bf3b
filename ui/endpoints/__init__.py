"""The tutor for programs, beside the page: an OpenAI-compatible endpoint, and MCP."""
