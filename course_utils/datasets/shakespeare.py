"""The plays of Shakespeare as plain text, split by whole plays."""

import lzma

from course_utils.datasets.dataset import Dataset, embedded_file, read_cards
from course_utils.scale import current_scale

VALIDATION_PLAY, TEST_PLAY = "twelfth-night", "the-tempest"
QUICK_PLAYS = ("hamlet", "julius-caesar", "king-lear", "macbeth", "othello", "romeo-and-juliet", "the-merchant-of-venice",
               "much-ado-about-nothing")  # fmt: skip


def load_shakespeare() -> Dataset:
    """`train`, `validation` and `test` are strings of plain ASCII; `details["alphabet"]` holds their characters in order.

    No play stands in two parts. Quick: eight plays to train on; full: all 36 others. Both are embedded.
    """
    card = read_cards()["shakespeare"]
    text = lzma.decompress(embedded_file(card).read_bytes()).decode("ascii")
    plays = dict(play.split("\n", 1) for play in text.split("=== ")[1:])
    held_out = (VALIDATION_PLAY, TEST_PLAY)
    chosen = QUICK_PLAYS if current_scale() == "quick" else [title for title in plays if title not in held_out]
    alphabet = "".join(sorted(set("".join(plays.values()))))
    train = "\n".join(plays[title] for title in chosen)
    return Dataset(
        card, train, plays[VALIDATION_PLAY], plays[TEST_PLAY], {"alphabet": alphabet, "train_plays": tuple(chosen)}
    )
