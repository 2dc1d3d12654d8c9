"""Steps that `fit` takes with each method are those of its equations for two tasks, in numpy."""

from dataclasses import dataclass

import keras
import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.special import softmax

from mtlkeras import balancing
from mtlkeras.balancing import Rotations
from mtlkeras.balancing._draws import Draws

RATE, EPOCHS = 0.002, 3
POINT = np.array([1.5, 0.5])
HEADS = np.array([[1.0, -1.0], [-2.0, 0.5]])
X = np.array([[1.0, 1.0], [0.5, 2.0], [-1.0, 0.5], [2.0, 1.0]])
LABELS = np.array([[-1.0, -6.0], [-0.5, -3.5], [-5.0, 2.6], [1.5, -7.0]])
OPTIONS = {
    "Static": {"weights": [0.5, 2.0]},
    "STCH": {"mu": 20.0},
    "DWA": {"temperature": 0.5},
    "FAMO": {"learning_rate": 0.3},
    "DTP": {"gamma": 2.0},
    "GradNorm": {"learning_rate": 0.005},
    "GradVac": {"beta": 0.5},
    "IMTL": {"learning_rate": 0.1},
    "MoCo": {"gamma": 1e-3, "rho": 3.0},
    "NashMTL": {"max_norm": 1.2},
    "RotoGrad": {"learning_rate": 0.05},
    "SDMGrad": {"learning_rate": 0.5, "pull": 2.0},
}


@dataclass
class Seen:
    """What a step sees: `p_k = R_k z . h_k` of `z = x * point`, squared loss, rows of two.

    Args:
        epoch: Number of the epoch, from 0.
        losses: `(2,)`.
        after: Losses of the batch before, after its step.
        x: `(2, 2)`.
        z: `(2, 2)`.
        of_z: Gradients of both losses, `(2, 2, 2)`.
        of_point: The same in the point, `(2, 2)`.
        gramian: Of the scope.
        scope: Its name.
        rotations: `R`, which may be changed.
    """

    epoch: int
    losses: np.ndarray
    after: np.ndarray | None
    x: np.ndarray
    z: np.ndarray
    of_z: np.ndarray
    of_point: np.ndarray
    gramian: np.ndarray
    scope: str
    rotations: np.ndarray


def by_hand(rule, scope):
    """The point and the heads after training.

    Args:
        rule: Generator that is sent what each step sees, and gives the gradient of the point and
            the factors of the heads' gradients.
        scope: `"representation"` or `"parameters"`.
    """
    point, heads, rotations = POINT.copy(), HEADS.copy(), np.stack([np.eye(2)] * 2)
    after = None
    next(rule)
    for epoch in range(EPOCHS):
        for rows in (slice(0, 2), slice(2, 4)):
            x, labels = X[rows], LABELS[rows]

            turned = np.einsum("nd,ked->kne", x * point, rotations)
            # Both errors and, of two rows, slopes of the mean square.
            slopes = np.einsum("kne,ke->nk", turned, heads) - labels
            of_z = np.einsum("nk,ked,ke->knd", slopes, rotations, heads)
            of_point = np.einsum("knd,nd->kd", of_z, x)
            flat = of_z.reshape(2, -1) * np.sqrt(2)  # the number of rows
            gramian = {
                "representation": flat @ flat.T,
                "parameters": of_point @ of_point.T,
            }[scope]
            losses, of_heads = (slopes**2).mean(axis=0), np.einsum("nk,kne->ke", slopes, turned)
            seen = Seen(
                epoch, losses, after, x, x * point, of_z, of_point, gramian, scope, rotations
            )
            gradient, factors = rule.send(seen)
            point = point - RATE * gradient
            heads = heads - RATE * np.asarray(factors)[:, None] * of_heads
            turned = np.einsum("nd,ked->kne", x * point, rotations)
            after = ((np.einsum("kne,ke->nk", turned, heads) - labels) ** 2).mean(axis=0)
    return point, heads


# Weightings of losses: what is shared and what is not has the same weights.


def of_losses(weigh):
    """A rule whose weights follow from the losses alone."""
    seen = yield
    while True:
        weights = weigh(seen.losses)
        seen = yield weights @ seen.of_point, weights


def trained(start, weigh, slope):
    """A rule with a number a task that stock SGD trains."""
    numbers = np.full(2, start)
    seen = yield
    while True:
        weights = weigh(numbers)
        before, numbers = seen, numbers - RATE * slope(numbers, seen.losses)
        seen = yield weights @ before.of_point, weights


