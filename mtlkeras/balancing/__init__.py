"""Loss weightings, gradient weightings and aggregators, for `compile(weighting=...)`.

A loss weighting is called as `weighting(losses)`, a gradient weighting as
`weighting(losses, gramian)`; both give the weights of the tasks, also outside a model. An
aggregator is called as `aggregator(losses, jacobian)` and gives the update. The names in `__all__`
are the registry: a new method is a file and a line here, derived from `LossWeighting`,
`GramianWeighting` or `Aggregator`.
"""

from ._aggregator import Aggregator as Aggregator
from ._alignedmtl import AlignedMTL
from ._cagrad import CAGrad
from ._config import ConFIG
from ._dtp import DTP
from ._dualproj import DualProj
from ._dwa import DWA
from ._errors import WeightingError as WeightingError
from ._fairgrad import FairGrad
from ._famo import FAMO
from ._gls import GLS
from ._graddrop import GradDrop
from ._gradnorm import GradNorm
from ._gradvac import GradVac
from ._imtl import IMTL
from ._imtlg import IMTLG
from ._imtll import IMTLL
from ._liebel import Liebel
from ._mgda import MGDA
from ._moco import MoCo
from ._nashmtl import NashMTL
from ._pcgrad import PCGrad
from ._replicas import sum_over_replicas as sum_over_replicas
from ._rgw import RGW
from ._rlw import RLW
from ._rotations import Rotations as Rotations
from ._rotograd import RotoGrad
from ._scale_invariant import ScaleInvariant
from ._sdmgrad import SDMGrad
from ._static import Static
from ._stch import STCH
from ._uncertainty import Uncertainty
from ._upgrad import UPGrad
from ._weighting import GramianWeighting as GramianWeighting
from ._weighting import LossWeighting as LossWeighting

__all__ = [
    "DTP",
    "DWA",
    "FAMO",
    "GLS",
    "IMTL",
    "IMTLG",
    "IMTLL",
    "MGDA",
    "RGW",
    "RLW",
    "STCH",
    "AlignedMTL",
    "CAGrad",
    "ConFIG",
    "DualProj",
    "FairGrad",
    "GradDrop",
    "GradNorm",
    "GradVac",
    "Liebel",
    "MoCo",
    "NashMTL",
    "PCGrad",
    "RotoGrad",
    "SDMGrad",
    "ScaleInvariant",
    "Static",
    "UPGrad",
    "Uncertainty",
]
