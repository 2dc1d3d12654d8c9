"""Every weighting against vectors that other programs computed."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mtlkeras import balancing

FOLDER = Path(__file__).parent / "reference"
GRADIENTS = json.loads((FOLDER / "gradients.json").read_text())
LOSSES = json.loads((FOLDER / "losses.json").read_text())["records"]

# Ours are exact to about 1e-13; the oracle's own error is given where it is above 1e-8. TorchJD's
# MGDA is a Frank-Wolfe method, its CAGrad a conic and its NashMTL a sequence of convex programs,
# its GradVac and SDMGrad add 1e-8 to denominators, and it regularises UPGrad and DualProj.
ORACLE = {
    ("MGDA", "torchjd"): 1e-4,
    ("CAGrad", "torchjd"): 2e-4,
    ("CAGrad", "numpy transcription"): 1e-7,
    ("NashMTL", "torchjd"): 1e-7,
    ("GradVac", "torchjd"): 1e-7,
    ("GradVac", "numpy transcription"): 1e-7,
    ("SDMGrad", "torchjd"): 1e-6,
}


# Methods that are ours under other names and settings. MoDo's first step on one batch is MoCo's on
# the gradients themselves.
OTHER_NAMES = {"Mean": "FairGrad", "MoDo": "MoCo"}
APART = ("MoCo", "GradDrop", "Sum")


def made(record, dtype):
    params = record["params"]
    arguments = {
        "Mean": lambda: {"alpha": 0},
        "MoDo": lambda: {"gamma": params["gamma"], "rho": params["rho"], "beta": 1.0},
        "CAGrad": lambda: {"c": params["c"], "rescale": 0},
        "FairGrad": lambda: {"alpha": params["alpha"]},
        "NashMTL": lambda: {"max_norm": None},
        "AlignedMTL": lambda: {"scale": params["scale_mode"]},
        "PCGrad": lambda: {"shuffle": False},
        "GradVac": lambda: {"beta": params["beta"], "shuffle": False},
        "SDMGrad": lambda: {
            "pull": params["lambda"],
            "learning_rate": params["lr"],
            "momentum": params["momentum"],
            "steps": params["n_iter"],
        },
    }.get(record["method"], dict)()
    name = OTHER_NAMES.get(record["method"], record["method"])
    return getattr(balancing, name)(dtype=dtype, **arguments)


def oracle_error(record):
    if record["params"].get("reg_eps") == 1e-4:
        return 1e-3
    if (record["method"], record["matrix"]) == ("ConFIG", "opposite2"):
        return 1e-6  # where gradients cancel, what is left of the oracle's is rounding
    return ORACLE.get((record["method"], record["tool"]), 1e-8)


def close(ours, theirs, dtype, error):
    if dtype == "float32":
        error = max(error, 1e-4)
    np.testing.assert_allclose(ours, theirs, rtol=error, atol=error)


def label(record):
    return "-".join(map(str, (record["method"], record["tool"][:5], record.get("matrix"))))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "record", [r for r in GRADIENTS["records"] if r["method"] not in APART], ids=label
)
def test_update_agrees(record, dtype, update):
    jacobian = np.array(GRADIENTS["matrices"][record["matrix"]], dtype)
    weighting = made(record, dtype)
    if record["params"].get("state") == "after one call on the same matrix":
        update(weighting, jacobian)
    ours = update(weighting, jacobian)
    if record["params"].get("pref") == "ones" and record["method"] == "AlignedMTL":
        ours = ours * len(jacobian)  # the authors' code sums where TorchJD takes the mean
    close(ours, record["output"], dtype, oracle_error(record))
    if "rescaled" in record:
        weighting = balancing.CAGrad(c=record["params"]["c"], rescale=1)
        close(update(weighting, jacobian), record["rescaled"], dtype, oracle_error(record))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "record", [r for r in GRADIENTS["records"] if r["method"] == "MoCo"], ids=label
)
def test_moco_agrees_on_tracked_gradients(record, dtype, update):
    jacobian = np.array(GRADIENTS["matrices"][record["matrix"]], dtype)
    params = record["params"]
    weighting = balancing.MoCo(
        gamma=params["gamma"], rho=params["rho"], beta=params["beta"], dtype=dtype
    )
    tracked = np.zeros_like(jacobian)
    for weights in record["history"]:
        tracked = weighting.track(tracked, jacobian)
        ours = update(weighting, tracked)
        close(weighting.shares, weights, dtype, 1e-8)
    close(ours, record["output"], dtype, 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "record", [r for r in GRADIENTS["records"] if r["method"] == "GradDrop"], ids=label
)
def test_graddrop_agrees_on_the_same_draws(record, dtype, monkeypatch):
    jacobian = np.array(GRADIENTS["matrices"][record["matrix"]], dtype)
    method = balancing.GradDrop(record["params"]["leak"], dtype=dtype)
    drawn = tf.constant(record["params"]["U"], dtype)
    monkeypatch.setattr(method._draws, "uniform", lambda shape, dtype: drawn)
    close(method(np.ones(len(jacobian), dtype), jacobian), record["output"], dtype, 1e-8)


@pytest.mark.parametrize(
    "record", [r for r in GRADIENTS["records"] if r["method"] == "Sum"], ids=label
)
def test_fixed_weights_are_the_sum(record):
    jacobian = np.array(GRADIENTS["matrices"][record["matrix"]])
    weights = balancing.Static()(np.ones(len(jacobian))).numpy()
    close(weights @ jacobian, record["output"], "float64", 1e-8)


def total_and_gradients(weighting, losses, variables=()):
    losses = tf.constant(losses)
    with tf.GradientTape() as tape:
        tape.watch(losses)
        total = tf.reduce_sum(weighting(losses) * losses) + weighting.penalty()
    values = [variable.value for variable in variables]
    return total, *tape.gradient(total, [losses, *values])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "record",
    [r for r in LOSSES if r["method"] in ("Uncertainty", "IMTLL", "Liebel")],
    ids=label,
)
def test_trained_weights_agree(record, dtype):
    losses = np.array(record["inputs"]["losses"], dtype)
    weighting = getattr(balancing, record["method"])(dtype=dtype)
    weighting.build(losses.shape)
    (trained,) = weighting.trainable_variables
    ((_, values),) = record["params"].items()
    trained.assign(values)
    total, by_losses, by_trained = total_and_gradients(weighting, losses, [trained])
    output = record["output"]
    close(total, output["value"], dtype, 1e-8)
    close(by_losses, output["dL"], dtype, 1e-8)
    name = next(key for key in output if key in ("dlog_var", "dlog_scale", "dc"))
    close(by_trained, output[name], dtype, 1e-8)
    if "c2_optimum" in output:
        trained.assign(np.sqrt(output["c2_optimum"]))
        at_best = total_and_gradients(weighting, losses, [trained])[2]
        np.testing.assert_allclose(at_best, 0.0, atol=1e-4 if dtype == "float32" else 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "record", [r for r in LOSSES if r["method"] in ("GLS", "ScaleInvariant", "STCH")], ids=label
)
def test_gradients_of_totals_agree(record, dtype):
    losses = np.array(record["inputs"]["losses"], dtype)
    options = {"mu": record["params"]["mu"]} if "mu" in record["params"] else {}
    weights = getattr(balancing, record["method"])(dtype=dtype, **options)(losses)
    close(weights, record["output"]["dL"], dtype, 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("record", [r for r in LOSSES if r["method"] == "RLW"], ids=label)
def test_random_weights_agree(record, dtype, monkeypatch):
    losses = np.array(record["inputs"]["losses"], dtype)
    weighting = balancing.RLW(dtype=dtype)
    drawn = tf.constant(record["params"]["z"], dtype)
    monkeypatch.setattr(weighting, "draw", lambda tasks: drawn)
    weights = weighting(losses).numpy()
    close(weights, record["output"]["weights"], dtype, 1e-8)
    close(weights @ losses, record["output"]["value"], dtype, 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("record", [r for r in LOSSES if r["method"] == "DWA"], ids=label)
def test_dwa_agrees(record, dtype):
    weighting = balancing.DWA(temperature=record["params"]["T"], dtype=dtype)
    epochs = np.array(record["inputs"]["epoch_mean_losses"], dtype)
    expected = record["output"]["weights_epoch_0_to_3"]
    for losses, weights in zip(epochs, expected, strict=False):
        for factor in (0.5, 1.5, 1.0):  # three batches whose mean it is
            close(weighting(factor * losses), weights, dtype, 1e-8)
        weighting.end_epoch()
    close(weighting(epochs[-1]), expected[-1], dtype, 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("record", [r for r in LOSSES if r["method"] == "FAMO"], ids=label)
def test_famo_agrees(record, dtype):
    params = record["params"]
    weighting = balancing.FAMO(params["w_lr"], params["weight_decay"], dtype=dtype)
    for (before, after), output in zip(
        record["inputs"]["before_after"], record["output"], strict=True
    ):
        before, after = np.array(before, dtype), np.array(after, dtype)
        close(weighting(before), output["dL"], dtype, 1e-8)
        weighting.update(before, after)
        close(weighting.logits, output["logits_after"], dtype, 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("record", [r for r in LOSSES if r["method"] == "GradNorm"], ids=label)
def test_gradnorm_agrees(record, dtype):
    inputs, params = record["inputs"], record["params"]
    weighting = balancing.GradNorm(params["alpha"], params["lr"], dtype=dtype)
    gramian = np.diag(np.square(inputs["grad_norms"])).astype(dtype)
    # Without gradients the first losses are seen, and no weight moves.
    weighting(np.array(inputs["initial_losses"], dtype), np.zeros_like(gramian))
    np.testing.assert_array_equal(weighting.shares, inputs["w"])
    weights = weighting(np.array(inputs["losses"], dtype), gramian)
    np.testing.assert_array_equal(weights, inputs["w"])
    close(weighting.shares, record["output"]["w_renormalised"], dtype, 1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("record", [r for r in LOSSES if r["method"] == "DTP"], ids=label)
def test_dtp_agrees(record, dtype):
    measures = np.array(record["inputs"]["kpi"], dtype)
    for observe in (True, False):
        weighting = balancing.DTP(record["params"]["gamma"], dtype=dtype)
        if observe:
            weighting.observe(measures)
            weights = weighting(np.ones_like(measures))
        else:
            weights = weighting(-np.log(measures))
        close(weights, record["output"]["weights"], dtype, 1e-8)


def test_every_weighting_has_records_or_is_checked_against_others_that_have():
    known = {r["method"] for r in [*GRADIENTS["records"], *LOSSES]}
    # Static has those of Sum, RGW draws as RLW, IMTL is IMTLG and IMTLL at once; nobody else's
    # RotoGrad runs without a model.
    assert set(balancing.__all__) - known == {"Static", "RGW", "IMTL", "RotoGrad"}
