import itertools

import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.heads.funnels import ESCM2
from mtlkeras.heads.funnels._escm2_loss import ESCM2Loss
from mtlkeras.heads.funnels._log_space import products


def column(values):
    return np.array(values, "float32")[:, None]


PARENTS = {"purchase": "click"}
CLICK = np.array([0.8, 0.4, 0.2])
ERROR = np.array([0.2, 0.8, 1.2])
IMPUTED = np.array([0.5, 0.1, 2.0])
IDEAL = 2.2 / 3
RISK = {"counterfactual_weight": 1.0, "global_weight": 0.0}


def predictions(imputed=IMPUTED):
    """Rows clicked with those probabilities, with those errors of a purchase, or imputed ones."""
    scores = {
        "click": tf.constant(column(np.log(CLICK / (1 - CLICK)))),
        # -log sigmoid(s) = e
        "purchase": tf.constant(column(-np.log(np.expm1(ERROR)))),
    }
    parts = {"purchase": {"imputation": tf.constant(column(np.log(np.expm1(imputed))))}}
    return scores, products(scores, PARENTS, parts)


def expected(loss):
    total = 0.0
    p = predictions()[1]
    for clicks in itertools.product([0.0, 1.0], repeat=3):
        o = np.array(clicks, "float32")
        chance = np.prod(np.where(o == 1, CLICK, 1 - CLICK))
        total += chance * float(loss({"click": o, "purchase": o}, p))
    return total


def test_the_mean_over_clicks_that_might_have_been_is_that_over_all_impressions():
    assert expected(ESCM2Loss("purchase", "click", "ips", **RISK)) == pytest.approx(IDEAL, rel=1e-5)
    # Of the risk, and of the squares from which the imputation learns.
    squares = np.mean((ERROR - IMPUTED) ** 2)
    assert expected(ESCM2Loss("purchase", "click", "dr", **RISK)) == pytest.approx(
        IDEAL + squares, rel=1e-5
    )


def test_a_bound_of_the_weights_is_the_price_in_bias():
    bounded = ESCM2Loss("purchase", "click", "ips", **RISK, max_weight=2.0)
    # 1 / 0.4 and 1 / 0.2 become 2.
    by_hand = np.mean(CLICK * np.minimum(1 / CLICK, 2.0) * ERROR)
    assert expected(bounded) == pytest.approx(by_hand, rel=1e-5)


def test_both_parts_are_weighed():
    y = {"click": np.array([1.0, 0.0, 1.0]), "purchase": np.array([1.0, 0.0, 0.0])}
    _, p = predictions()
    both = CLICK * np.exp(-ERROR)
    entire = -np.mean(np.log([both[0], 1 - both[1], 1 - both[2]]))
    error = -np.log([np.exp(-ERROR[0]), 1 - np.exp(-ERROR[2])])
    risk = (error[0] / 0.8 + error[1] / 0.2) / 3
    loss = ESCM2Loss("purchase", "click", "ips", counterfactual_weight=0.3, global_weight=0.7)
    assert float(loss(y, p)) == pytest.approx(0.7 * entire + 0.3 * risk, rel=1e-5)


def test_a_row_without_a_label_of_the_parent_is_in_the_product_only():
    y = {"click": np.ones(3), "purchase": np.ones(3)}
    _, p = predictions()
    weight = {"click": np.array([1.0, 0.0, 1.0]), "purchase": np.array([1.0, 1.0, 2.0])}
    ips = ESCM2Loss("purchase", "click", "ips", **RISK)
    by_hand = (ERROR[0] / 0.8 + 2 * ERROR[2] / 0.2) / 3
    assert float(ips(y, p, weight)) == pytest.approx(by_hand, rel=1e-5)
    product = ESCM2Loss("purchase", "click", "ips", counterfactual_weight=0.0)
    entire = -np.log(CLICK * np.exp(-ERROR)) @ weight["purchase"] / 4
    assert float(product(y, p, weight)) == pytest.approx(entire, rel=1e-5)


