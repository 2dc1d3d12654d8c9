"""Products of probabilities whose conditional towers see all impressions counterfactually."""

from collections.abc import Mapping, Sequence

import keras
from keras import ops

from ..._layers import check_number
from .._checks import check_choice
from ._escm2_loss import ESCM2Loss
from ._esmm import cross_entropies
from ._funnel import Funnel
from ._log_space import products

ESTIMATORS = ("dr", "ips")


@keras.saving.register_keras_serializable("mtlkeras")
class ESCM2(Funnel):
    """ESMM with an unbiased loss of the conditional towers (ESCM2, Wang et al., 2022).

    The product of ESMM, and for each child with its parent's label `o` and probability `p`

    `L = weight_g BCE(product) + weight_c mean(risk)`, where with the child's own cross-entropy `e`

    - IPS: `risk = o e / p`;
    - DR: `risk = e' + o (e - e') / p + o (e - e')^2 / p`, the imputed error `e'` a softplus of a
      tower of its own, so that it reaches as far as a loss does. Through the square, no gradient
      flows into `e`: the imputation is to follow the error, not the error the imputation.

    Over the clicks that might have been, the mean of the risk is that of `e` over all
    impressions. `1 / p` is at most `max_weight`, and no gradient flows through it. Wang et al.,
    "ESCM2: Entire Space Counterfactual Multi-Task Model for Post-Click Conversion Rate
    Estimation" (2022). Rows without the parent's label count in the product only.

    Args:
        estimator: `"dr"` (doubly robust) or `"ips"` (inverse propensity).
        counterfactual_weight: Factor `weight_c` of the risk.
        global_weight: Factor `weight_g` of the product's cross-entropy.
        max_weight: Largest `1 / p`.
        tower: Widths of the hidden layers of each task, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        parents: Child to parent, `None` for a task without one; `None` where a builder fills it
            in.
        base_rates: Task to share of its positives among all impressions; the untrained funnel
            answers about that. 0.5 where left out; a builder fills it in.

    Call arguments:
        h: Dict `{task: (batch_size, units)}`.

    Returns:
        Dict `{task: (batch_size, 1)}` of probabilities over all impressions.

    Example:
        >>> funnel = ESCM2("ips", parents={"purchase": "click"})
        >>> p = funnel({"click": keras.ops.ones((2, 8)), "purchase": keras.ops.ones((2, 8))})
        >>> p["purchase"].shape, type(funnel.task_losses()["purchase"]).__name__
        (TensorShape([2, 1]), 'ESCM2Loss')
    """

    def __init__(
        self,
        estimator: str = "dr",
        counterfactual_weight: float = 0.1,
        global_weight: float = 1.0,
        max_weight: float = 15.0,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        parents: Mapping[str, str | None] | None = None,
        base_rates: Mapping[str, float] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, parents, base_rates, **kwargs)
        check_choice("ESCM2", "estimator", estimator, ESTIMATORS)
        self.estimator = estimator
        self.counterfactual_weight = check_number(
            "ESCM2", "counterfactual_weight", counterfactual_weight
        )
        self.global_weight = check_number("ESCM2", "global_weight", global_weight)
        self.max_weight = check_number("ESCM2", "max_weight", max_weight, 1.0)

    def build(self, h_shape):
        super().build(h_shape)
        children = self.children if self.estimator == "dr" else ()
        self.imputers = self.make_towers("imputation", dict.fromkeys(children, 0.0), h_shape)

    def call(self, h, training=None):
        scores = self.scores(self.hidden(h, training))
        parts = {}
        if self.estimator == "dr":
            parts = {
                task: {"imputation": imputer(h[task], training=training)}
                for task, imputer in zip(self.children, self.imputers, strict=True)
            }
        return products(scores, self.parents, parts)

    def imputed(self, h) -> dict:
        """Imputed errors, for watching them.

        Args:
            h: Dict `{task: (batch_size, units)}`, as in a call.

        Returns:
            Child to imputed cross-entropy `(batch_size, 1)`; empty for `"ips"`.
        """
        named = dict(zip(self.children, self.imputers, strict=False))
        return {task: ops.softplus(imputer(h[task])) for task, imputer in named.items()}

    def task_losses(self):
        weights = (self.counterfactual_weight, self.global_weight, self.max_weight)
        return cross_entropies(self.tasks) | {
            task: ESCM2Loss(task, self.parents[task], self.estimator, *weights)
            for task in self.children
        }

    def get_config(self):
        return {
            **super().get_config(),
            "estimator": self.estimator,
            "counterfactual_weight": self.counterfactual_weight,
            "global_weight": self.global_weight,
            "max_weight": self.max_weight,
        }
