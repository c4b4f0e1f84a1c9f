"""Where the boxes of a network stand on the sheet, in inches, and along which points its arrows run."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from textwrap import wrap

from course_utils.viz.graph import Box
from course_utils.viz.shapes import LINE_HEIGHT, Point

BOX_WIDTH, GAP, MARGIN, TRACK, ROOM = 1.03, 0.22, 0.2, 0.11, 0.12
LETTERS_A_LINE = 14
PITCH = BOX_WIDTH + GAP

Channel = tuple[int, int]  # the room above a row and lane, where lines run from left to right
Edge = tuple[int, int]  # places of the box that is read and of the box that reads it


@dataclass
class Plan:
    """The drawing of some boxes, in inches; `tops` is the upper edge of the boxes of each row and lane."""

    boxes: list[Box]
    starts: list[int]  # the first column of each row
    tops: dict[Channel, float] = field(default_factory=dict)
    tracks: dict[tuple[Edge, Channel], int] = field(default_factory=dict)
    height: float = 0.0

    @property
    def edges(self) -> list[Edge]:
        return [(source, place) for place, box in enumerate(self.boxes) for source in box.sources]

    @property
    def width(self) -> float:
        ends = [*self.starts[1:], 1 + max(box.column for box in self.boxes)]
        longest = max(end - start for start, end in zip(self.starts, ends))
        return 2 * MARGIN + longest * PITCH - GAP

    def row(self, box: Box) -> int:
        return sum(start <= box.column for start in self.starts) - 1

    def first_lane(self, row: int) -> int:
        return min(box.lane for box in self.boxes if self.row(box) == row)

    def left(self, box: Box) -> float:
        return MARGIN + (box.column - self.starts[self.row(box)]) * PITCH

    def top(self, box: Box) -> float:
        return self.tops[self.row(box), box.lane]

    def middle(self, box: Box) -> float:
        return self.top(box) - face_height(self.boxes) / 2

    def bottom(self, box: Box) -> float:
        return self.top(box) - face_height(self.boxes) - sum(strip_height(strip) for strip in box.below)

    def track(self, edge: Edge, channel: Channel) -> float:
        return self.tops[channel] + ROOM + TRACK * self.tracks[edge, channel]


def make_plan(boxes: list[Box], boxes_a_row: int) -> Plan:
    """Break the columns into rows, share out the room above each row, and stack the rows from top to bottom."""
    plan = Plan(boxes, row_starts(boxes, boxes_a_row))
    plan.tracks = _tracks(plan)
    lanes = sorted({(plan.row(box), box.lane) for box in boxes})
    y = 0.0
    for channel in lanes:
        used = [track for (_, other), track in plan.tracks.items() if other == channel]
        y -= ROOM + TRACK * (1 + max(used)) if used else ROOM
        plan.tops[channel] = y
        y = min(plan.bottom(box) for box in boxes if (plan.row(box), box.lane) == channel) - ROOM
    plan.height = 0.25 - y
    plan.tops = {channel: top + plan.height for channel, top in plan.tops.items()}
    return plan


def row_starts(boxes: Sequence[Box], longest: int) -> list[int]:
    """The first column of each row: few rows, few lines from row to row, rows of about the same length."""
    columns = 1 + max(box.column for box in boxes)
    rows = -(-columns // longest)

    def crossing(column: int) -> int:
        return sum(boxes[source].column < column <= box.column for box in boxes for source in box.sources)

    @lru_cache(None)
    def best(start: int) -> tuple[float, list[int]]:
        if start == columns:
            return 0.0, []
        choices = []
        for end in range(start + 1, min(start + longest, columns) + 1):
            cost, later = best(end)
            uneven = (end - start - columns / rows) ** 2 / 4
            choices.append((3 + cost + crossing(end) + uneven, [start, *later]))
        return min(choices)

    return best(0)[1]


def route(plan: Plan, edge: Edge) -> list[Point]:
    """The points of the arrow from the box that is read to the box that reads it."""
    source, target = (plan.boxes[place] for place in edge)
    start = (plan.left(source) + BOX_WIDTH, plan.middle(source))
    end = (plan.left(target), plan.middle(target))
    channels = _channels(plan, edge)
    if not channels and source.lane == target.lane:
        return [start, end]
    if not channels:
        bend = start[0] + GAP / 2 if target.lane > source.lane else end[0] - GAP / 2
        return [start, (bend, start[1]), (bend, end[1]), end]
    points = _exit(plan, source, target)
    for channel in channels[:-1]:
        points += [(points[-1][0], plan.track(edge, channel)), (MARGIN / 3, plan.track(edge, channel))]
    return points + _entry(plan, source, target, points[-1][0], plan.track(edge, channels[-1]))


def is_skip(plan: Plan, edge: Edge) -> bool:
    """Whether the arrow leaps over a column."""
    source, target = (plan.boxes[place] for place in edge)
    return target.column - source.column > 1 and source.lane == target.lane


def _channels(plan: Plan, edge: Edge) -> list[Channel]:
    """The rooms that the arrow runs through: none between neighbours, one for an arc, more from row to row."""
    source, target = (plan.boxes[place] for place in edge)
    first, last = plan.row(source), plan.row(target)
    if first == last:
        return [(first, target.lane)] if is_skip(plan, edge) else []
    rows = [first + 1, last] if last > first + 1 else [last]
    return [(row, plan.first_lane(row)) for row in rows]


def _exit(plan: Plan, source: Box, target: Box) -> list[Point]:
    """The arrow leaves at the top for an arc, at the bottom for a later row, at the right if something stands below."""
    left, row = plan.left(source), plan.row(source)
    if plan.row(target) == row:
        return [(left + 0.7 * BOX_WIDTH, plan.top(source))]
    below = [
        box for box in plan.boxes if plan.row(box) == row and box.column == source.column and box.lane > source.lane
    ]
    if below or target.column == source.column + 1:
        right = left + BOX_WIDTH
        return [(right, plan.middle(source)), (right + GAP / 2, plan.middle(source))]
    return [(left + 0.5 * BOX_WIDTH, plan.bottom(source))]


def _entry(plan: Plan, source: Box, target: Box, x: float, y: float) -> list[Point]:
    """From (x, y) along the room and into the target: from above if it skips into the first lane, else from the left."""
    left = plan.left(target)
    skips_in = target.lane == plan.first_lane(plan.row(target)) and target.column > source.column + 1
    if skips_in or plan.row(source) == plan.row(target):
        entry = left + 0.3 * BOX_WIDTH
        return [(x, y), (entry, y), (entry, plan.top(target))]
    return [(x, y), (left - GAP / 2, y), (left - GAP / 2, plan.middle(target)), (left, plan.middle(target))]


def _tracks(plan: Plan) -> dict[tuple[Edge, Channel], int]:
    """For each line in a room its height there: short lines lie low, and no line lies on another."""
    spans = defaultdict(list)
    for edge in plan.edges:
        ends = [plan.left(plan.boxes[edge[0]]) + BOX_WIDTH, plan.left(plan.boxes[edge[1]])]
        channels = _channels(plan, edge)
        for place, channel in enumerate(channels):
            begin = ends[0] if place == 0 else 0.0
            end = ends[1] if place == len(channels) - 1 else 0.0
            spans[channel].append((abs(end - begin), min(begin, end), max(begin, end), edge))
    tracks = {}
    for channel, lines in spans.items():
        levels: list[list[tuple[float, float]]] = []
        for _, begin, end, edge in sorted(lines):
            level = next(
                (k for k, taken in enumerate(levels) if all(end < a or begin > b for a, b in taken)), len(levels)
            )
            levels += [[]] if level == len(levels) else []
            levels[level].append((begin, end))
            tracks[edge, channel] = level
    return tracks


def lines_of(box: Box) -> list[str]:
    """The name of a box, broken into lines that fit."""
    return wrap(box.name, LETTERS_A_LINE)


def weights_of(box: Box) -> str:
    """The line that counts the weights, empty if there are none."""
    if box.weights is None:
        return "shared weights"
    return f"{box.weights:,} weights" if box.weights else ""


def face_height(boxes: Sequence[Box]) -> float:
    """The height of every box: that of the one with most lines."""
    return LINE_HEIGHT * max(len(lines_of(box)) + 1 + bool(weights_of(box)) for box in boxes) + 0.1


def strip_height(strip: Box) -> float:
    return LINE_HEIGHT * (len(lines_of(strip)) + bool(weights_of(strip))) + 0.05
