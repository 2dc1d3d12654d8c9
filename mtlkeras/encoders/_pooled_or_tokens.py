"""What encoders of sequences give: one vector, or the tokens themselves with their mask."""

import keras


def output_spec(x, width: int, token_width: int, return_tokens: bool, dtype: str):
    """Symbolic output of a sequence encoder.

    Args:
        x: Symbolic input `(batch_size, length, ...)`.
        width: Width of the pooled vector.
        token_width: Width of a token.
        return_tokens: Whether the encoder gives tokens and mask instead of the vector.
        dtype: Compute dtype.
    """
    batch_size, length = x.shape[:2]
    if not return_tokens:
        return keras.KerasTensor((batch_size, width), dtype=dtype)
    tokens = keras.KerasTensor((batch_size, length, token_width), dtype=dtype)
    return tokens, keras.KerasTensor((batch_size, length), dtype="bool")