def dwa():
    losses = []
    seen = yield
    while True:
        weights = np.ones(2)
        losses.append(seen.losses)
        if seen.epoch >= 2:
            first, second = (np.mean(losses[2 * e : 2 * e + 2], axis=0) for e in range(2))
            weights = 2 * softmax(second / first / 0.5)
        seen = yield weights @ seen.of_point, weights


def dtp():
    averages = None
    seen = yield
    while True:
        likely = np.exp(-seen.losses)
        averages = likely if averages is None else 0.9 * averages + 0.1 * likely
        q = np.clip(averages, 1e-6, 1)
        weights = -((1 - q) ** 2) * np.log(q)
        seen = yield weights @ seen.of_point, weights


def adam(numbers, learning_rate):
    """Sent gradients, gives numbers."""
    first = second = np.zeros_like(numbers)
    steps = 0
    while True:
        gradient = yield numbers
        steps += 1
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        way = first / (1 - 0.9**steps) / (np.sqrt(second / (1 - 0.999**steps)) + 1e-8)
        numbers = numbers - learning_rate * way


def famo():
    descent = adam(np.zeros(2), 0.3)
    logits, before = next(descent), None
    seen = yield
    while True:
        if before is not None:
            z, fall = softmax(logits), np.log(before) - np.log(seen.after)
            slope = (np.diag(z) - np.outer(z, z)) @ fall + 1e-3 * logits
            logits = descent.send(slope)
        before = seen.losses
        weights = softmax(logits) / seen.losses
        weights = weights / weights.sum()
        seen = yield weights @ seen.of_point, weights


def rlw():
    draws = Draws(keras.layers.Layer(), 0)
    return of_losses(lambda losses: softmax(draws.normal(2, "float32").numpy()))


LOSSES = {
    "DTP": dtp,
    "DWA": dwa,
    "FAMO": famo,
    "GLS": lambda: of_losses(lambda losses: np.sqrt(losses.prod()) / 2 / losses),
    "IMTLL": lambda: trained(0.0, np.exp, lambda s, losses: np.exp(s) * losses - 1),
    "Liebel": lambda: trained(
        1.0, lambda c: 0.5 / c**2, lambda c, losses: 2 * c / (1 + c**2) - losses / c**3
    ),
    "RLW": rlw,
    "STCH": lambda: of_losses(lambda losses: softmax(losses / 2 / 20.0) / 2),
    "ScaleInvariant": lambda: of_losses(lambda losses: 1 / losses),
    "Static": lambda: of_losses(lambda losses: np.array([0.5, 2.0])),
    "Uncertainty": lambda: trained(
        0.0, lambda s: np.exp(-s) / 2, lambda s, losses: (1 - np.exp(-s) * losses) / 2
    ),
}

# Weightings of gradients: heads keep their own.


def of_gramian(weigh):
    """A rule whose weights follow from the Gramian alone."""
    seen = yield
    while True:
        seen = yield weigh(seen.gramian) @ seen.of_point, np.ones(2)


def mgda(g):
    share = np.clip((g[1, 1] - g[0, 1]) / (g[0, 0] + g[1, 1] - 2 * g[0, 1]), 0, 1)
    return np.array([share, 1 - share])


def pcgrad(g):
    # g_1 - (g_1 . g_2) / |g_2|^2 g_2 + g_2 - (g_1 . g_2) / |g_1|^2 g_1
    return 1 - min(g[0, 1], 0) / np.diag(g)


def dualproj(g):
    mean = np.full(2, 0.5)
    # The mean can be against one of two alone: off that it goes.
    return mean - np.minimum(g @ mean, 0) / np.diag(g)


def cagrad(g):
    mean, radius = np.full(2, 0.5), 0.4 * np.sqrt(g.mean())

    def norm(share):
        w = np.array([share, 1 - share])
        return w, np.sqrt(w @ g @ w)

    def bound(share):
        w, length = norm(share)
        return w @ g @ mean + radius * length

    w, length = norm(minimize_scalar(bound, bounds=(0, 1), options={"xatol": 1e-12}).x)
    return (mean + radius / length * w) / (1 + 0.4**2)


def nash(g):
    norms = np.sqrt(np.diag(g))
    weights = 1 / norms / np.sqrt(1 + g[0, 1] / norms.prod())
    # The update is as long as the root of 2, and may be 1.2.
    return weights * 1.2 / np.sqrt(2)


