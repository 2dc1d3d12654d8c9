"""Private building blocks below the rooms: encoders, trunks and heads may import them."""

from ._config import activation_config
from ._masks import masked_max, masked_mean, masked_softmax
from ._mlp import MLP
from ._transformer_block import TransformerBlock

__all__ = [
    "MLP",
    "TransformerBlock",
    "activation_config",
    "masked_max",
    "masked_mean",
    "masked_softmax",
]
