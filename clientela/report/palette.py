"""Colours that stay apart for colour-blind readers (Okabe & Ito 2008), and shapes beside them."""

from __future__ import annotations

INK = "#1b2733"
MUTED = "#5d6b78"
GRID = "#d9e0e6"
BLUE = "#0072b2"
SKY = "#56b4e9"
ORANGE = "#d55e00"
AMBER = "#e69f00"
GREEN = "#009e73"
PURPLE = "#a8527f"
GREY = "#9aa5af"

SERIES = (BLUE, AMBER, GREEN, PURPLE, SKY, ORANGE)
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "+++")

KIND_MARKS = {
    "patron": ("s", ORANGE),
    "client": ("o", AMBER),
    "rival": ("D", PURPLE),
    "party": ("o", SKY),
    "state": ("h", BLUE),
    "judiciary": ("^", BLUE),
    "authority": ("*", GREEN),
    "outside-power": ("s", PURPLE),
}
TIE_STYLES = {
    "sponsorship": (ORANGE, "-", 1.6),
    "alliance": (GREEN, "-", 1.2),
    "rivalry": (INK, (0, (4, 2)), 1.2),
    "deference": (BLUE, (0, (1, 2)), 1.4),
}

# What an answer's variance rests on: colour and hatch, from what is known best to mere chance.
STANDINGS = {
    "propositions": (BLUE, ""),
    "cited": (GREEN, "..."),
    "stated": (SKY, "\\\\\\"),
    "elicited": (AMBER, "///"),
    "default prior": (ORANGE, "xxx"),
    "together": (PURPLE, "+++"),
    "unresolved": (GREY, "|||"),
    "chance": ("#e6ebf0", ""),
}
STANCES = {
    "supports": ("o", BLUE),
    "denies": ("v", ORANGE),
    "declines": ("s", PURPLE),
    "silent": ("D", MUTED),
}
