"""The plots of a report, as figures of Plotly.js in plain dictionaries.

Plotly's Python objects would only check them; tests do that (``plotly.graph_objects.Figure``), and
a report is written without importing them. Colours are CSS variables ("var(--ink)"), which the page
resolves for the light or dark theme.
"""

from eval.report.plots.plot import Plot, Variant
from eval.report.plots.sheet import plots

__all__ = ["Plot", "Variant", "plots"]
