"""Private building blocks below the rooms: encoders, trunks and heads may import them."""

from ._checks import check_count, check_dropout, check_number, check_units
from ._config import activation_config
from ._masks import masked_max, masked_mean, masked_softmax
from ._mlp import MLP
from ._representation import representation, representations
from ._scenario_number import RESERVED, ScenarioNumber
from ._token_mean import TokenMean
from ._transformer_block import TransformerBlock

__all__ = [
    "MLP",
    "RESERVED",
    "ScenarioNumber",
    "TokenMean",
    "TransformerBlock",
    "activation_config",
    "check_count",
    "check_dropout",
    "check_number",
    "check_units",
    "masked_max",
    "masked_mean",
    "masked_softmax",
    "representation",
    "representations",
]
