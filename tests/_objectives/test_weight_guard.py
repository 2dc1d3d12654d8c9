import numpy as np
import pytest
import tensorflow as tf

from mtlkeras._objectives._weight_guard import WeightGuard
from mtlkeras.balancing import GramianWeighting, LossWeighting, WeightingError

LOSSES = tf.constant([0.5, 2.0])


def seen(*weights, may_be_negative=False):
    guard = WeightGuard("Weighing", ["click", "buy"], may_be_negative)
    for step, each in enumerate(weights, 1):
        guard.see(step, tf.constant(each, "float32"), LOSSES)
    return guard


def test_remembers_the_weights_of_the_last_step():
    guard = seen([1.0, 2.0], [0.25, 4.0])
    guard.check()
    assert guard.weights == {"click": 0.25, "buy": 4.0}


def test_names_the_first_step_that_went_wrong_once():
    guard = seen([1.0, 2.0], [1.0, np.nan], [np.inf, 1.0])
    text = (
        r"Weights by Weighing should be finite and at least 0. In step 2 of the training, task "
        r"'buy' got nan; the losses were click 0.5, buy 2. Try"
    )
    with pytest.raises(WeightingError, match=text):
        guard.check()
    guard.check()


def test_negative_weights_are_for_methods_that_may_have_them():
    with pytest.raises(WeightingError, match=r"step 1 .* task 'click' got -0.1; the losses were"):
        seen([-0.1, 1.0]).check()
    seen([-0.1, 1.0], may_be_negative=True).check()
    # Rounding is no sign.
    seen([-1e-7, 1.0]).check()
    with pytest.raises(WeightingError, match=r"should be finite\. In step 1 .* 'buy' got inf"):
        seen([-0.1, np.inf], may_be_negative=True).check()


def test_steps_may_be_excused():
    guard = WeightGuard("Weighing", ["click", "buy"], False)
    guard.see(1, tf.constant([np.nan, 1.0]), LOSSES, excused=tf.constant(True))
    guard.check()


class FromThirdStep(LossWeighting):
    """Weights that turn bad after two steps."""

    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def build(self, losses_shape):
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")

    def weigh(self, losses, active):
        self.steps.assign_add(1.0)
        bad = tf.constant([1.0, self.value])
        return tf.where(self.steps.value > 2, bad, tf.ones_like(losses))


@pytest.mark.parametrize(("value", "shown"), [(np.nan, "nan"), (-3.0, "-3")])
@pytest.mark.parametrize("options", [{}, {"run_eagerly": False, "steps_per_execution": 2}])
def test_fit_stops(value, shown, options, make_point, point_rows):
    x, y = point_rows(6)
    model = make_point(FromThirdStep(value), **options)
    text = rf"by FromThirdStep should be .* In step 3 of the training, task 'b' got {shown}; the lo"
    with pytest.raises(WeightingError, match=text):
        model.fit(x, y, batch_size=1, shuffle=False, verbose=0)
    done = int(model.optimizer.iterations)
    assert done == 3 if not options else done == 4


@pytest.mark.parametrize("scope", ["representation", "parameters"])
def test_fit_stops_under_xla_too(scope, make_point, point_rows):
    class Broken(GramianWeighting):
        def weigh(self, losses, gramian, active):
            return tf.math.log(-losses)

    x, y = point_rows(2)
    model = make_point(Broken(scope=scope), run_eagerly=False, jit_compile=True)
    with pytest.raises(WeightingError, match=r"step 1 of the training, task 'a' got nan, 'b' got"):
        model.fit(x, y, batch_size=1, shuffle=False, verbose=0)
