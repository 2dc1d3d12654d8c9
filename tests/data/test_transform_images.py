import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.data._transform_images import image

RED = np.zeros((6, 4, 3), np.uint8)
RED[..., 0] = 200


def png(pixels) -> bytes:
    return tf.io.encode_png(pixels).numpy()


def test_bytes_are_decoded_and_resized_and_a_missing_image_is_black():
    values = tf.constant([png(RED), b""])
    output = image(values, "photo", None, (3, 3, 3))
    assert (output.dtype, output.shape) == (tf.uint8, (2, 3, 3, 3))
    np.testing.assert_array_equal(output[0], np.broadcast_to([200, 0, 0], (3, 3, 3)))
    assert not output[1].numpy().any()


def test_an_image_of_the_right_size_stays_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    np.testing.assert_array_equal(
        image(tf.constant([png(pixels)]), "photo", None, (5, 7, 3))[0], pixels
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("encode", [tf.io.encode_png, tf.io.encode_jpeg])
def test_formats_and_channels(encode, channels):
    grey = np.full((8, 8, 1), 77, np.uint8)
    output = image(tf.constant([encode(grey).numpy()]), "photo", None, (8, 8, channels)).numpy()
    assert output.shape == (1, 8, 8, channels)
    np.testing.assert_allclose(output, 77, atol=1)


def test_paths_are_below_the_root(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "red.png").write_bytes(png(RED))
    output = image(tf.constant(["a/red.png"]), "photo", str(tmp_path), (2, 2, 3))
    assert output.numpy()[0, 0, 0].tolist() == [200, 0, 0]


@pytest.mark.parametrize("path", ["/etc/passwd", "../red.png", "a/../../red.png", "http://x/a"])
def test_paths_outside_of_the_root_are_refused(tmp_path, path):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"image feature 'photo'.*without"):
        image(tf.constant([path]), "photo", str(tmp_path), (2, 2, 3))


def test_what_is_no_image_names_feature_and_path(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"(?s)image feature 'photo'.*notes"):
        image(tf.constant(["notes.txt"]), "photo", str(tmp_path), (2, 2, 3))
