"""The shop simulator: rows of a shop's log together with the probabilities behind them."""

from ._shop_data import ShopData
from ._simulate import simulated_shop

__all__ = ["ShopData", "simulated_shop"]
