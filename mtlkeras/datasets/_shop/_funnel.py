"""From utilities to true probabilities, and from those to what happened."""

import numpy as np

from ._tastes import SCENARIOS
from ._texts import SENTIMENTS

# Clicks are rarer in some scenarios whatever the preferences.
CLICK_BASE = dict(zip(SCENARIOS, (-0.7, -1.0, -1.3), strict=True))
RATING_CUTS = np.array([-2.2, -1.2, -0.3, 1.0])
SENTIMENT_OF_RATING = np.array(
    [[0.90, 0.08, 0.02], [0.70, 0.25, 0.05], [0.2, 0.6, 0.2], [0.05, 0.20, 0.75], [0.02, 0.08, 0.9]]
)
RATED = 0.7


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Returns `1 / (1 + exp(-x))`."""
    return 1 / (1 + np.exp(-x))


def true_probabilities(
    utility: dict[str, np.ndarray], scenario: np.ndarray, price: np.ndarray
) -> dict[str, np.ndarray]:
    """Probabilities and expectations of every row, whatever then happened; see `ShopData`."""
    click = sigmoid(np.array(list(CLICK_BASE.values()))[scenario] + 1.3 * utility["click"])
    cart = sigmoid(-0.4 + 1.3 * utility["cart"])
    purchase = sigmoid(0.2 + 1.1 * utility["purchase"])
    below = sigmoid(RATING_CUTS - 1.3 * utility["rating"][:, None])
    edges = np.concatenate([np.zeros((len(below), 1)), below, np.ones((len(below), 1))], axis=1)
    rating = np.diff(edges, axis=1)
    sentiment = rating @ SENTIMENT_OF_RATING
    quantity = 1 + np.exp(-0.7 + 0.6 * utility["quantity"])
    return {
        "click": click,
        "cart": click * cart,
        "purchase": click * cart * purchase,
        "cart_given_click": cart,
        "purchase_given_cart": purchase,
        "purchase_given_click": cart * purchase,
        "quantity_given_purchase": quantity,
        "spend_given_purchase": quantity * price,
        # The better an item is liked, the rarer it goes back.
        "returned_given_purchase": sigmoid(-1.0 - 1.1 * utility["returned"]),
        **{f"rating_{stars}_given_purchase": rating[:, stars - 1] for stars in range(1, 6)},
        **{f"{SENTIMENTS[k]}_given_purchase": sentiment[:, k] for k in range(3)},
    }


def outcomes(
    truth: dict[str, np.ndarray], price: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draws what happened: funnel, quantity, spend, return, rating and sentiment.

    Returns:
        `click`, `cart`, `purchase`, `quantity`, `spend` of every row (0 where there was none),
        `returned` (NaN without a purchase), `rating` (1 to 5, NaN where not rated), `sentiment`
        (index, -1 where not rated).
    """
    rows = len(price)

    def happens(name: str) -> np.ndarray:
        return rng.random(rows) < truth[name]

    click = happens("click")
    cart = click & happens("cart_given_click")
    purchase = cart & happens("purchase_given_cart")
    quantity = purchase * (1 + rng.poisson(truth["quantity_given_purchase"] - 1))
    noise = np.exp(0.3 * rng.standard_normal(rows) - 0.3**2 / 2)  # of mean 1
    rated = purchase & (rng.random(rows) < RATED)
    rating = _draw(np.stack([truth[f"rating_{k}_given_purchase"] for k in range(1, 6)], 1), rng)
    sentiment = _draw(SENTIMENT_OF_RATING[rating], rng)
    return {
        "click": click,
        "cart": cart,
        "purchase": purchase,
        "quantity": quantity,
        "spend": quantity * price * noise,
        "returned": np.where(purchase, happens("returned_given_purchase"), np.nan),
        "rating": np.where(rated, 1 + rating, np.nan),
        "sentiment": np.where(rated, sentiment, -1),
    }


def _draw(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draws one class a row, `(rows, classes)` -> `(rows,)`."""
    steps = np.cumsum(probabilities, axis=1)[:, :-1]
    return (rng.random(len(probabilities))[:, None] > steps).sum(axis=1)
