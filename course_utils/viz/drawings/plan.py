"""Where the boxes of a network stand on the sheet, in inches, and along which points its arrows run."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from textwrap import wrap

from course_utils.viz.drawings.graph import Box, Edge, arrange, first_free
from course_utils.viz.drawings.shapes import LINE_HEIGHT, Point

BOX_WIDTH, GAP, MARGIN, TRACK, ROOM = 1.22, 0.20, 0.22, 0.11, 0.12
LETTERS_A_LINE = 15
PITCH = BOX_WIDTH + GAP

Channel = tuple[int, int]  # the room above a row and lane, where lines run from left to right


@dataclass
class Plan:
    """The drawing of some boxes, in inches; `tops` is the upper edge of the boxes of each row and lane."""

    boxes: list[Box]
    starts: list[int]  # the first column of each row
    tops: dict[Channel, float] = field(default_factory=dict)
    tracks: dict[tuple[Edge, Channel], int] = field(default_factory=dict)
    height: float = 0.0
    wide: float = BOX_WIDTH

    @property
    def edges(self) -> list[Edge]:
        return [(source, place) for place, box in enumerate(self.boxes) for source in box.sources]

    @property
    def width(self) -> float:
        ends = [*self.starts[1:], 1 + max(box.column for box in self.boxes)]
        longest = max(end - start for start, end in zip(self.starts, ends))
        return 2 * MARGIN + longest * PITCH - GAP

    def face(self, box: Box) -> float:
        """The height of a box without its strips: the same for all, so that the arrows are straight."""
        return max(face_height(other) for other in self.boxes)

    def row(self, box: Box) -> int:
        return sum(start <= box.column for start in self.starts) - 1

    def first_lane(self, row: int) -> int:
        return min(box.lane for box in self.boxes if self.row(box) == row)

    def left(self, box: Box) -> float:
        return MARGIN + (box.column - self.starts[self.row(box)]) * PITCH

    def top(self, box: Box) -> float:
        return self.tops[self.row(box), box.lane]

    def middle(self, box: Box) -> float:
        return self.top(box) - self.face(box) / 2

    def bottom(self, box: Box) -> float:
        return self.top(box) - self.face(box) - sum(strip_height(strip) for strip in box.below)

    def is_skip(self, edge: Edge) -> bool:
        """Whether the arrow leaps over a column of its own lane."""
        source, target = (self.boxes[place] for place in edge)
        return target.column - source.column > 1 and source.lane == target.lane

    def route(self, edge: Edge) -> list[Point]:
        """The points of the arrow from the box that is read to the box that reads it."""
        source, target = (self.boxes[place] for place in edge)
        start, end = (self.left(source) + BOX_WIDTH, self.middle(source)), (self.left(target), self.middle(target))
        channels = _channels(self, edge)
        if not channels:
            bend = start[0] + GAP / 2 if target.lane > source.lane else end[0] - GAP / 2
            return [start, end] if source.lane == target.lane else [start, (bend, start[1]), (bend, end[1]), end]
        points = _exit(self, edge, self.tracks[edge, channels[0]])
        for channel in channels[:-1]:
            height = self.track(edge, channel)
            points += [(points[-1][0], height), (MARGIN - _apart(self.tracks[edge, channel]), height)]
        height, entry = self.track(edge, channels[-1]), _entry(self, edge, self.tracks[edge, channels[-1]])
        return [*points, (points[-1][0], height), (entry[0][0], height), *entry]

    def track(self, edge: Edge, channel: Channel) -> float:
        return self.tops[channel] + ROOM + TRACK * self.tracks[edge, channel]


def make_plan(boxes: list[Box], boxes_a_row: int) -> Plan:
    """Break the columns into rows, share out the room above each row, and stack the rows from top to bottom."""
    arrange(boxes)
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
        return len({source for box in boxes for source in box.sources if boxes[source].column < column <= box.column})

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


def _channels(plan: Plan, edge: Edge) -> list[Channel]:
    """The rooms that the arrow runs through: none between neighbours, one for an arc, more from row to row."""
    source, target = (plan.boxes[place] for place in edge)
    first, last = plan.row(source), plan.row(target)
    if first == last:
        return [(first, target.lane)] if plan.is_skip(edge) else []
    rows = [first + 1, last] if last > first + 1 else [last]
    return [(row, plan.first_lane(row)) for row in rows]


def _exit(plan: Plan, edge: Edge, track: int) -> list[Point]:
    """The arrow leaves at the top for an arc, at the bottom for a later row, at the right if something stands below."""
    source, target = (plan.boxes[place] for place in edge)
    left, row = plan.left(source), plan.row(source)
    if plan.row(target) == row:
        return [(left + 0.7 * BOX_WIDTH, plan.top(source))]
    column = [box for box in plan.boxes if box.column == source.column]
    if source.lane < max(box.lane for box in column) or target.column == source.column + 1:
        right = left + BOX_WIDTH
        return [(right, plan.middle(source)), (right + _apart(track), plan.middle(source))]
    return [(left + 0.5 * BOX_WIDTH, plan.bottom(source))]


def _entry(plan: Plan, edge: Edge, track: int) -> list[Point]:
    """The arrow comes from above if it skips into the first lane of a row, else from the left."""
    source, target = (plan.boxes[place] for place in edge)
    left, top, row = plan.left(target), plan.top(target), plan.row(target)
    skips_in = target.lane == plan.first_lane(row) and target.column > source.column + 1
    if skips_in or plan.row(source) == row:
        return [(left + 0.3 * BOX_WIDTH, top)]
    return [(left - _apart(track), plan.middle(target)), (left, plan.middle(target))]


def _apart(track: int) -> float:
    """How far from a box its line runs upright: another distance for each track, so that no line hides another."""
    return GAP * (0.3 + 0.14 * min(track, 4))


def _tracks(plan: Plan) -> dict[tuple[Edge, Channel], int]:
    """For each line in a room its height there: short lines lie low, and no line lies on another."""
    spans = defaultdict(list)
    for edge in plan.edges:
        channels = _channels(plan, edge)
        for place, channel in enumerate(channels):
            begin = plan.left(plan.boxes[edge[0]]) + BOX_WIDTH if place == 0 else 0.0
            end = plan.left(plan.boxes[edge[1]]) if place == len(channels) - 1 else 0.0
            spans[channel].append((abs(end - begin), min(begin, end), max(begin, end), edge))
    tracks = {}
    for channel, lines in spans.items():
        levels: list[list[tuple[float, float]]] = []
        for _, begin, end, edge in sorted(lines):
            level = first_free(levels, begin, end)
            levels[level].append((begin, end))
            tracks[edge, channel] = level
    return tracks


def lines_of(box: Box) -> list[str]:
    """The name of a box, broken into lines that fit; numbers such as 5 x 5 and 4 heads stay together."""
    together = re.sub(r"(?<=\d) (?=x|head)|(?<=x) (?=\d)|(?<=stride) ", "\u00a0", box.name)
    return [
        line.replace("\u00a0", " ")
        for line in wrap(together, LETTERS_A_LINE, break_on_hyphens=False, break_long_words=False)
    ]


def weights_of(box: Box) -> str:
    """The line that counts the weights, empty if there are none."""
    if box.weights is None:
        return "shared weights"
    if box.weights >= 1_000_000:
        return f"{box.weights / 1e6:.2f} M weights"
    return f"{box.weights:,} weights" if box.weights else ""


def face_height(box: Box) -> float:
    """What the name, the shape and the weights need."""
    return LINE_HEIGHT * (len(lines_of(box)) + 1 + bool(weights_of(box))) + 0.1


def strip_height(strip: Box) -> float:
    return LINE_HEIGHT * (len(lines_of(strip)) + bool(weights_of(strip))) + 0.05
