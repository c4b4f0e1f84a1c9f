"""Drawings: whole networks from Keras models, a loop unrolled, the game of a GAN, a transformer block, a mask, workers."""

from course_utils.viz.drawings.ideas import draw_block, draw_game, draw_mask, draw_recurrence
from course_utils.viz.drawings.network import draw_network
from course_utils.viz.drawings.workers import draw_restart, draw_ring, draw_sharing

__all__ = [
    "draw_block",
    "draw_game",
    "draw_mask",
    "draw_network",
    "draw_recurrence",
    "draw_restart",
    "draw_ring",
    "draw_sharing",
]
