"""A test part that stays closed until everything has been chosen."""

from typing import Any, NamedTuple

from course_utils.datasets.dataset import Dataset, Split
from course_utils.projects.events import tell


class Sealed:
    """The test part of a project, `len(sealed)` examples: `open()` hands out its inputs and targets.

    Open it once, after the last training, and keep what comes out in a name. `course check-project` counts the openings
    while the project runs, so it does not matter by which name, in which function or how often in a loop it is opened.
    """

    def __init__(self, inputs: Any, targets: Any) -> None:
        self._part, self._openings = Split(inputs, targets), 0

    @classmethod
    def of(cls, dataset: Dataset) -> "Sealed":
        """The test part of one of the course's data sets, sealed: for a project on a question of your own."""
        return cls(dataset.test.inputs, dataset.test.targets)

    def __len__(self) -> int:
        return len(self._part.targets)

    def __repr__(self) -> str:
        return f"a sealed test part with {len(self)} examples: open() it once, when all is chosen"

    def open(self) -> Split:
        """The inputs and targets, as a `Split`. From the second time on a line says how often it has been opened."""
        self._openings += 1
        if self._openings > 1:
            print(f"The test part is opened for time {self._openings}. What is chosen after a look at it is no test.")
        tell("opened", inputs=self._part.inputs, targets=self._part.targets)
        return self._part


class Project(NamedTuple):
    """The parts of a brief's data: `train` and `validation` are `Split`s, `test` is `Sealed`; `details` holds names."""

    train: Split
    validation: Split
    test: Sealed
    details: dict[str, Any]
