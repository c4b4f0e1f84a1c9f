"""The course's data sets. Each loader returns a `Dataset` with its card; none needs a network at the quick scale."""

from course_utils.datasets.benchmarks import load_cifar10, load_fashion
from course_utils.datasets.bout import BoutResults, load_bout
from course_utils.datasets.characters import load_characters
from course_utils.datasets.dataset import Card, Dataset, Split, read_cards
from course_utils.datasets.dates import load_dates
from course_utils.datasets.decoy_scenes import load_decoy_scenes
from course_utils.datasets.digits import load_digits
from course_utils.datasets.docstrings import load_docstrings
from course_utils.datasets.fiddle_tunes import load_fiddle_tunes
from course_utils.datasets.generators import GeneratorRuns, load_generator_runs
from course_utils.datasets.letters import load_letters, load_small_letters
from course_utils.datasets.moving_digits import load_moving_digits, load_turning_digits
from course_utils.datasets.number_words import load_number_words
from course_utils.datasets.passages import load_passages
from course_utils.datasets.photographs import load_photographs
from course_utils.datasets.reviews import load_reviews
from course_utils.datasets.scenes import load_scenes
from course_utils.datasets.sentence_pairs import load_sentence_pairs
from course_utils.datasets.shakespeare import load_shakespeare
from course_utils.datasets.speech import load_spoken_digits
from course_utils.datasets.sprite_scenes import SpriteTargets, load_sprite_scenes
from course_utils.datasets.sprites import load_sprites
from course_utils.datasets.stories import load_stories
from course_utils.datasets.surnames import load_surnames
from course_utils.datasets.weather import load_weather, make_windows, weather_features

__all__ = [
    "BoutResults",
    "Card",
    "Dataset",
    "GeneratorRuns",
    "Split",
    "SpriteTargets",
    "load_bout",
    "load_characters",
    "load_cifar10",
    "load_dates",
    "load_decoy_scenes",
    "load_digits",
    "load_docstrings",
    "load_fashion",
    "load_fiddle_tunes",
    "load_generator_runs",
    "load_letters",
    "load_moving_digits",
    "load_number_words",
    "load_passages",
    "load_photographs",
    "load_reviews",
    "load_scenes",
    "load_sentence_pairs",
    "load_shakespeare",
    "load_small_letters",
    "load_spoken_digits",
    "load_sprite_scenes",
    "load_sprites",
    "load_stories",
    "load_surnames",
    "load_turning_digits",
    "load_weather",
    "make_windows",
    "read_cards",
    "weather_features",
]
