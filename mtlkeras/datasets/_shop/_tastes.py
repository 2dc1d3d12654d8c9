"""Latent tastes: how much a user likes an item, by task and scenario."""

from dataclasses import dataclass

import numpy as np

SCENARIOS = ("app", "web", "mini")
TASKS = ("click", "cart", "purchase", "quantity", "returned", "rating")
DIM = 4
# Shares of a taste's variance: of the user, of the item, of how the two match.
USER_SHARE, ITEM_SHARE = 0.25, 0.35


@dataclass(frozen=True)
class Tastes:
    """Independent standard normal tables behind every utility.

    Args:
        users: `(1 + tasks, 1 + scenarios, num_users, DIM + 1)`: first what the tasks share, then
            what each has of its own; in each, first what the scenarios share, then what each
            has of its own. The last column is the user's general liking.
        items: The same for items.
    """

    users: np.ndarray
    items: np.ndarray

    def utility(self, part: int, user: np.ndarray, item: np.ndarray, view: np.ndarray | int):
        """One taste of variance 1, `(rows,)`: liking of the user, of the item, their match."""
        of_user, of_item = self.users[part, view, user], self.items[part, view, item]
        match = np.einsum("rd,rd->r", of_user[:, :DIM], of_item[:, :DIM]) / np.sqrt(DIM)
        return (
            np.sqrt(USER_SHARE) * of_user[:, DIM]
            + np.sqrt(ITEM_SHARE) * of_item[:, DIM]
            + np.sqrt(1 - USER_SHARE - ITEM_SHARE) * match
        )


def draw_tastes(num_users: int, num_items: int, rng: np.random.Generator) -> Tastes:
    """Draws the tables."""
    shape = (1 + len(TASKS), 1 + len(SCENARIOS))
    return Tastes(
        users=rng.standard_normal((*shape, num_users, DIM + 1), dtype="float32"),
        items=rng.standard_normal((*shape, num_items, DIM + 1), dtype="float32"),
    )


def task_utilities(
    tastes: Tastes,
    user: np.ndarray,
    item: np.ndarray,
    scenario: np.ndarray,
    task_correlation: float,
    scenario_shift: float,
) -> dict[str, np.ndarray]:
    """Utilities of variance 1, one a task.

    With c the task correlation and s the scenario shift, task t in scenario k has

        utility = sqrt(c) * view(shared, k) + sqrt(1 - c) * view(t, k)
        view(part, k) = sqrt(1 - s) * taste(part, common) + sqrt(s) * taste(part, k)

    so that two tasks correlate by c and two scenarios of one task by 1 - s.
    """

    def view(part: int) -> np.ndarray:
        common = tastes.utility(part, user, item, 0)
        return np.sqrt(1 - scenario_shift) * common + np.sqrt(scenario_shift) * tastes.utility(
            part, user, item, 1 + scenario
        )

    shared = view(0)
    return {
        task: np.sqrt(task_correlation) * shared + np.sqrt(1 - task_correlation) * view(1 + part)
        for part, task in enumerate(TASKS)
    }
