from types import SimpleNamespace

from mtlkeras.training._watched import unwatch, watch


def three(iterator):
    """A train function of three steps an execution."""
    return [batch for _, batch in zip(range(3), iterator, strict=False)]


def test_a_batch_is_seen_and_none_is_lost():
    model, seen = SimpleNamespace(train_function=three), []
    watched = watch(model, seen.append)
    batches = iter(range(8))
    assert model.train_function(batches) == [0, 1, 2]
    watched.due = True
    assert model.train_function(batches) == [3, 4, 5]
    assert model.train_function(batches) == [6, 7]
    assert seen == [3]


def test_the_iterator_itself_goes_on_where_nothing_is_due():
    model = SimpleNamespace(train_function=lambda iterator: iterator)
    watch(model, print)
    batches = iter([1])
    assert model.train_function(batches) is batches


def test_a_function_is_watched_by_one_and_put_back():
    model = SimpleNamespace(train_function=three)
    first = watch(model, print)
    second = watch(model, print)
    assert first.function is second.function is three
    unwatch(model)
    unwatch(model)
    assert model.train_function is three
