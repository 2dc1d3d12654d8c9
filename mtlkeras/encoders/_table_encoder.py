"""What encoders that look ids up in an embedding table share."""

import keras

from ._embedding_table import EmbeddingTable


class TableEncoder(keras.layers.Layer):
    """Holds the table of an encoder of ids, and saves it with the encoder.

    Encoders given the same table share it, also after a model is saved and reloaded.

    Args:
        table: `EmbeddingTable` of the ids. `None` until a builder copies the encoder from its
            config with the table filled in.
    """

    def __init__(self, table: EmbeddingTable | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        if table is not None and not isinstance(table, EmbeddingTable):
            raise TypeError(
                f"{type(self).__name__}: table must be a mtlkeras.encoders.EmbeddingTable. "
                f"Received: table={table!r}."
            )
        if table is not None and not table.built:
            # Here and not in `build`, where it would be named after the first encoder built.
            table.build()
        self.table = table

    def build(self, x_shape):
        if self.table is None:
            raise ValueError(
                f"{type(self).__name__} {self.name!r} has no table to look ids up in. Pass one, "
                f"e.g. {type(self).__name__}(EmbeddingTable(rows=1000, dim=16)), or let "
                "build_model fill it in."
            )

    def get_config(self):
        table = keras.saving.serialize_keras_object(self.table)
        if table is not None:
            # Keras notes a shared object only on its second sight, in a dict it has copied
            # by then, so that the first encoder of a table would reload with one of its own.
            table["shared_object_id"] = id(self.table)
        return {**super().get_config(), "table": table}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        if isinstance(config.get("table"), dict):
            config["table"] = keras.saving.deserialize_keras_object(config["table"])
        return cls(**config)
