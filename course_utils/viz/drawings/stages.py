"""The sheet for a U-Net: a column for each size of image, smaller sizes lower, skip connections above them."""

from dataclasses import dataclass

from course_utils.viz.drawings.graph import Box, Edge
from course_utils.viz.drawings.plan import BOX_WIDTH, MARGIN, face_height, strip_height
from course_utils.viz.drawings.shapes import Point

MOST_STAGES, STEP, BETWEEN, HEAD = 7, 0.36, 0.17, 0.2
NARROW = 1.04  # inches: the width of a box where seven stand side by side


def stages_of(boxes: list[Box]) -> list[list[int]]:
    """The places of the boxes, split where the size of the image changes, if this is a U-Net; else an empty list.

    A U-Net is one run of layers that goes down and up again, with a skip connection over something smaller.
    """
    if any(place - 1 not in box.sources for place, box in enumerate(boxes) if place):
        return []
    stages: list[list[int]] = []
    for place, box in enumerate(boxes):
        if place == 0 or _size(box) != _size(boxes[place - 1]):
            stages.append([])
        stages[-1].append(place)
    if len(stages) > MOST_STAGES and len(stages[0]) == 1:
        stages[:2] = [stages[0] + stages[1]]
    over_smaller = any(
        min(_size(between) for between in boxes[source:place]) < _size(box)
        for place, box in enumerate(boxes)
        for source in box.sources
        if source < place - 1
    )
    return stages if over_smaller and len(stages) <= MOST_STAGES else []


def _size(box: Box) -> int:
    """The number of pixels or places: what is left without the channels."""
    size = 1
    for number in box.shape[:-1]:
        size *= number or 1
    return size


@dataclass
class StagePlan:
    """The drawing of a U-Net in inches: each stage is a column that is read downwards."""

    boxes: list[Box]
    stages: list[list[int]]

    def __post_init__(self) -> None:
        for column, stage in enumerate(self.stages):
            for place in stage:
                self.boxes[place].column = column
        last = [self.boxes[stage[-1]] for stage in self.stages]
        sizes = sorted({_size(box) for box in last}, reverse=True)
        self.levels = [sizes.index(_size(box)) for box in last]
        self.wide = BOX_WIDTH if len(last) <= 6 else NARROW
        self.gap = min(0.5, (8.5 - len(last) * self.wide) / (len(last) - 1))
        self.width = 2 * MARGIN + len(last) * (self.wide + self.gap) - self.gap
        self.height = 0.0  # the tops count from here, until the lowest box is known
        self.height = 0.35 - min(self.bottom(self.boxes[stage[-1]]) for stage in self.stages)

    @property
    def edges(self) -> list[Edge]:
        return [(source, place) for place, box in enumerate(self.boxes) for source in box.sources]

    def face(self, box: Box) -> float:
        return face_height(box)

    def left(self, box: Box) -> float:
        return MARGIN + box.column * (self.wide + self.gap)

    def head(self, level: float) -> float:
        return self.height - HEAD - STEP * level

    def top(self, box: Box) -> float:
        if self.boxes[self.stages[box.column][0]] is box:
            return self.head(self.levels[box.column])
        above = self.boxes[next(place for place, other in enumerate(self.boxes) if other is box) - 1]
        return self.bottom(above) - BETWEEN

    def middle(self, box: Box) -> float:
        return self.top(box) - self.face(box) / 2

    def bottom(self, box: Box) -> float:
        return self.top(box) - self.face(box) - sum(strip_height(strip) for strip in box.below)

    def is_skip(self, edge: Edge) -> bool:
        return edge[1] - edge[0] > 1

    def route(self, edge: Edge) -> list[Point]:
        """The points of the arrow: down inside a stage, up to the head of the next, or over all smaller stages."""
        source, target = (self.boxes[place] for place in edge)
        right, left = self.left(source) + self.wide, self.left(target)
        start, end = self.middle(source), self.middle(target)
        if not self.is_skip(edge):
            down = [(left + self.wide / 2, self.bottom(source)), (left + self.wide / 2, self.top(target))]
            bend = right + self.gap / 2
            return down if source.column == target.column else [(right, start), (bend, start), (bend, end), (left, end)]
        near, far, above = right + self.gap / 4, left - self.gap / 4, start + 0.12
        if source.column == target.column:
            return [(right, start), (near, start), (near, end), (right, end)]
        height = self.head(self.levels[source.column] + 0.5)
        return [(right, above), (near, above), (near, height), (far, height), (far, end), (left, end)]
