"""What happens while a project runs, told to whoever listens: `course check-project` does, and nobody else."""

import contextlib
from collections.abc import Callable, Iterator

_listeners: list[Callable[..., None]] = []


def listen(listener: Callable[..., None]) -> None:
    """Have `listener(kind, **facts)` called for each event from now on."""
    _listeners.append(listener)


def tell(kind: str, **facts: object) -> None:
    """Tell all listeners of an event, with the facts that belong to it.

    "loaded" a brief; "opened" the test part; "baseline" asked; "measured" by a brief's score; "aside": from here to the
    next one, the course trains for itself.
    """
    for listener in _listeners:
        listener(kind, **facts)


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """What is trained inside is the course's own, and no training of the project: the baseline of a brief."""
    tell("aside", begins=True)
    try:
        yield
    finally:
        tell("aside", begins=False)
