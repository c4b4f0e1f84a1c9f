"""Pictures in one style: colour-blind-safe, with a second cue, and with alt text."""

from course_utils.viz.animations import show_animation
from course_utils.viz.boxes import show_boxes
from course_utils.viz.charts import heat_map, line_chart, place_legend, show_confusions
from course_utils.viz.convolution import show_kernel_positions, show_sliding_window
from course_utils.viz.distributions import show_largest_gap
from course_utils.viz.dots import dot_chart
from course_utils.viz.drawings import draw_block, draw_game, draw_mask, draw_network, draw_recurrence
from course_utils.viz.images import image_grid, show_strips
from course_utils.viz.masks import show_masks
from course_utils.viz.reliability import show_reliability
from course_utils.viz.scatter import scatter_chart
from course_utils.viz.show import show
from course_utils.viz.strokes import show_row, show_strokes
from course_utils.viz.style import COLOURS, LINE_STYLES, MARKERS, use_course_style
from course_utils.viz.tables import table

__all__ = [
    "COLOURS",
    "LINE_STYLES",
    "MARKERS",
    "dot_chart",
    "draw_block",
    "draw_game",
    "draw_mask",
    "draw_network",
    "draw_recurrence",
    "heat_map",
    "image_grid",
    "line_chart",
    "place_legend",
    "scatter_chart",
    "show",
    "show_animation",
    "show_boxes",
    "show_confusions",
    "show_kernel_positions",
    "show_largest_gap",
    "show_masks",
    "show_reliability",
    "show_sliding_window",
    "show_row",
    "show_strips",
    "show_strokes",
    "table",
    "use_course_style",
]
