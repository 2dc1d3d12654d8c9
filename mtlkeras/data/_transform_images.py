"""Images in the graph: read, decode, resize."""

import tensorflow as tf

# What each format begins with; named before decoding, because the decoder names no feature.
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")


def image(values: tf.Tensor, name: str, root: str | None, size: tuple[int, int, int]) -> tf.Tensor:
    """Returns images as uint8 `(batch, height, width, channels)`; a missing one is black.

    Args:
        values: Paths below `root`, or encoded images, strings `(batch,)`.
        name: Feature, for errors.
        root: Folder that paths are relative to; `None` where `values` are the images.
        size: Height, width, channels.
    """
    return tf.map_fn(
        lambda value: _one(value, name, root, size),
        values,
        fn_output_signature=tf.TensorSpec(size, tf.uint8),
    )


def _one(value: tf.Tensor, name: str, root: str | None, size: tuple[int, int, int]) -> tf.Tensor:
    return tf.cond(
        tf.equal(value, ""),
        lambda: tf.zeros(size, tf.uint8),
        lambda: _decode(_read(value, name, root), name, value if root else "bytes", size),
    )


def _read(value: tf.Tensor, name: str, root: str | None) -> tf.Tensor:
    if root is None:
        return value
    outside = tf.strings.regex_full_match(value, r"/.*|[A-Za-z]+:.*|(.*/)?\.\.(/.*)?")
    advice = f"image feature '{name}': expected a path below {root} without '..', got"
    with tf.control_dependencies([tf.debugging.Assert(~outside, [advice, value])]):
        return tf.io.read_file(tf.strings.join([root, "/", value]))


def _decode(
    content: tf.Tensor, name: str, shown: tf.Tensor | str, size: tuple[int, int, int]
) -> tf.Tensor:
    height, width, channels = size
    known = tf.reduce_any(
        [tf.equal(tf.strings.substr(content, 0, len(magic)), magic) for magic in _MAGIC]
    )
    advice = f"image feature '{name}': expected JPEG, PNG, GIF or BMP, got"
    with tf.control_dependencies([tf.debugging.Assert(known, [advice, shown])]):
        picture = tf.io.decode_image(content, channels, expand_animations=False)
    picture = tf.image.resize(picture, (height, width), antialias=True)
    return tf.cast(tf.clip_by_value(tf.round(picture), 0, 255), tf.uint8)
