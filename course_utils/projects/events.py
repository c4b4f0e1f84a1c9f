"""What happens while a project runs, told to whoever listens: `course check-project` does, and nobody else."""

from collections.abc import Callable

_listeners: list[Callable[..., None]] = []


def listen(listener: Callable[..., None]) -> None:
    """Have `listener(kind, **facts)` called for each event from now on."""
    _listeners.append(listener)


def tell(kind: str, **facts: object) -> None:
    """Tell all listeners of an event: "opened", "measured" or "baseline", with the facts that belong to it."""
    for listener in _listeners:
        listener(kind, **facts)
