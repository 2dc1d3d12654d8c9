"""(k): what trunks and funnels are good for, where the truth is known."""

from pathlib import Path

from benchmarks import show
from benchmarks.bench import Bench, machine_note
from benchmarks.draw import across, names_down, picture
from benchmarks.process import Process
from benchmarks.quality_cases import CASES, SHOP, Case
from benchmarks.statistics import figures_of, half, interval
from benchmarks.targets import Target

ABOUT = "trunks and funnels against the known truth of a simulated shop, 5 seeds (10 minutes)"
SEEDS = 5
OURS, OTHERS = "#c2410c", "#737373"


def measure(bench: Bench) -> dict:
    """Every variant of every case with every seed; variants of a case have the seeds in common."""
    seeds = list(range(1 if bench.quick else SEEDS))
    result = {**bench.header(ABOUT), "seeds": seeds, "cases": {}}
    with Process("benchmarks.contestants.quality", {}) as process:
        result["does"] = process.ready()["does"]
        for case in CASES:
            # Answers of a seed come one after another, since its shop is simulated once.
            answers: dict[str, list[dict]] = {variant.name: [] for variant in case.variants}
            for seed in seeds:
                for variant in case.variants:
                    bench.say(f"{case.title}: {variant.label}, seed {seed + 1} of {len(seeds)}")
                    request = {**case.request(bench.quick), "variant": variant.settings}
                    answers[variant.name].append(process.ask(seed=seed, **request))
            result["cases"][case.name] = told = {
                name: figures_of(found) for name, found in answers.items()
            }
            bench.console.print(_table(case, told))
    return result


def _table(case: Case, told: dict):
    rows = []
    for variant in case.variants:
        found = told[variant.name]
        rows.append(
            (
                variant.label,
                f"{found[case.figure]['mean']:.4f} ± {half(found[case.figure]):.4f}",
                f"{found['distance']['mean']:.2f}",
                f"{found['parameters']['mean']:,.0f}",
                f"{found['seconds']['mean']:.1f}",
            )
        )
    columns = ("", case.figure.replace("_", " "), "distance", "parameters", "seconds")
    return show.table(case.title, columns, rows)


def targets(result: dict) -> list[Target]:
    """That the better ones are better on the same seeds, at the lower end of the interval."""
    found = []
    for case in CASES:
        told = result["cases"].get(case.name, {})
        for name, others in case.better.items():
            labels = {each.name: each.label for each in case.variants}
            if case.figure == "bias_percent":
                found += _unbiased(case, told, name, labels)
            for other in others:
                text = f"{case.title}: {case.figure.replace('_', ' ')} of {labels[name]}"
                gains = _gains(case, told, name, other)
                if case.figure == "bias_percent":
                    text = (
                        f"{case.title}: how much nearer to the truth {labels[name]} is than "
                        f"{labels[other]}, thousandths of a nat, lower end of 95 %"
                    )
                else:
                    text += f" over that of {labels[other]}, lower end of 95 %"
                if gains is None:
                    found.append(Target(text, ">=", 0.0, None))
                    continue
                ends = (gains["low"], gains["high"])
                found.append(Target(text, ">=", 0.0, gains["low"], *ends))
    return found


def _unbiased(case: Case, told: dict, name: str, labels: dict[str, str]) -> list[Target]:
    """That 0 lies in the interval of one, and not in those that it is to be better than."""
    found = []
    for each in (name, *case.better[name]):
        biased = each != name
        what = "0 lies outside" if biased else "0 lies within"
        text = f"{case.title}: {what} the 95 % of the bias of {labels[each]}, by % of the truth"
        if each not in told:
            found.append(Target(text, ">=", 0.0, None))
            continue
        low, high = (told[each][case.figure][end] for end in ("low", "high"))
        reached = max(low, -high) if biased else min(high, -low)
        found.append(Target(text, ">=", 0.0, reached, low, high))
    return found


def _gains(case: Case, told: dict, name: str, other: str) -> dict | None:
    """By how much one is better than another, seed by seed; of biases, how much nearer the truth.

    The mean of a bias can be 0 where every row is wrong; the distance cannot.
    """
    if name not in told or other not in told:
        return None
    figure, sign = ("distance", -1) if case.figure == "bias_percent" else (case.figure, 1)
    pairs = zip(told[name][figure]["values"], told[other][figure]["values"], strict=True)
    return interval([sign * (ours - theirs) for ours, theirs in pairs])


def draw(result: dict, path: Path) -> None:
    """A panel a case: what each variant gains over the first, or its bias; mean and each seed."""
    note = (
        f"simulated shop, {SHOP['num_rows']:,} to 200,000 impressions, "
        f"{len(result['seeds'])} seeds, compared seed by seed: mean, 95 % confidence interval, "
        "each seed\n"
    )
    with picture(path, len(CASES), note + machine_note(result), height=3.2, width=18) as panels:
        for ax, case in zip(panels, CASES, strict=True):
            told = result["cases"].get(case.name, {})
            there = [variant for variant in case.variants if variant.name in told]
            biased = case.figure == "bias_percent"
            for place, variant in enumerate(there):
                figure = told[variant.name][case.figure]
                if not biased:
                    figure = _gains(case, told, variant.name, there[0].name)
                across(ax, place, figure, OURS if variant.name in case.better else OTHERS)
            ax.axvline(0, color="#525252", linewidth=1)
            names_down(ax, [variant.label for variant in there])
            ax.set_title(case.title, fontsize="medium")
            ax.locator_params(axis="x", nbins=5)
            of = " of returned" if "returned" in case.figure else ""
            gain = f"test AUC{of} over that of {there[0].label if there else '-'}"
            ax.set_xlabel("bias of the estimate, % of the truth" if biased else gain)
