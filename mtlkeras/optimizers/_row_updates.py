"""Updates of embedding tables that touch the rows of the batch and no others."""

from abc import abstractmethod

import tensorflow as tf


def merge_rows(gradient: tf.IndexedSlices) -> tuple[tf.Tensor, tf.Tensor]:
    """Sums the gradients of ids that occur more than once.

    Args:
        gradient: Slices `(count, dim)` with `count` ids, repeated in any way.

    Returns:
        Distinct ids `(rows,)` and their summed gradients `(rows, dim)`.
    """
    ids, position = tf.unique(gradient.indices)
    return ids, tf.math.unsorted_segment_sum(gradient.values, position, tf.size(ids))


class RowUpdates:
    """Gives a Keras optimizer an update of its own for gradients of embedding tables.

    A mixin before a stock optimizer, for which it handles gradients that are `tf.IndexedSlices`;
    dense gradients go to the stock optimizer as they are. A subclass adds `update_rows`.

    Stock Keras 3 does not sum the gradients of repeated ids before it squares them, and touches
    the whole table at every step. Here ids are merged first; `clipnorm`, `clipvalue` and
    `global_clipnorm` see merged gradients; `weight_decay` decays a row when it is used. Options
    that cannot spare unused rows are refused.
    """

    @abstractmethod
    def update_rows(self, ids, gradient, variable, learning_rate) -> None:
        """Updates some rows of a variable and of its optimizer state.

        Args:
            ids: Distinct row numbers `(rows,)`.
            gradient: Summed gradients `(rows, dim)`.
            variable: The `tf.Variable`, `(all_rows, dim)`.
            learning_rate: Scalar of the variable's dtype.
        """

    def update_step(self, gradient, variable, learning_rate):
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        learning_rate = tf.cast(learning_rate, variable.dtype)
        ids, gradient = merge_rows(gradient)
        gradient = tf.cast(gradient, variable.dtype)
        if self.weight_decay is not None and self._use_weight_decay(variable):
            decay = tf.cast(self.weight_decay, variable.dtype) * learning_rate
            self.assign_sub(variable, tf.IndexedSlices(decay * tf.gather(variable, ids), ids))
        self.update_rows(ids, gradient, variable, learning_rate)

    def apply(self, grads, trainable_variables=None):
        if any(isinstance(gradient, tf.IndexedSlices) for gradient in grads):
            self._refuse_whole_tables()
        super().apply(grads, trainable_variables)

    def _refuse_whole_tables(self) -> None:
        for name in ("use_ema", "gradient_accumulation_steps", "loss_scale_factor"):
            if getattr(self, name):
                raise ValueError(
                    f"{type(self).__name__} does not train embedding tables with {name}: it "
                    "would read and write every row at every step, not only those used. "
                    f"Received: {name}={getattr(self, name)!r}. Leave {name} out, or take an "
                    "optimizer of keras.optimizers if that cost does not matter."
                )

    def _backend_apply_gradients(self, grads, trainable_variables):
        # `_apply_weight_decay` is told of variables, not of gradients.
        self._decayed_when_used = frozenset(
            self._var_key(variable)
            for gradient, variable in zip(grads, trainable_variables, strict=True)
            if isinstance(gradient, tf.IndexedSlices)
        )
        super()._backend_apply_gradients(grads, trainable_variables)

    def _apply_weight_decay(self, variables):
        super()._apply_weight_decay(
            [v for v in variables if self._var_key(v) not in self._decayed_when_used]
        )

    def _clip_gradients(self, grads):
        if not (self.clipnorm or self.global_clipnorm or self.clipvalue):
            return grads
        merged, ids = [], []
        for gradient in grads:
            if isinstance(gradient, tf.IndexedSlices):
                rows, gradient = merge_rows(gradient)
                ids.append(rows)
            else:
                ids.append(None)
            merged.append(gradient)
        clipped = super()._clip_gradients(merged)
        return [
            gradient if rows is None else tf.IndexedSlices(gradient, rows)
            for gradient, rows in zip(clipped, ids, strict=True)
        ]
