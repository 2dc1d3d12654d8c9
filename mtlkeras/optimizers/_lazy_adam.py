"""Adam that trains used rows only."""

import keras
import tensorflow as tf

from ._row_updates import RowUpdates


@keras.saving.register_keras_serializable("mtlkeras")
class LazyAdam(RowUpdates, keras.optimizers.Adam):
    """Adam; of embedding tables it touches the rows of the batch only.

    For a row with summed gradient `g` at step `t` (counted over all steps, as in Adam):
    `m <- m + (1 - beta_1) (g - m)`, `v <- v + (1 - beta_2) (g^2 - v)`,
    `row <- row - lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)`;
    Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014).

    A row that the batch does not use keeps its value, `m` and `v`, where Adam would let them
    decay and go on moving the row; rows used at every step are trained as by Adam. Dense
    variables are trained by stock Adam. The cost of a step does not depend on the size of a
    table.

    `weight_decay` decays a row when it is used; name tables in `exclude_from_weight_decay` to
    decay none. `use_ema`, `gradient_accumulation_steps` and `loss_scale_factor`, which would
    touch all rows, are refused for embedding tables.

    Args:
        learning_rate: Float, `keras.optimizers.schedules.LearningRateSchedule` or callable.
        beta_1: Decay of the first moment.
        beta_2: Decay of the second moment.
        epsilon: Added to the root of the second moment.
        amsgrad: Divide by the largest second moment so far.
        **kwargs: As in `keras.optimizers.Adam`: `weight_decay`, `clipnorm` and so on.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile(LazyAdam(learning_rate=1e-3, clipnorm=1.0), loss="mse")
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(
            learning_rate=learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            amsgrad=amsgrad,
            **kwargs,
        )

    def update_rows(self, ids, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, variable.dtype)
        beta_1, beta_2 = tf.cast(self.beta_1, variable.dtype), tf.cast(self.beta_2, variable.dtype)
        rate = learning_rate * tf.sqrt(1 - beta_2**step) / (1 - beta_1**step)

        m, v = self._momentums[index], self._velocities[index]
        m_rows, v_rows = tf.gather(m.value, ids), tf.gather(v.value, ids)
        m_rows += (gradient - m_rows) * (1 - self.beta_1)
        v_rows += (tf.square(gradient) - v_rows) * (1 - self.beta_2)
        self.assign(m, tf.IndexedSlices(m_rows, ids))
        self.assign(v, tf.IndexedSlices(v_rows, ids))
        if self.amsgrad:
            v_hat = self._velocity_hats[index]
            v_rows = tf.maximum(tf.gather(v_hat.value, ids), v_rows)
            self.assign(v_hat, tf.IndexedSlices(v_rows, ids))
        update = rate * m_rows / (tf.sqrt(v_rows) + self.epsilon)
        self.assign_sub(variable, tf.IndexedSlices(update, ids))
