"""How much of a lead is luck: whole groups of examples drawn anew."""

from collections.abc import Callable

import numpy as np


def lead_by_groups(
    targets: np.ndarray,
    network: np.ndarray,
    baseline: np.ndarray,
    groups: np.ndarray,
    score: Callable[[np.ndarray, np.ndarray], float],
    draws: int = 200,
    seed: int = 0,
) -> np.ndarray:
    """The score of `network` less that of `baseline`, two answers to the same examples, in each draw of groups: (draws,).

    `groups` (n,) names the week, tune or family of each example, (n, 2) two families of a pair. As many groups as there are
    get drawn with replacement; an example comes along as often as its group was drawn, a pair of two groups as often as the
    one times the other. Where a smaller score is better, a lead is below 0. Raises ValueError if the lengths differ.
    """
    targets, network, baseline, groups = map(np.asarray, (targets, network, baseline, groups))
    if len({len(targets), len(network), len(baseline), len(groups)}) > 1:
        raise ValueError(
            f"{len(targets)} targets, {len(network)} and {len(baseline)} answers and {len(groups)} groups do not belong together."
        )
    names, codes = np.unique(groups, return_inverse=True)
    codes = codes.reshape(len(groups), -1)  # (n, 1) or (n, 2)
    first, second = codes[:, 0], codes[:, -1]
    random = np.random.default_rng(seed)
    leads = []
    for _ in range(draws):
        times = np.bincount(random.integers(len(names), size=len(names)), minlength=len(names))
        often = np.where(first == second, times[first], times[first] * times[second])
        drawn = np.repeat(np.arange(len(targets)), often)
        leads.append(score(targets[drawn], network[drawn]) - score(targets[drawn], baseline[drawn]))
    return np.array(leads)
