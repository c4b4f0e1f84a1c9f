"""Writing a file that was not there before."""

from pathlib import Path


def write_new_file(path: Path, text: str) -> None:
    """Write a text into a new file. Raises FileExistsError if there is one: it is never overwritten."""
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise FileExistsError(f"{path} is there and stays as it is: choose another name for the file.") from None
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no folder {path.parent}: make it first, or choose another.") from None
