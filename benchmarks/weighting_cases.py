"""Who takes part where weightings are compared: methods, data sets, and what a gain is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import fmean

from benchmarks.quality_cases import FOUR, SMALL
from benchmarks.real_data import DATA
from mtlkeras._catalogue import describe_all

MODEL = {"units": [32, 16], "tower": [16], "learning_rate": 3e-3}
# Tasks that have nothing in common but users and items, and a trunk too small for all of them.
SHOP = {"task_correlation": 0.0, "scenario_shift": 0.0, **SMALL, "num_rows": 100_000}
(KUAIRAND,) = (data for data in DATA if data.name == "kuairand_pure")
PLAIN = "plain sum"
FAMILIES = {
    "plain": "no weighting",
    "losses": "weights from losses",
    "representation": "gradients where tasks part",
    "parameters": "gradients of shared weights",
}
# Those that are tried over the shared weights as well; MoCo has its own default there.
OVER_PARAMETERS = ("CAGrad", "MGDA", "MoCo", "NashMTL", "PCGrad")
QUICK = (PLAIN, "Uncertainty", "FAMO", "PCGrad", "GradDrop", "RotoGrad", "PCGrad, parameters")


@dataclass(frozen=True)
class Entrant:
    """A way to train.

    Args:
        name: The key in results.
        family: One of `FAMILIES`, or `"single"` for a model of one task.
        settings: What the contestant is asked.
    """

    name: str
    family: str
    settings: dict


@dataclass(frozen=True)
class Course:
    """A data set.

    Args:
        name: The key in results.
        tasks: Its tasks.
        epochs: Passes over its training rows.
        source: What the contestant loads.
    """

    name: str
    tasks: tuple[str, ...]
    epochs: int
    source: dict = field(default_factory=dict)


COURSES = (
    Course("simulated_shop", FOUR, 5, {"shop": SHOP}),
    Course(KUAIRAND.name, KUAIRAND.raced, 3),
)


def entrants(quick: bool) -> Iterator[Entrant]:
    """The plain sum and every weighting with its default options."""
    found = [Entrant(PLAIN, "plain", {})]
    for each in describe_all("balancing").values():
        name = each.class_name
        if each.kind == "LossWeighting":
            found.append(Entrant(name, "losses", {"weighting": name}))
            continue
        settings = {"weighting": name, "options": {"scope": "representation"}}
        found.append(Entrant(name, "representation", settings))
        if name in OVER_PARAMETERS:
            settings = {"weighting": name, "options": {"scope": "parameters"}}
            found.append(Entrant(f"{name}, parameters", "parameters", settings))
    families = list(FAMILIES)
    found.sort(key=lambda each: (families.index(each.family), each.name))
    yield from (each for each in found if not quick or each.name in QUICK)


def multi_task_gain(ours: Mapping[str, float], single: Mapping[str, float]) -> float:
    """Relative gain over models of one task each, in percent: `mean_t (M_t - B_t) / B_t`.

    Of metrics of which more is better. Maninis, Radosavovic and Kokkinos, "Attentive
    Single-Tasking of Multiple Tasks" (2019).

    Args:
        ours: Task to the metric of the multi-task model.
        single: Task to the metric of a model of that task alone.

    Example:
        >>> round(multi_task_gain({"click": 0.66, "buy": 0.8}, {"click": 0.6, "buy": 0.8}), 6)
        5.0
    """
    return 100 * fmean((ours[task] - base) / base for task, base in single.items())
