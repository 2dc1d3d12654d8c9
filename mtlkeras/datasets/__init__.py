"""Data sets: the embedded default, and a shop simulator with known ground truth.

Importing this module registers `complete_journey` with tensorflow-datasets; TensorFlow is
imported only where a data set is written or read.
"""

from ._shop import ShopData, simulated_shop
from .complete_journey import CompleteJourney, complete_journey_table

__all__ = ["CompleteJourney", "ShopData", "complete_journey_table", "simulated_shop"]
