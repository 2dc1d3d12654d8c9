"""Constructor arguments as data."""

import keras


def activation_config(activation):
    """An activation, given by name or as a function, in the form that a config can hold."""
    if activation is None or isinstance(activation, str | dict):
        return activation
    return keras.activations.serialize(keras.activations.get(activation))
