"""How long the weightings themselves take, called on losses and random Gramians."""

import time

import numpy as np
import tensorflow as tf

from mtlkeras import balancing

from .contestant import Contestant

CALLS = 64  # in a row, in one function: as in a step, nothing is handed over to Python between


def methods() -> list[str]:
    """Names of the weightings; aggregators, which work on whole gradients, are none."""
    kinds = balancing.LossWeighting, balancing.GramianWeighting
    return [name for name in balancing.__all__ if issubclass(getattr(balancing, name), kinds)]


def run(method: str, tasks: int, rounds: int = 5, seconds: float = 0.05) -> dict:
    """Microseconds of a call, one figure a round.

    Args:
        method: Name of a weighting.
        tasks: Number of tasks.
        rounds: How often.
        seconds: At least how long each time.
    """
    weighting = getattr(balancing, method)()
    weighting.build((tasks,))
    rng = np.random.default_rng(tasks)
    # Of so few directions that many gradients conflict.
    gradients = rng.normal(size=(CALLS, tasks, tasks + 2)).astype("float32")
    losses = tf.constant(rng.uniform(0.1, 1.0, (CALLS, tasks)).astype("float32"))
    gramians = tf.constant(gradients @ gradients.transpose(0, 2, 1))
    of_losses = isinstance(weighting, balancing.LossWeighting)

    def advance(call, total):
        arguments = (losses[call],) if of_losses else (losses[call], gramians[call])
        return call + 1, total + weighting(*arguments)

    @tf.function(autograph=False)
    def calls():
        start = tf.constant(0), tf.zeros(tasks)
        return tf.while_loop(lambda call, _: call < CALLS, advance, start, parallel_iterations=1)

    def take(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            found = calls()
        found[1].numpy()
        return (time.perf_counter() - start) / (times * CALLS)

    calls()  # traces, compiles
    times = max(1, round(seconds / (CALLS * take(1))))
    return {"microseconds": [1e6 * take(times) for _ in range(rounds)]}


def build() -> Contestant:
    """Nothing is built yet: `run` is told what."""
    does = (
        f"{CALLS} calls of a weighting in one tf.function, on losses and Gramians of random "
        "gradients"
    )
    return Contestant(does, ("mtlkeras", "tensorflow"), run, {"methods": methods()})
