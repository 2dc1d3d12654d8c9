"""The loss of a child of DCMT."""

import keras
from keras import ops

from ._joint_loss import JointLoss
from ._risks import inverse_propensity, log_loss


@keras.saving.register_keras_serializable("mtlkeras")
class DCMTLoss(JointLoss):
    """Cross-entropy over all impressions, of the factual and of the counterfactual tower.

    See `DCMT` for the equations.

    Args:
        task: Name of the child.
        parent: Name of its parent.
        counterfactual_weight: Factor of the terms of tower and twin.
        global_weight: Factor of the cross-entropy over all impressions.
        prior_weight: Factor of the counterfactual prior.
        max_weight: Largest inverse propensity.
        name: Name of the loss.

    Example:
        >>> loss = DCMTLoss("purchase", "click", prior_weight=0.01)
        >>> loss.joint, loss.get_config()["prior_weight"]
        (True, 0.01)
    """

    def __init__(
        self,
        task: str,
        parent: str,
        counterfactual_weight: float = 1.0,
        global_weight: float = 1.0,
        prior_weight: float = 1e-3,
        max_weight: float = 15.0,
        name: str | None = "dcmt_loss",
        dtype=None,
    ) -> None:
        super().__init__(task, parent, name, dtype)
        self.counterfactual_weight = counterfactual_weight
        self.global_weight = global_weight
        self.prior_weight = prior_weight
        self.max_weight = max_weight

    def total(self, entire, y_true, y_pred, weight):
        label, observed = (self.column(y_true[task]) for task in (self.task, self.parent))
        score, twin = self.need(y_pred, "score"), self.need(y_pred, "counterfactual")
        p = self.column(y_pred[self.parent])
        # Without the parent's label nobody knows on which side an impression lies.
        seen = self.seen(weight)
        there = seen * observed * inverse_propensity(p, self.max_weight)
        away = seen * (1.0 - observed) * inverse_propensity(1.0 - p, self.max_weight)
        both = self.mean(log_loss(label, score), there)
        both = both + self.mean(log_loss(1.0 - label, twin), away)
        prior = self.mean(ops.abs(1.0 - ops.sigmoid(score) - ops.sigmoid(twin)), seen)
        causal = both + self.prior_weight * prior
        return self.global_weight * entire + self.counterfactual_weight * causal

    def get_config(self):
        return {
            **super().get_config(),
            "counterfactual_weight": self.counterfactual_weight,
            "global_weight": self.global_weight,
            "prior_weight": self.prior_weight,
            "max_weight": self.max_weight,
        }
