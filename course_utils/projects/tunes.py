"""Brief "tunes": which note comes next in a fiddle tune that nobody has shown you?"""

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

from course_utils.datasets import Split, load_fiddle_tunes
from course_utils.datasets.fiddle_tunes import Phrases
from course_utils.projects.events import tell
from course_utils.projects.sealed import Project, Sealed

STEPS, CODES = 32, 30  # steps of a phrase; codes: 0 holds the note before, 1 to 29 begin a note
LOWEST = 58  # MIDI pitch of code 0, so that the lowest note, 59, is 1
DISCOUNT = 0.75
VIEWS = ((8, 2), (2, 3), (1, 3), (32, 2))  # of the counting rival: places of a bar told apart, notes before


def load() -> Project:
    """Phrases of four bars as codes (n, 32) int64, inputs and targets alike: step k is to be foretold from steps before k.

    Code 0 holds the note before, codes 1 to 29 begin a note (58 less than its MIDI pitch); the first step begins one
    always. No tune stands in two parts. `details` holds for each part the `titles` (n,) and `kinds` (n,) of its phrases.
    """
    tunes = load_fiddle_tunes()
    parts = {}
    details = {"titles": {}, "kinds": tunes.details["kinds"]}
    for name in ("train", "validation", "test"):
        phrases = getattr(tunes, name)
        codes = _codes(phrases)
        parts[name] = Sealed(codes, codes) if name == "test" else Split(codes, codes)
        details["titles"][name] = phrases.titles
    tell("loaded", brief="tunes")
    return Project(**parts, details=details)


def baseline(project: Project) -> Callable[[np.ndarray], np.ndarray]:
    """Counts of what followed the last notes at the same place of the bar: four views of the past, mixed.

    Each view backs off to shorter pasts with absolute discounting. The weights of the mixture are those that foretell the
    validation part best. Returns a function from codes (n, 32) to probabilities (n, 32, 30).
    """
    counts = [_count(project.train.inputs, places, order) for places, order in VIEWS]

    def views(codes: np.ndarray) -> np.ndarray:
        return np.stack([_foretell(codes, one, *view) for one, view in zip(counts, VIEWS)])  # (views, n, 32, 30)

    weights = _mixing_weights(_at(views(project.validation.inputs), project.validation.targets))

    def answer(codes: np.ndarray) -> np.ndarray:
        tell("baseline", brief="tunes", asked=codes)
        return np.einsum("v,vnkc->nkc", weights, views(codes))

    return answer


def score(targets: np.ndarray, answers: np.ndarray) -> float:
    """Bits a step of answers (n, 32, 30), probabilities of each code, for targets (n, 32). Smaller is better.

    Raises ValueError for another shape, and where the probabilities of a step do not add up to 1.
    """
    wanted = (*np.shape(targets), CODES)
    if np.shape(answers) != wanted:
        raise ValueError(f"The answers have the shape {np.shape(answers)}; {wanted} was expected.")
    if not np.allclose(np.sum(answers, axis=-1), 1, atol=1e-3):
        raise ValueError("The probabilities of a step do not add up to 1: take the softmax of the logits.")
    tell("measured", brief="tunes", targets=targets, answers=answers)
    return float(-np.log2(np.maximum(_at(np.asarray(answers), targets), 1e-12)).mean())


def looks_ahead(answer: Callable[[np.ndarray], np.ndarray], codes: np.ndarray) -> bool:
    """Whether the answers for early steps change when later notes do: then the note itself was seen, and nothing foretold."""
    changed = codes.copy()
    changed[:, STEPS // 2 :] = (changed[:, STEPS // 2 :] + 7) % CODES
    kept = slice(0, STEPS // 2 + 1)  # step 16 is foretold from steps 0 to 15
    return not np.allclose(answer(codes)[:, kept], answer(changed)[:, kept], atol=1e-4)


def _codes(phrases: Phrases) -> np.ndarray:
    onsets = phrases.onsets.copy()
    onsets[:, 0] = True
    return np.where(onsets, phrases.pitches - LOWEST, 0)


def _pasts(row: np.ndarray, step: int, places: int, order: int) -> Iterable[tuple]:
    """The contexts of a step, the shortest first: place in the bar, and 0 to `order` codes before it."""
    for length in range(min(order, step) + 1):
        yield (step % places, *row[step - length : step])


def _count(codes: np.ndarray, places: int, order: int) -> dict[tuple, np.ndarray]:
    counts: dict[tuple, np.ndarray] = defaultdict(lambda: np.zeros(CODES))
    for row in codes.tolist():
        for step, code in enumerate(row):
            for past in _pasts(row, step, places, order):
                counts[past][code] += 1
    return dict(counts)


def _foretell(codes: np.ndarray, counts: dict[tuple, np.ndarray], places: int, order: int) -> np.ndarray:
    """Probabilities (n, 32, 30) by absolute discounting: each longer past corrects the shorter one."""
    answers = np.empty((*codes.shape, CODES))
    for number, row in enumerate(codes.tolist()):
        for step in range(len(row)):
            chances = np.full(CODES, 1 / CODES)
            for past in _pasts(row, step, places, order):
                if past not in counts:
                    break
                seen = counts[past]
                left = DISCOUNT * np.count_nonzero(seen) * chances
                chances = (np.maximum(seen - DISCOUNT, 0) + left) / seen.sum()
            answers[number, step] = chances
    return answers


def _at(answers: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The probabilities (..., n, 32) that answers (..., n, 32, 30) give to the targets (n, 32)."""
    rows, steps = np.indices(targets.shape)
    return answers[..., rows, steps, targets]


def _mixing_weights(chances: np.ndarray) -> np.ndarray:
    """The weights (views,) with the largest likelihood for chances (views, n, 32), by expectation-maximisation."""
    chances = chances.reshape(len(chances), -1)
    weights = np.full(len(chances), 1 / len(chances))
    for _ in range(100):
        shares = weights[:, np.newaxis] * chances
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights
