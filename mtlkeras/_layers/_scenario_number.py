"""From ids of a scenario to its number."""

import keras

# Ids that every table keeps free: padding, out of vocabulary, missing. Values begin behind them.
RESERVED = 3


@keras.saving.register_keras_serializable("mtlkeras")
class ScenarioNumber(keras.layers.Layer):
    """Numbers of scenarios from preprocessed ids: below 0 where unknown or missing.

    Call arguments:
        ids: `(batch_size,)`: 0 padding, 1 out of vocabulary, 2 missing, 3 and up the scenarios.

    Returns:
        `(batch_size,)`: 0 and up the scenarios.
    """

    def call(self, ids):
        return ids - RESERVED

    def compute_output_spec(self, ids):
        return keras.KerasTensor(ids.shape, dtype=ids.dtype)
