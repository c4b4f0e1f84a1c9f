"""The longer runs of lesson 505: its own networks, trained for 32 epochs from three starts; about six minutes of one core.

It needs the packages of the course.
"""

from pathlib import Path

from stored_runs import definitions_of, write_trials

EPOCHS = 32
SEEDS = (1, 2, 3)
RATES = {  # those that the bout chose for about as many steps, nearly; the page's are for six epochs
    "attention": 0.0025,
    "recurrent": 0.03,
    "convolution": 0.01,
}


def build() -> Path:
    """A row for each training. Takes the seeds one after the other, so that a run that is stopped shows whole rounds."""
    from course_utils import bout, set_up

    set_up(seed=1)
    names = definitions_of("505", ("before_attention", "others", "arms"))
    signals = bout.signals()
    trials = []
    for seed in SEEDS:
        for name, arm in names["arms"].items():
            trials.append(trial(names, signals, name, arm, seed))
            print(trials[-1], flush=True)
    return write_trials("fronts", trials)


def trial(names: dict, signals, name: str, arm: tuple, seed: int) -> dict:
    """One training of one network, judged on the validation and the test part."""
    import keras

    from course_utils import bout

    front, reader, width, _ = arm
    rate = RATES[reader.__name__]
    network = names["prepared"](signals, (front, reader, width, rate), EPOCHS)
    keras.utils.set_random_seed(seed)
    names["restart"](network, lambda: names["build"](signals, front, reader, width))
    network.fit(*signals.train, epochs=EPOCHS, batch_size=bout.BATCH, verbose=0)
    on_validation = 1 - bout.test_accuracy(network, signals._replace(test=signals.validation))
    on_test = 1 - bout.test_accuracy(network, signals)
    return {
        "name": name,
        "rate": rate,
        "steps": EPOCHS * -(-len(signals.train.targets) // bout.BATCH),
        "seed": seed,
        "wrong on validation": round(on_validation, 4),
        "wrong on test": round(on_test, 4),
    }
