"""What can go wrong with a run."""


class TrainingError(Exception):
    """Training that cannot go on: a loss that is not finite, or a value that nobody logs."""


class RunError(ValueError):
    """A run folder that cannot be written or read."""
