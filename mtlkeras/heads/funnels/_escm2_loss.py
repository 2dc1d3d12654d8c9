"""The loss of a child of ESCM2."""

import keras
from keras import ops

from ._joint_loss import JointLoss
from ._risks import (
    doubly_robust_risk,
    imputation_risk,
    inverse_propensity,
    inverse_propensity_risk,
    log_loss,
)


@keras.saving.register_keras_serializable("mtlkeras")
class ESCM2Loss(JointLoss):
    """Cross-entropy over all impressions, and the risk after the parent, counterfactually.

    See `ESCM2` for the equations. Where predictions have lost the scores that the funnel hands
    on, IPS wins the child's back from the two probabilities; DR cannot.

    Args:
        task: Name of the child.
        parent: Name of its parent.
        estimator: `"dr"` or `"ips"`.
        counterfactual_weight: Factor of the risk.
        global_weight: Factor of the cross-entropy over all impressions.
        max_weight: Largest inverse propensity.
        name: Name of the loss.

    Example:
        >>> loss = ESCM2Loss("purchase", "click", "ips", global_weight=0.0,
        ...                  counterfactual_weight=1.0)
        >>> labels = dict.fromkeys(["click", "purchase"], ops.array([1.0, 0.0]))
        >>> p = {"click": ops.full((2, 1), 0.5), "purchase": ops.full((2, 1), 0.25)}
        >>> round(float(loss(labels, p)), 4)  # The mean of -log(0.5) / 0.5 and 0.
        0.6931
    """

    def __init__(
        self,
        task: str,
        parent: str,
        estimator: str = "dr",
        counterfactual_weight: float = 0.1,
        global_weight: float = 1.0,
        max_weight: float = 15.0,
        name: str | None = "escm2_loss",
        dtype=None,
    ) -> None:
        super().__init__(task, parent, name, dtype)
        self.estimator = estimator
        self.counterfactual_weight = counterfactual_weight
        self.global_weight = global_weight
        self.max_weight = max_weight

    def total(self, entire, y_true, y_pred, weight):
        observed = self.column(y_true[self.parent])
        inverse = inverse_propensity(self.column(y_pred[self.parent]), self.max_weight)
        error = log_loss(self.column(y_true[self.task]), self._score(y_pred))
        if self.estimator == "dr":
            imputed = ops.softplus(self.need(y_pred, "imputation"))
            risk = doubly_robust_risk(error, observed, inverse, imputed)
            risk = risk + imputation_risk(error, observed, inverse, imputed)
        else:
            risk = inverse_propensity_risk(error, observed, inverse)
        # Without the parent's label nobody knows whether the child's was to be seen.
        after = self.mean(risk, self.seen(weight))
        return self.global_weight * entire + self.counterfactual_weight * after

    def _score(self, y_pred):
        score = self.part(y_pred, "score")
        if score is not None:
            return score
        epsilon = keras.config.epsilon()
        before, p = (self.column(y_pred[task]) for task in (self.parent, self.task))
        given = ops.clip(p / ops.maximum(before, epsilon), epsilon, 1.0 - epsilon)
        return ops.log(given) - ops.log1p(-given)

    def get_config(self):
        return {
            **super().get_config(),
            "estimator": self.estimator,
            "counterfactual_weight": self.counterfactual_weight,
            "global_weight": self.global_weight,
            "max_weight": self.max_weight,
        }