def fairgrad(g):
    # The minimum of w^T G w / 2 - sum_k 2 sqrt(w_k), whose slope is G w - w^(-1/2).
    def potential(logs):
        w = np.exp(logs)
        return w @ g @ w / 2 - 2 * np.sqrt(w).sum()

    options = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 10_000, "maxfev": 10_000}
    start = np.log(np.diag(g)) * (-2 / 3)
    return np.exp(minimize(potential, start, method="Nelder-Mead", options=options).x)


def aligned(g):
    values, vectors = np.linalg.eigh(g)
    return np.sqrt(values[0]) * vectors @ np.diag(values**-0.5) @ vectors.T @ np.full(2, 0.5)


def imtlg(g):
    # d . u_1 = d . u_2 and w_1 + w_2 = 1.
    norms = np.sqrt(np.diag(g))
    return np.linalg.solve([g[0] / norms[0] - g[1] / norms[1], np.ones(2)], [0.0, 1.0])


def config(g):
    # Along u_1 + u_2, as long as both projections on it.
    norms = np.sqrt(np.diag(g))
    cosine = g[0, 1] / norms.prod()
    return norms.sum() * (1 + cosine) / (2 + 2 * cosine) / norms


def gradvac():
    usual = np.zeros((2, 2))
    seen = yield
    while True:
        g, weights = seen.gramian, np.ones(2)
        norms = np.sqrt(np.diag(g))
        cosine = g[0, 1] / norms.prod()
        for i, j in ((0, 1), (1, 0)):
            q = usual[i, j]
            if cosine < q:
                turn = q * np.sqrt(1 - cosine**2) - cosine * np.sqrt(1 - q**2)
                weights[j] += norms[i] * turn / norms[j] / np.sqrt(1 - q**2)
            usual[i, j] = 0.5 * q + 0.5 * cosine
        seen = yield weights @ seen.of_point, np.ones(2)


def gradnorm():
    shares, first = np.ones(2), None
    seen = yield
    while True:
        first = seen.losses if first is None else first
        norms, rates = np.sqrt(np.diag(seen.gramian)), seen.losses / first
        lengths = shares * norms
        target = lengths.mean() * (rates / rates.mean()) ** 1.5
        moved = shares - 0.005 * np.sign(lengths - target) * norms
        used, shares = shares, 2 * moved / moved.sum()
        seen = yield used @ seen.of_point, used


def imtl():
    descent = adam(np.zeros(2), 0.1)
    s = next(descent)
    seen = yield
    while True:
        scales = np.exp(s)
        weights = scales * imtlg(seen.gramian * np.outer(scales, scales))
        s = descent.send(scales * seen.losses - 1)
        seen = yield weights @ seen.of_point, scales


def on_simplex(v):
    share = np.clip((v[0] - v[1] + 1) / 2, 0, 1)
    return np.array([share, 1 - share])


def moco():
    shares, tracked = np.full(2, 0.5), np.zeros((2, 2))
    seen = yield
    while True:
        g, gradients = seen.gramian, seen.of_point
        if seen.scope == "parameters":
            gradients = tracked = tracked - 0.5 * (tracked - seen.of_point)
            g = tracked @ tracked.T
        shares = on_simplex(shares - 1e-3 * (g + 3 * np.eye(2)) @ shares)
        seen = yield shares @ gradients, np.ones(2)


def sdmgrad():
    shares = np.full(2, 0.5)
    seen = yield
    while True:
        g, speed = seen.gramian / np.sqrt(np.diag(seen.gramian)).mean() ** 2, 0
        for _ in range(20):
            speed = 0.5 * speed + g @ (shares + 1.0)
            shares = on_simplex(shares - 0.5 * speed)
        seen = yield (shares + 1.0) / 3.0 @ seen.of_point, np.ones(2)


def rgw():
    draws = Draws(keras.layers.Layer(), 0)
    return of_gramian(lambda g: softmax(draws.normal(2, "float32").numpy()))


def graddrop():
    draws = Draws(keras.layers.Layer(), 0)

    def kept(signed):
        positive = np.abs(signed).sum(axis=0)
        purity = (1 + signed.sum(axis=0) / positive) / 2
        drawn = draws.uniform((2,), "float32").numpy()
        return np.where(signed > 0, purity > drawn, purity < drawn)

    seen = yield
    while True:
        if seen.scope == "parameters":
            gradient = (kept(seen.of_point) * seen.of_point).sum(axis=0)
        else:
            choice = kept((np.sign(seen.z) * seen.of_z).sum(axis=1))
            rows = (choice[:, None] * seen.of_z).sum(axis=0)
            gradient = (rows * seen.x).sum(axis=0)
        seen = yield gradient, np.ones(2)


