import numpy as np
import pytest

from mtlkeras.training._heat_map import colours, heat_map


def shades(picture, colour):
    return int((picture == np.array(colour, np.uint8)).all(axis=-1).sum())


def test_rows_and_columns_have_their_colours():
    picture = heat_map(["a and b", "a and c"], [10, 20], [[-1.0, 1.0], [np.nan, 1.0]])
    orange, blue, grey = (shades(picture, c) for c in ((217, 95, 2), (31, 90, 166), (200,) * 3))
    # One cell, two cells, one cell; lines and scale take and give a few.
    assert blue == pytest.approx(2 * orange, rel=0.1)
    assert grey == pytest.approx(orange, rel=0.3)
    # Time goes from left to right: orange stands on the left.
    columns = np.flatnonzero((picture[:40] == (217, 95, 2)).all(axis=-1).any(axis=0))
    others = np.flatnonzero((picture[:40] == (31, 90, 166)).all(axis=-1).any(axis=0))
    assert columns.max() < others.min()


def test_many_looks_keep_the_picture_small():
    values = np.random.default_rng(0).uniform(-1, 1, (28, 3000))
    picture = heat_map([f"task {i} and another" for i in range(28)], range(1, 3001), values)
    assert picture.shape[1] == 320


def test_long_names_are_written_smaller():
    """Nothing is written beyond the edge."""
    picture = heat_map(["a task of a very long name and another of such a name"], [1], [[0.0]])
    assert (picture[:, -8:] > 150).all()
    assert (picture[:17] < 100).any()


def test_colours_lie_between_the_ends():
    assert colours(np.array([0.5, -0.5])).tolist() == [[143, 172, 210], [236, 175, 128]]
