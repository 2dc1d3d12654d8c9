"""The questions that the simulated shop answers: models to compare, sizes, what is to be better."""

from dataclasses import dataclass, field

FOUR = ("click", "cart", "purchase", "returned")
SHOP = {"num_rows": 60_000, "num_users": 500, "num_items": 200}
# So few pairs that what matters is whether a model can hold them, not whether it has seen them.
SMALL = {"num_rows": 150_000, "num_users": 100, "num_items": 60}


@dataclass(frozen=True)
class Variant:
    """A model of a case.

    Args:
        name: The key in results.
        label: What it is called.
        settings: What the contestant takes as `variant`.
    """

    name: str
    label: str
    settings: dict


@dataclass(frozen=True)
class Case:
    """A question.

    Args:
        name: The key in results.
        title: What it is called.
        shop: Arguments of the simulator beside those of all cases.
        tasks: Tasks.
        variants: Models.
        figure: The figure that answers.
        better: Variants that are to be better, each with those that it is to be better than.
        epochs: Passes over the training rows.
        more: Further arguments of a training.
    """

    name: str
    title: str
    shop: dict
    tasks: tuple[str, ...]
    variants: tuple[Variant, ...]
    figure: str
    better: dict[str, tuple[str, ...]]
    epochs: int = 4
    more: dict = field(default_factory=dict)

    def request(self, quick: bool) -> dict:
        """What the contestant is asked, but for seed and variant."""
        rows = {"num_rows": 4_000} if quick else {}
        return {
            "shop": {**SHOP, **self.shop, **rows},
            "tasks": list(self.tasks),
            "epochs": 1 if quick else self.epochs,
            **self.more,
        }


def _trunk(name: str, label: str, trunk: str, **settings) -> Variant:
    options = {
        k: v for k, v in settings.items() if k not in ("tasks", "blind", "clicked", "funnel")
    }
    more = {k: v for k, v in settings.items() if k not in options}
    return Variant(name, label, {"trunk": trunk, "options": options, **more})


CASES = (
    Case(
        "conflict",
        "Tasks without correlation",
        {"task_correlation": 0.0, "scenario_shift": 0.0, **SMALL},
        FOUR,
        (
            _trunk("shared_bottom", "shared bottom", "shared_bottom", units=[32, 16]),
            # For information: about as many parameters as the MMoE has.
            _trunk("wide", "shared bottom, 4 x as wide", "shared_bottom", units=[128, 16]),
            _trunk("mmoe", "MMoE", "mmoe", num_experts=4, units=[32, 16]),
            _trunk("ple", "PLE", "ple", num_task_experts=1, num_shared_experts=1, units=[24, 16]),
        ),
        "auc",
        {"mmoe": ("shared_bottom",), "ple": ("shared_bottom",)},
        epochs=8,
        more={"learning_rate": 3e-3},
    ),
    Case(
        "few_labels",
        "Alike tasks, few labels of one",
        {"task_correlation": 0.9, "scenario_shift": 0.0},
        FOUR,
        (
            _trunk("single", "single task", "shared_bottom", units=[32, 16], tasks=["returned"]),
            _trunk("shared_bottom", "shared bottom", "shared_bottom", units=[32, 16]),
            _trunk("mmoe", "MMoE", "mmoe", num_experts=4, units=[16, 16]),
        ),
        "auc_returned",
        {"shared_bottom": ("single",), "mmoe": ("single",)},
        more={"few": {"returned": 0.03}},
    ),
    Case(
        "scenarios",
        "Scenarios that differ much",
        {"task_correlation": 0.5, "scenario_shift": 0.9},
        ("click", "cart"),
        (
            _trunk("blind", "shared bottom", "shared_bottom", units=[64, 32], blind=True),
            _trunk("blind_mmoe", "MMoE", "mmoe", num_experts=4, units=[32, 16], blind=True),
            _trunk("feature", "shared bottom, scenario a feature", "shared_bottom", units=[64, 32]),
            _trunk("star", "STAR", "star", units=[64, 32]),
            _trunk("pepnet", "PEPNet", "pepnet", units=[64, 32], prior=["user_id", "item_id"]),
        ),
        "auc",
        {"star": ("blind", "blind_mmoe"), "pepnet": ("blind", "blind_mmoe")},
    ),
    Case(
        "conversion",
        "Conversion of all impressions",
        # What makes people click makes them buy: the clicked rows are as far off as can be. Rows
        # and epochs are many, for what a model has not learned yet biases ESMM too.
        {"task_correlation": 1.0, "scenario_shift": 0.0, **SMALL, "num_rows": 200_000},
        ("click", "purchase"),
        (
            _trunk(
                "clicked",
                "clicked rows alone",
                "shared_bottom",
                units=[64, 32],
                tasks=["purchase"],
                clicked=True,
            ),
            _trunk(
                "esmm",
                "ESMM",
                "shared_bottom",
                units=[64, 32],
                funnel={"name": "ESMM", "options": {"tower": [16]}},
            ),
        ),
        "bias_percent",
        {"esmm": ("clicked",)},
        epochs=10,
        more={"funnel": True, "learning_rate": 3e-3},
    ),
)
