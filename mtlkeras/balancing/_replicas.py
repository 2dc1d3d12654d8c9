"""Sums over the replicas of a distribution strategy."""

import tensorflow as tf


def sum_over_replicas(values: list[tf.Tensor]) -> list[tf.Tensor]:
    """Sums of what each replica has of its share of the batch; the same where there is one.

    Args:
        values: Tensors of the same shapes on every replica.
    """
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return values
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, values)
