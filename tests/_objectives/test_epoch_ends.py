import keras

from mtlkeras._objectives import with_epoch_ends
from mtlkeras.balancing import DWA, PCGrad


def test_dwa_hears_of_epochs_before_other_callbacks(make_point, point_rows):
    x, y = point_rows()
    model, seen = make_point(DWA()), []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(float(model.weighting.epochs[0]))
    )
    model.fit(x, y, batch_size=1, epochs=2, verbose=0, callbacks=note)
    assert seen == [1.0, 2.0]
    model.fit(x, y, 1, 1, 0, [note])
    assert seen == [1.0, 2.0, 3.0]


def test_dwa_that_counts_steps_has_epochs_of_its_own(make_point, point_rows):
    x, y = point_rows()
    model = make_point(DWA(steps=2))
    model.fit(x, y, batch_size=1, epochs=2, verbose=0)
    assert float(model.weighting.epochs[0]) == 2.0


def test_a_list_of_callbacks_is_told_once(make_point, point_rows):
    x, y = point_rows()
    model = make_point(DWA())
    callbacks = keras.callbacks.CallbackList([], add_history=True, model=model)
    for _ in range(2):
        assert with_epoch_ends(callbacks, model) is callbacks
    assert len(callbacks.callbacks) == 2
    model.fit(x, y, batch_size=1, verbose=0, callbacks=callbacks)
    assert float(model.weighting.epochs[0]) == 1.0


def test_gradient_weightings_need_not_be_told(make_point, point_rows):
    x, y = point_rows()
    make_point(PCGrad()).fit(x, y, batch_size=1, epochs=2, verbose=0)