def test_the_conditional_tower_is_taught_directly_and_the_propensity_is_not():
    scores, _ = predictions()
    o, y = np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    with tf.GradientTape() as tape:
        tape.watch(scores)
        p = products(scores, PARENTS)
        loss = ESCM2Loss("purchase", "click", "ips", **RISK)({"click": o, "purchase": y}, p)
    found = tape.gradient(loss, scores, unconnected_gradients="zero")
    np.testing.assert_array_equal(found["click"], np.zeros((3, 1)))
    by_hand = o / CLICK * (np.exp(-ERROR) - y) / 3
    np.testing.assert_allclose(found["purchase"][:, 0], by_hand, rtol=1e-5)


def test_the_imputation_follows_the_error_and_not_the_error_the_imputation():
    scores, _ = predictions()
    o, y = np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    imputation = tf.constant(column(np.log(np.expm1(IMPUTED))))
    found = {}
    for estimator in ("ips", "dr"):
        with tf.GradientTape() as tape:
            tape.watch([scores["purchase"], imputation])
            p = products(scores, PARENTS, {"purchase": {"imputation": imputation}})
            loss = ESCM2Loss("purchase", "click", estimator, **RISK)
            value = loss({"click": o, "purchase": y}, p)
        found[estimator] = tape.gradient(value, [scores["purchase"], imputation])
    np.testing.assert_allclose(found["dr"][0], found["ips"][0], rtol=1e-5)
    # Of e' + o (e - e') / p + o (e - e')^2 / p, through the softplus.
    error = np.where(y == 1, ERROR, -np.log(-np.expm1(-ERROR)))
    by_hand = (1 - o / CLICK - 2 * o / CLICK * (error - IMPUTED)) * -np.expm1(-IMPUTED) / 3
    np.testing.assert_allclose(found["dr"][1][:, 0], by_hand, rtol=1e-4)


def test_the_imputation_learns_the_scale_of_the_error(bare):
    funnel = bare(ESCM2, parents=PARENTS)
    assert len(funnel.imputers) == 1
    funnel.imputers[0].out.set_weights([np.array([[3.0]]), np.array([1.0])])
    h = {"click": column([0.0, 0.0]), "purchase": column([2.0, -9.0])}
    # softplus(3 h + 1): as large as a loss may be, and never below 0.
    np.testing.assert_allclose(
        funnel.imputed(h)["purchase"], np.log1p(np.exp([[7.0], [-26.0]])), rtol=1e-5
    )


def test_inverse_propensities_need_no_imputation(bare):
    funnel = bare(ESCM2, "ips", parents=PARENTS)
    assert funnel.imputers == []
    assert funnel.imputed({"purchase": column([1.0])}) == {}
    assert len(funnel.trainable_variables) == 4


def test_ips_wins_the_score_back_from_probabilities():
    y = {"click": np.array([1.0, 0.0, 1.0]), "purchase": np.array([1.0, 0.0, 0.0])}
    _, p = predictions()
    plain = {task: value.numpy() for task, value in p.items()}
    loss = ESCM2Loss("purchase", "click", "ips")
    assert float(loss(y, plain)) == pytest.approx(float(loss(y, p)), rel=1e-5)
    with pytest.raises(ValueError, match="ESCM2Loss of 'purchase' needs the 'imputation'"):
        ESCM2Loss("purchase", "click", "dr")(y, plain)


def test_a_longer_chain_has_the_propensity_of_all_before(bare):
    funnel = bare(ESCM2, "ips", **RISK, parents={"cart": "click", "purchase": "cart"})
    p = funnel({"click": column([0.0]), "cart": column([0.0]), "purchase": column([0.0])})
    y = dict.fromkeys(funnel.tasks, np.ones(1))
    # A click and a cart at 0.5 each: an inverse propensity of 4.
    assert float(funnel.task_losses()["purchase"](y, p)) == pytest.approx(4 * np.log(2), rel=1e-5)
    assert float(funnel.task_losses()["cart"](y, p)) == pytest.approx(2 * np.log(2), rel=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "ipw"}, "ESCM2: estimator must be one of 'dr', 'ips'. Received: .*'ipw'"),
        ({"max_weight": 0.5}, "ESCM2: max_weight must be a number of at least 1. .*max_weight=0.5"),
        ({"counterfactual_weight": -1}, "ESCM2: counterfactual_weight must be .* at least 0"),
        ({"global_weight": "1"}, "ESCM2: global_weight must be a number .*global_weight='1'"),
        ({"dropout": 1.0}, "ESCM2: dropout must be at least 0 and below 1"),
    ],
)
def test_refuses_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        ESCM2(**options)