def rotograd():
    # R_k turns by an angle whose tangent of the half is t_k: R = [[c, s], [-s, c]].
    t, first = np.zeros(2), None
    seen = yield
    while True:
        norms = np.linalg.norm(seen.of_z, axis=(1, 2))
        first = norms if first is None else first
        quotients = norms / first
        length = quotients @ norms / quotients.sum()
        units = seen.of_z / norms[:, None, None]
        gradient = (length * units.sum(axis=0) * seen.x).sum(axis=0)
        # Up sum_n (R v_n) . h_n, h = R u held where it is.
        h = np.einsum("knd,ked->kne", units, seen.rotations)
        m = np.einsum("kne,nd->ked", h, units.mean(axis=0))
        of_c, of_s = m[:, 0, 0] + m[:, 1, 1], m[:, 0, 1] - m[:, 1, 0]
        slope = (-4 * t * of_c + 2 * (1 - t**2) * of_s) / (1 + t**2) ** 2
        # Both entries of the generator move by it, against each other.
        t = t + 2 * 0.05 * slope
        c, s = (1 - t**2) / (1 + t**2), 2 * t / (1 + t**2)
        seen.rotations[:] = np.moveaxis(np.array([[c, s], [-s, c]]), -1, 0)
        seen = yield gradient, np.ones(2)


GRADIENTS = {
    "AlignedMTL": lambda: of_gramian(aligned),
    "CAGrad": lambda: of_gramian(cagrad),
    "ConFIG": lambda: of_gramian(config),
    "DualProj": lambda: of_gramian(dualproj),
    "FairGrad": lambda: of_gramian(fairgrad),
    "GradDrop": graddrop,
    "GradNorm": gradnorm,
    "GradVac": gradvac,
    "IMTL": imtl,
    "IMTLG": lambda: of_gramian(imtlg),
    "MGDA": lambda: of_gramian(mgda),
    "MoCo": moco,
    "NashMTL": lambda: of_gramian(nash),
    "PCGrad": lambda: of_gramian(pcgrad),
    "RGW": rgw,
    "RotoGrad": rotograd,
    "SDMGrad": sdmgrad,
    "UPGrad": lambda: of_gramian(lambda g: pcgrad(g) / 2),
}

CASES = [(name, None) for name in LOSSES]
CASES += [(name, scope) for name in GRADIENTS for scope in balancing._weighting.SCOPES]
CASES.remove(("RotoGrad", "parameters"))


@pytest.mark.parametrize(("name", "scope"), CASES, ids=[f"{n}-{s}" for n, s in CASES])
def test_fit_takes_the_steps_of_the_equations(name, scope, make_point):
    options = OPTIONS.get(name, {}) | ({"scope": scope} if scope else {})
    turn = Rotations(["a", "b"]) if name == "RotoGrad" else None
    model = make_point(getattr(balancing, name)(**options), turn=turn)
    y = {task: labels.astype("float32") for task, labels in zip("ab", LABELS.T, strict=True)}
    x = {"x": X.astype("float32")}
    model.fit(x, y, batch_size=2, epochs=EPOCHS, shuffle=False, verbose=0)
    point, heads = by_hand({**LOSSES, **GRADIENTS}[name](), scope or "parameters")
    found = np.array(model.get_layer("point").point) - POINT
    assert np.abs(found).max() > 1e-4
    np.testing.assert_allclose(found, point - POINT, rtol=1e-3, atol=2e-6)
    for task, head, start in zip("ab", heads, HEADS, strict=True):
        moved = np.array(model.get_layer(task).kernel)[:, 0] - start
        np.testing.assert_allclose(moved, head - start, rtol=1e-3, atol=2e-6)


def test_every_method_has_equations_and_no_two_take_the_same_steps():
    assert sorted({**LOSSES, **GRADIENTS}) == sorted(balancing.__all__)
    ends = {}
    for name, scope in CASES:
        point, heads = by_hand({**LOSSES, **GRADIENTS}[name](), scope or "parameters")
        end = tuple(np.concatenate([point, heads.ravel()]).round(5))
        ends.setdefault(end, set()).add(name)
    assert all(len(names) == 1 for names in ends.values()), ends
