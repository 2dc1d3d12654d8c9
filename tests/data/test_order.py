import numpy as np

from mtlkeras.data._order import Epochs, epoch_order


def test_an_order_is_a_permutation_and_a_function_of_seed_and_epoch():
    orders = {(s, e): tuple(epoch_order(50, s, e)) for s in (0, 1) for e in (0, 1, 2)}
    assert len(set(orders.values())) == 6
    for (seed, epoch), order in orders.items():
        assert sorted(order) == list(range(50))
        np.testing.assert_array_equal(order, epoch_order(50, seed, epoch))


def test_epochs_count_from_where_they_are_set():
    epochs = Epochs()
    assert [epochs.begin(), epochs.begin()] == [0, 1]
    epochs.next = 7
    assert (epochs.begin(), epochs.next) == (7, 8)
