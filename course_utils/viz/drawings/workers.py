"""Drawings of training on several devices: a batch that is shared, a ring of workers, a restart after a kill."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from course_utils.viz.drawings.shapes import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    Point,
    arrow,
    box,
    node,
    sheet,
    write,
)
from course_utils.viz.show import check_alt, show

ROW = 0.8  # inches from one device to the next
SENT = {"color": RED, "fontweight": "bold"}
CORNERS = ((2.2, 1.45), (3.3, 0.45), (1.1, 0.45))  # of the ring's three workers, in inches


def draw_sharing(*, alt: str, images: int = 64, devices: int = 2) -> None:
    """One step of a batch that several devices share: parts, slopes of each, their average, the same step everywhere.

    `images` of the whole batch. Raises ValueError unless 2 to 4 `devices` can share them equally.
    """
    check_alt(alt)
    if not 2 <= devices <= 4 or images % devices:
        raise ValueError(f"draw_sharing draws 2 to 4 devices with equal parts, not {images} images for {devices}.")
    height = ROW * devices + 0.3
    figure, axis = sheet(8.9, height)
    middle, size = height / 2, {"width": 1.15, "height": 0.5}
    node(axis, (0.7, middle), f"batch of\n{images} images", GREY, dashed=True, **size)
    node(axis, (6.45, middle), "average\n(all-reduce)", RED, "xxxx", **size)
    for device in range(devices):
        y = height - 0.15 - ROW * (device + 0.5)
        node(axis, (2.15, y), f"{images // devices} images", ORANGE, **size)
        node(axis, (3.6, y), f"network on\ndevice {device}", BLUE, "////", **size)
        node(axis, (5.0, y), "mean\nslopes", GREEN, "....", **size)
        node(axis, (8.1, y), f"the same step\non device {device}", BLUE, "////", width=1.35, height=0.5)
        _bend(axis, (1.275, middle), (1.575, y))
        for start, end in ((2.725, 3.025), (4.175, 4.425)):
            arrow(axis, [(start, y), (end, y)])
        _bend(axis, (5.575, y), (5.875, middle))
        _bend(axis, (7.025, middle), (7.425, y))
    show(figure, alt)


def _bend(axis: Axes, start: Point, end: Point) -> None:
    """An arrow to the right that changes its height half way."""
    half = (start[0] + end[0]) / 2
    arrow(axis, [start, (half, start[1]), (half, end[1]), end])


def draw_ring(lists: Sequence[Sequence[int]], *, alt: str) -> None:
    """The four rounds of a ring all-reduce of three workers: each one's list, and which number it sends to the next.

    A list is drawn as it is before the round, with the number that is sent in red. Raises ValueError unless there are
    three lists of three numbers.
    """
    check_alt(alt)
    held = [list(each) for each in lists]
    if [len(each) for each in held] != [3, 3, 3]:
        raise ValueError("draw_ring draws three workers with three numbers each.")
    figure, axis = sheet(8.8, 4.3)
    for turn in range(4):
        left, bottom = 4.4 * (turn % 2), 2.2 * (1 - turn // 2)
        what = "the next one adds it" if turn < 2 else "the next one keeps it"
        write(axis, left + 2.2, bottom + 1.98, f"round {turn + 1}: {what}", fontweight="bold")
        places = [(worker - turn) % 3 for worker in range(3)]
        numbers = [held[worker][place] for worker, place in enumerate(places)]
        for worker in range(3):
            _worker(axis, (left, bottom), worker, held[worker], places[worker])
            _send(axis, (left, bottom), worker, numbers[worker])
        for worker, (place, number) in enumerate(zip(places, numbers)):
            neighbour = held[(worker + 1) % 3]
            neighbour[place] = neighbour[place] + number if turn < 2 else number
    show(figure, alt)


def _worker(axis: Axes, corner: Point, worker: int, numbers: Sequence[int], sent: int) -> None:
    """One worker of a ring: its list, the number at the place `sent` in red."""
    x, y = corner[0] + CORNERS[worker][0], corner[1] + CORNERS[worker][1]
    box(axis, (x - 0.7, y - 0.24), (1.4, 0.48), BLUE, hatch="////")
    write(axis, x + 0.04, y + 0.11, f"worker {worker}", color=GREY, fontsize=8)
    for place, number in enumerate(numbers):
        write(axis, x + 0.04 + 0.42 * (place - 1), y - 0.09, str(number), **(SENT if place == sent else {}))


def _send(axis: Axes, corner: Point, worker: int, number: int) -> None:
    """The arrow from a worker of a ring to the next, with the number that travels."""
    start_and_end, place = {
        0: ([(2.95, 1.45), (3.5, 1.45), (3.5, 0.74)], (3.72, 1.15)),
        1: ([(2.55, 0.45), (1.85, 0.45)], (2.2, 0.62)),
        2: ([(0.9, 0.74), (0.9, 1.45), (1.45, 1.45)], (0.68, 1.15)),
    }[worker]
    arrow(axis, [(corner[0] + x, corner[1] + y) for x, y in start_and_end], gid="sent", linewidth=1.6)
    write(axis, corner[0] + place[0], corner[1] + place[1], str(number), **SENT)


def draw_restart(*, killed_after: int, began_after: int, steps: int, save_every: int, alt: str) -> None:
    """Two runs over the steps: the first ends when a worker is killed, the second goes on from a backup.

    The first run ended after step `killed_after`, the second began after step `began_after` and went on to `steps`;
    a backup was made every `save_every` steps. Raises ValueError unless 0 <= began_after <= killed_after <= steps.
    """
    check_alt(alt)
    if not 0 <= began_after <= killed_after <= steps:
        raise ValueError(f"A run killed after {killed_after} cannot go on after {began_after} to {steps}.")
    figure, axis = sheet(8.8, 2.15)
    high, low, floor = 1.55, 0.85, 0.4
    backups = range(save_every, steps + 1, save_every)

    def x(step: float) -> float:
        return 1.1 + 7.2 * step / steps

    write(axis, 0.55, high, "first run")
    write(axis, 0.55, low, "second run")
    axis.plot(
        [x(0), x(began_after)], [high, high], color=BLUE, linestyle="-", linewidth=4, solid_capstyle="butt", gid="kept"
    )
    lost = [x(began_after), x(killed_after)]
    axis.plot(lost, [high, high], color=RED, linewidth=4, linestyle=(0, (1, 0.6)), gid="lost")
    axis.plot(
        [x(began_after), x(steps)],
        [low, low],
        color=BLUE,
        linestyle="-",
        linewidth=4,
        solid_capstyle="butt",
        gid="kept",
    )
    axis.plot([x(killed_after)], [high], "x", color=BLACK, markersize=11, markeredgewidth=2.5, zorder=7)
    write(axis, x(killed_after) + 0.2, high, f"a worker killed after step {killed_after}", ha="left")
    write(axis, (lost[0] + lost[1]) / 2, high + 0.27, f"{killed_after - began_after} steps to do again", color=RED)
    saved = [(step, high) for step in backups if step <= began_after]
    saved += [(step, low) for step in backups if step > began_after]
    for step, y in saved:
        axis.plot([x(step)], [y], "s", color=PINK, markersize=8, markeredgecolor="white", zorder=6, gid="backup")
    arrow(axis, [(x(began_after), high - 0.12), (x(began_after), low + 0.06)])
    for step in [0, *backups]:
        write(axis, x(step), floor, str(step), color=GREY, fontsize=8)
    write(axis, 0.55, floor, "step", color=GREY, fontsize=8)
    axis.plot([1.1], [0.12], "s", color=PINK, markersize=8, markeredgecolor="white")
    write(axis, 1.25, 0.12, "backup", ha="left", fontsize=8)
    numbers = [f"first run: to step {killed_after}; second run: from step {began_after + 1} to {steps}"]
    show(figure, alt, numbers=numbers)
