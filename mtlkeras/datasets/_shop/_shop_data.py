"""What the simulator returns: rows, the truth behind them, a data spec, the best possible AUC."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mtlkeras.specs import DataSpec

from ._tastes import SCENARIOS
from ._texts import SENTIMENTS

# Name of a true probability: the label that it is of, and the label that must be 1 for the row
# to tell (None: every row tells).
BINARY = {
    "click": ("click", None),
    "cart": ("cart", None),
    "purchase": ("purchase", None),
    "cart_given_click": ("cart", "click"),
    "purchase_given_cart": ("purchase", "cart"),
    "purchase_given_click": ("purchase", "click"),
    "returned_given_purchase": ("returned", "purchase"),
}
TASKS = {
    "click": {"type": "binary"},
    "cart": {"type": "binary", "parent": "click"},
    "purchase": {"type": "binary", "parent": "cart"},
    "quantity": {"type": "count"},
    "spend": {"type": "amount"},
    "returned": {"type": "binary"},
    "rating": {"type": "ordinal", "classes": [1, 2, 3, 4, 5]},
    "sentiment": {"type": "multiclass", "classes": list(SENTIMENTS)},
}
AFTER_PURCHASE = ("returned", "rating", "sentiment")


@dataclass(frozen=True)
class ShopData:
    """A simulated log and the truth behind it.

    Columns of `frame`, one row an impression, in the order of time: `user_id`, `user_segment`,
    `item_id`, `item_category`, `price`, `scenario`, `time` (seconds), `recent_items` (clicked
    before by the user), `review`; the labels `click`, `cart`, `purchase`, `quantity`, `spend`
    (0 where there was none: it is known that nothing was bought), and `returned`, `rating`,
    `sentiment`, which are missing without a purchase (rating and sentiment also in 30 % of the
    rows with one, which have no review either).

    Columns of `probabilities`, the same rows: `click`, `cart`, `purchase` over all impressions;
    `cart_given_click`, `purchase_given_cart`, `purchase_given_click`, `returned_given_purchase`,
    `rating_1_given_purchase` to `rating_5_given_purchase`, `negative_given_purchase`,
    `neutral_given_purchase`, `positive_given_purchase`, and the expectations
    `quantity_given_purchase` and `spend_given_purchase`. The conditional ones are there for
    every row, whether the condition came true or not: the log shows them on selected rows only.

    Args:
        frame: The rows.
        probabilities: The truth, float64.
        utilities: The latent utilities, a column a task.
    """

    frame: pd.DataFrame
    probabilities: pd.DataFrame
    utilities: pd.DataFrame

    def best_auc(self, name: str, rows: np.ndarray | None = None) -> float:
        """The AUC of the true probabilities, which no model can be expected to pass.

        Args:
            name: A binary column of `probabilities`, or a task of that kind; conditional
                probabilities are judged on the rows where their condition came true.
            rows: Which rows to judge, `(rows,)` bool; all by default.

        Returns:
            The area under the ROC curve.

        Raises:
            ValueError: For another name, or where the rows hold one class alone.

        Example:
            >>> from mtlkeras.datasets import simulated_shop
            >>> shop = simulated_shop(20_000, seed=1)
            >>> bool(0.7 < shop.best_auc("click") < 0.9)
            True
        """
        column = f"{name}_given_purchase" if name == "returned" else name
        if column not in BINARY:
            raise ValueError(f"`name` should be one of {', '.join(BINARY)}. Received: {name!r}.")
        label, condition = BINARY[column]
        chosen = np.ones(len(self.frame), bool) if rows is None else np.asarray(rows, bool)
        if condition is not None:
            chosen = chosen & (self.frame[condition] == 1).to_numpy()
        positive = (self.frame.loc[chosen, label] == 1).to_numpy()
        if positive.all() or not positive.any():
            raise ValueError(
                f"The AUC of {name!r} needs rows of both classes. Received: {len(positive)} rows, "
                f"{positive.sum()} positive. Simulate more rows."
            )
        rank = self.probabilities.loc[chosen, column].rank().to_numpy()
        pairs = positive.sum() * (~positive).sum()
        return float((rank[positive].sum() - positive.sum() * (positive.sum() + 1) / 2) / pairs)

    def spec(self, tasks: Sequence[str] | None = None, review: bool = False) -> DataSpec:
        """A data spec of the frame, to be handed to `load_data` with it.

        Args:
            tasks: Names of tasks; by default all, or with `review` those after the purchase.
            review: Make the review a text feature. A review tells that the item was bought, so
                only tasks that come after the purchase may be learned from it.

        Returns:
            A spec with a split by time: the last tenth tests, the tenth before validates.

        Raises:
            ValueError: For an unknown task, or one that a review gives away.

        Example:
            >>> from mtlkeras.datasets import simulated_shop
            >>> list(simulated_shop(1_000).spec(tasks=["click", "cart"]).tasks)
            ['click', 'cart']
        """
        known = AFTER_PURCHASE if review else tuple(TASKS)
        chosen = known if tasks is None else tuple(tasks)
        unknown = [name for name in chosen if name not in known]
        if unknown:
            with_review = " with a review" if review else ""
            raise ValueError(
                f"`tasks`{with_review} should be of {', '.join(known)}. Received: {unknown}."
            )
        time = np.quantile(self.frame["time"], [0.8, 0.9], method="higher")
        return DataSpec.from_dict(
            {
                "name": "simulated_shop",
                "split": {
                    "by": "time",
                    "column": "time",
                    "validation_from": int(time[0]),
                    "test_from": int(time[1]),
                },
                "scenario": "scenario",
                "features": _features(review),
                "tasks": {
                    name: TASKS[name]
                    if name not in AFTER_PURCHASE or "purchase" not in chosen
                    else {**TASKS[name], "observed": "purchase"}
                    for name in chosen
                },
            }
        )


def _features(review: bool) -> dict[str, dict]:
    text = {"review": {"type": "text", "max_tokens": 1000, "max_length": 16}} if review else {}
    return {
        "user_id": {"type": "category", "dim": 8},
        "user_segment": {"type": "category", "dim": 4},
        "item_id": {"type": "category", "table": "item", "dim": 8},
        "item_category": {"type": "category", "dim": 4},
        "price": {"type": "number", "transform": "log1p", "minimum": 0},
        "scenario": {"type": "category", "vocabulary": list(SCENARIOS), "dim": 4},
        "recent_items": {
            "type": "sequence",
            "table": "item",
            "separator": "|",
            "max_length": 10,
            "dim": 8,
        },
        **text,
    }
