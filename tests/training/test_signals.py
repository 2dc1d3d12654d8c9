import signal
import threading

import pytest

from mtlkeras.training._signals import StopSignal, stop_request


def test_a_signal_waits_for_a_safe_place():
    with stop_request() as stop:
        stop.check()
        signal.raise_signal(signal.SIGTERM)
        reached = True
        with pytest.raises(StopSignal) as stopped:
            stop.check()
    assert reached
    assert stopped.value.number == signal.SIGTERM
    assert stopped.value.name == "SIGTERM"


def test_ctrl_c_is_called_so():
    with stop_request() as stop:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(StopSignal) as stopped:
            stop.check()
    assert stopped.value.name == "Ctrl-C"


def test_a_second_signal_acts_at_once():
    with stop_request():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with stop_request():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_ignored_signals_stay_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stop_request() as stop:
            signal.raise_signal(signal.SIGTERM)
            stop.check()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_listen_to_nothing():
    seen = []

    def work():
        with stop_request() as stop:
            seen.append((stop.number, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(None, signal.getsignal(signal.SIGINT))]
