"""The Complete Journey, the embedded default: one row a household, category and week."""

from ._builder import CompleteJourney, split_by_week
from ._table import complete_journey_table

__all__ = ["CompleteJourney", "complete_journey_table", "split_by_week"]
