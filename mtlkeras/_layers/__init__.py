"""Private building blocks below the rooms: encoders, trunks and heads may import them."""

from mtlkeras._layers._masks import masked_max, masked_mean, masked_softmax
from mtlkeras._layers._mlp import MLP
from mtlkeras._layers._transformer_block import TransformerBlock

__all__ = ["MLP", "TransformerBlock", "masked_max", "masked_mean", "masked_softmax"]
