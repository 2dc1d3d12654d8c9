"""The types in which columns arrive."""

import pyarrow as pa
import pytest

from mtlkeras.data._types import arriving_type, common_type, settled, type_problem

INT, FLOAT, STRING, TIME = pa.int64(), pa.float64(), pa.string(), pa.timestamp("us")


@pytest.mark.parametrize(
    ("raw", "arriving"),
    [
        (pa.int8(), INT),
        (pa.uint64(), INT),
        (pa.float16(), FLOAT),
        (pa.decimal128(9, 2), FLOAT),
        (pa.large_string(), STRING),
        (pa.string_view(), STRING),
        (pa.binary(), STRING),
        (pa.bool_(), pa.bool_()),
        (pa.date64(), pa.date32()),
        (pa.timestamp("ns", "Europe/Berlin"), TIME),
        (pa.dictionary(pa.int8(), pa.large_string()), STRING),
        (pa.list_(pa.int32()), pa.list_(INT)),
        (pa.large_list(pa.float32()), pa.list_(FLOAT)),
        (pa.list_(pa.string(), 3), pa.list_(STRING)),
        (pa.list_(pa.dictionary(pa.int8(), pa.string())), pa.list_(STRING)),
        (pa.json_(), STRING),
        (pa.null(), pa.null()),
        (pa.struct([("a", INT)]), None),
        (pa.list_(pa.list_(INT)), None),
        (pa.time32("s"), None),
        (pa.duration("s"), None),
        (pa.map_(STRING, INT), None),
    ],
)
def test_arriving_type(raw, arriving):
    assert arriving_type(raw) == arriving


@pytest.mark.parametrize("raw", [pa.int8(), pa.float32(), pa.string(), pa.bool_(), pa.binary()])
def test_numbers_arrive_as_floats(raw):
    assert arriving_type(raw, "number") == FLOAT
    assert arriving_type(pa.list_(raw), "number") == pa.list_(FLOAT)


@pytest.mark.parametrize("raw", [pa.date32(), TIME, pa.struct([])])
def test_times_and_structs_are_no_numbers(raw):
    assert arriving_type(raw, "number") is None


def test_image_bytes_stay_bytes():
    assert arriving_type(pa.large_binary(), "bytes") == pa.binary()


def test_null_columns_settle_by_use():
    assert settled(pa.null()) == STRING
    assert settled(pa.null(), "number") == FLOAT
    assert settled(pa.list_(pa.null()), "number") == pa.list_(FLOAT)
    assert settled(INT) == INT


def test_common_type():
    assert common_type(INT, INT) == INT
    assert common_type(INT, pa.null()) == INT
    assert common_type(pa.null(), STRING) == STRING
    assert common_type(FLOAT, INT) == INT
    assert common_type(pa.date32(), TIME) == TIME
    assert common_type(pa.list_(FLOAT), pa.list_(INT)) == pa.list_(INT)
    assert common_type(pa.list_(pa.null()), pa.list_(INT)) == pa.list_(INT)
    assert common_type(INT, STRING) is None
    assert common_type(INT, pa.bool_()) is None
    assert common_type(pa.list_(INT), INT) is None


def test_type_problem_says_what_to_do():
    expected, hint = type_problem(pa.struct([("a", INT)]), "other")
    assert "lists of them" in expected
    assert "struct<a: int64>" in hint
    assert type_problem(TIME, "number")[0] == "numbers"
