"""What can go wrong while tasks are weighed."""


class WeightingError(ArithmeticError):
    """A weight that is not finite, or negative where its method promises that none is."""
