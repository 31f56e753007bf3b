"""The metro map of the curriculum as SVG, and the card of a chosen stop.

draw(catalogue, lit={7: "cited"}, chosen=7)   the map, upright; wide=True for a dialog
card(catalogue, 7, opening=...)               what a station teaches, needs and cites
lit_by(citations)                             which stops an answer cites
"""

from ui.metro.card import card, lit_by, opening
from ui.metro.drawing import draw
from ui.metro.strings import ENGLISH, MapStrings

__all__ = ["ENGLISH", "MapStrings", "card", "draw", "lit_by", "opening"]
