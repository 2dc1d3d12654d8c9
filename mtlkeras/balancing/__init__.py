"""Loss weightings and gradient weightings, for `MultiTaskModel.compile(weighting=...)`.

A loss weighting is called as `weighting(losses)`, a gradient weighting as
`weighting(losses, gramian)`; both give the weights of the tasks, also outside a model. The names
in `__all__` are the registry: a new weighting is a file and a line here, derived from
`LossWeighting` or `GramianWeighting`.
"""

from ._pcgrad import PCGrad
from ._static import Static
from ._uncertainty import Uncertainty
from ._weighting import GramianWeighting as GramianWeighting
from ._weighting import LossWeighting as LossWeighting

__all__ = ["PCGrad", "Static", "Uncertainty"]
