"""A network as a drawing: boxes in rows, arrows between them, skip connections as arcs."""

from matplotlib.axes import Axes

from course_utils.viz.drawings.graph import Box, read_model
from course_utils.viz.drawings.layer_words import by_x
from course_utils.viz.drawings.plan import MARGIN, Plan, lines_of, make_plan, strip_height, weights_of
from course_utils.viz.drawings.shapes import (
    BAR,
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SKY,
    arrow,
    box,
    sheet,
    write,
    write_lines,
)
from course_utils.viz.drawings.stages import StagePlan, stages_of
from course_utils.viz.show import check_alt, show

LOOKS = {
    "input": {"colour": GREY, "dashed": True},
    "convolution": {"colour": BLUE},
    "pooling": {"colour": ORANGE, "hatch": "////"},
    "dense": {"colour": GREEN, "hatch": "...."},
    "recurrent": {"colour": PINK, "hatch": "oo"},
    "attention": {"colour": RED, "hatch": "xxxx"},
    "embedding": {"colour": SKY, "hatch": "----"},
    "joining": {"colour": BLACK, "hatch": "++++"},
    "network": {"colour": BLUE, "hatch": "OO"},
}
OTHER_LOOK = {"colour": GREY, "hatch": "\\\\\\\\"}


def draw_network(model: object, *, alt: str, boxes_a_row: int = 6) -> None:
    """A built Sequential or functional Keras model as boxes: what each layer does, what shape it hands on, its weights.

    Activations, dropout and normalizations stand as strips under the layer that they follow. What skips layers is an
    arc, what branches off has its own line. Long models go on in the next row. Masks are not drawn. Raises ValueError
    for a model that is not built, for fewer than 3 boxes a row, and without an alt text.
    """
    check_alt(alt)
    if not 3 <= boxes_a_row <= 6:
        raise ValueError(f"boxes_a_row must be from 3 to 6, not {boxes_a_row}.")
    boxes = read_model(model)
    stages = stages_of(boxes)
    plan = StagePlan(boxes, stages) if stages else make_plan(boxes, boxes_a_row)
    figure, axis = sheet(plan.width, plan.height)
    for drawn in boxes:
        _draw_box(axis, plan, drawn)
    for edge in plan.edges:
        skips = plan.is_skip(edge)
        arrow(axis, plan.route(edge), colour=RED if skips else "#444444", gid="skip" if skips else "arrow")
    total = f"{model.count_params():,} weights in all"
    write(axis, plan.width - MARGIN, 0.1, total, ha="right", color="#444444")
    show(figure, alt)


def _draw_box(axis: Axes, plan: Plan | StagePlan, drawn: Box) -> None:
    """One box with its name, shape and weights, and the strips below it."""
    left, height = plan.left(drawn), plan.face(drawn)
    y = plan.top(drawn) - height
    box(axis, (left, y), (plan.wide, height), **LOOKS.get(drawn.kind, OTHER_LOOK))
    lines = [(line, {}) for line in lines_of(drawn)] + [(by_x(drawn.shape), {"weight": "bold"})]
    if weights_of(drawn):
        lines.append((weights_of(drawn), {"color": "#444444", "fontsize": 8}))
    write_lines(axis, left + (plan.wide + BAR) / 2, y + height / 2, lines)
    for strip in drawn.below:
        y -= strip_height(strip)
        box(axis, (left, y), (plan.wide, strip_height(strip)), **OTHER_LOOK)
        lines = [(line, {"fontsize": 8}) for line in [*lines_of(strip), weights_of(strip)] if line]
        write_lines(axis, left + (plan.wide + BAR) / 2, y + strip_height(strip) / 2, lines)
