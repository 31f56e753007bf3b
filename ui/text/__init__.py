"""Text that anybody may have written, made safe to show: escaped HTML, Markdown and formulas."""
