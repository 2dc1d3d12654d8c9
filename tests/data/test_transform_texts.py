import pyarrow as pa
import pytest
import tensorflow as tf

from mtlkeras.data._transform_texts import text, tokenize
from mtlkeras.data._vocabulary import Vocabulary

WORDS = Vocabulary(pa.array(["love", "it", "don't"]), missing=("NA",))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Love it!!", ["love", "it"]),
        ("DON'T don\u2019t", ["don't", "don't"]),
        ("'quoted' rock 'n' roll''", ["quoted", "rock", "n", "roll"]),
        ("Größe ÉTÉ İstanbul", ["größe", "été", "i\u0307stanbul"]),
        ("size-38, 4.5 stars", ["size", "38", "4", "5", "stars"]),
        ("我爱 red衣服", ["我", "爱", "red", "衣", "服"]),
        ("שלום नमस्ते привет", ["שלום", "नमस्ते", "привет"]),
        ("a\tb\nc\u00a0d\u3000e", ["a", "b", "c", "d", "e"]),
        ("<br/>ok & fine", ["br", "ok", "fine"]),
        ("... ' -- ''", []),
        ("", []),
    ],
)
def test_words(sentence, words):
    tokens = tokenize(tf.constant([sentence]))
    assert [w.decode() for w in tokens[0].numpy()] == words


def test_case_is_kept_where_asked_for():
    assert tokenize(tf.constant(["Love IT"]), lowercase=False).to_list() == [[b"Love", b"IT"]]


def test_ids_padding_truncation_and_empty_texts():
    values = tf.constant(["I love it, don't you", "", "NA", "!!", "love"])
    output = text(values, WORDS, 3, lowercase=True)
    assert output.dtype == tf.int32
    assert output.numpy().tolist() == [[1, 3, 4], [2, 0, 0], [2, 0, 0], [2, 0, 0], [3, 0, 0]]


def test_a_batch_of_empty_texts_has_length_one():
    assert text(tf.constant(["", "?"]), WORDS, 3, True).numpy().tolist() == [[2], [2]]
