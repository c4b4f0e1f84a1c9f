"""Drawings: whole networks from Keras models, a loop unrolled, the game of a GAN, a transformer block, a mask."""

from course_utils.viz.drawings.ideas import draw_block, draw_game, draw_mask, draw_recurrence
from course_utils.viz.drawings.network import draw_network

__all__ = ["draw_block", "draw_game", "draw_mask", "draw_network", "draw_recurrence"]
