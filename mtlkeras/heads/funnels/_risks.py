"""Errors after the parent, seen only where the parent happened, over all impressions."""

from keras import ops


def log_loss(label, score):
    """Cross-entropy of labels 0 and 1 with scores (log odds), a row each."""
    return ops.softplus(score) - label * score


def inverse_propensity(propensity, max_weight: float):
    """`1 / p`, at most `max_weight`, through which no gradient flows.

    Args:
        propensity: Probabilities that a row is seen.
        max_weight: Largest weight.
    """
    return ops.stop_gradient(1.0 / ops.maximum(propensity, 1.0 / max_weight))


def inverse_propensity_risk(error, observed, weight):
    """`o e / p` of each row, whose mean is that of `e` over all impressions (IPS).

    Args:
        error: Error `e` of each row; counts only where observed.
        observed: Whether the parent happened, 0 or 1.
        weight: `1 / p`.
    """
    return observed * weight * error


def doubly_robust_risk(error, observed, weight, imputed):
    """`e' + o (e - e') / p` of each row (DR).

    Its mean is that of `e` over all impressions where the propensities or the imputed errors
    `e'` are right.

    Args:
        error: Error `e` of each row; counts only where observed.
        observed: Whether the parent happened, 0 or 1.
        weight: `1 / p`.
        imputed: Imputed error `e'` of each row.
    """
    return imputed + observed * weight * (error - imputed)


def imputation_risk(error, observed, weight, imputed):
    """`o (e - e')^2 / p` of each row, from which the imputation learns, and nothing else does."""
    return observed * weight * ops.square(ops.stop_gradient(error) - imputed)
