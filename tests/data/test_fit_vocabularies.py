import pyarrow as pa
import pytest

from mtlkeras.data._fit_vocabularies import ValueCounts, VocabularyFit, vocabulary_fits
from mtlkeras.data._raw import plan_columns
from mtlkeras.specs import CategoryFeature, DataSpec, TextFeature


def learned(values, **options):
    fit = VocabularyFit(CategoryFeature(type="category", **options), False, ["", "NA"])
    fit.counts.update(pa.array(values, pa.string()))
    return fit.result().keys.to_pylist()


def test_most_frequent_first_and_ties_by_value():
    assert learned(["b", "c", "a", "c", "b", "a", "d", "c"]) == ["c", "a", "b", "d"]


def test_ids_do_not_depend_on_the_order_of_rows():
    values = ["x", "a", "m", "m", "a", "x", "q"]
    assert learned(values) == learned(sorted(values)) == learned(values[::-1])


def test_min_count_and_max_size():
    values = list("aaabbcd")
    assert learned(values, min_count=2) == ["a", "b"]
    assert learned(values, max_size=3) == ["a", "b", "c"]


def test_counts_add_up_over_batches_and_compactions(monkeypatch):
    monkeypatch.setattr("mtlkeras.data._fit_vocabularies.PENDING", 3)
    counts = ValueCounts(pa.string())
    for part in (["a", "b", "c"], ["c", None], ["c", "b"], []):
        counts.update(pa.array(part, pa.string()))
    assert counts.table().to_pydict() == {"value": ["c", "b", "a"], "count": [3, 2, 1]}


def test_integers_are_in_numeric_order():
    fit = VocabularyFit(CategoryFeature(type="category"), True, [])
    fit.counts.update(pa.array([10, 9, -1]))
    assert fit.result().keys.to_pylist() == [-1, 9, 10]


def test_a_given_vocabulary_keeps_its_order_and_counts_nothing_out():
    assert learned(["z"], vocabulary=["web", "app"]) == ["web", "app"]
    fit = VocabularyFit(CategoryFeature(type="category", vocabulary=["7", 5]), True, [])
    assert fit.result().keys.equals(pa.array([7, 5]))
    fit = VocabularyFit(CategoryFeature(type="category", vocabulary=["x", 5]), True, [])
    assert fit.result().keys.equals(pa.array(["x", "5"]))


def test_text_vocabularies_leave_room_for_the_reserved_ids():
    fit = VocabularyFit(TextFeature(type="text", max_tokens=5, min_count=1), False, [])
    fit.counts.update(pa.array(["a", "b", "c", "d"]))
    assert fit.result().size == 5


@pytest.mark.parametrize(("item", "kind"), [(pa.int64(), pa.int64()), (pa.string(), pa.string())])
def test_a_shared_table_is_looked_up_by_integers_only_where_all_columns_hold_them(item, kind):
    spec = DataSpec.from_dict(
        {
            "name": "t",
            "features": {
                "item": {"type": "category", "table": "items", "min_count": 2},
                "history": {"type": "sequence", "table": "items"},
            },
            "tasks": {"label": {"type": "binary"}},
        }
    )
    schema = pa.schema([("item", pa.int64()), ("history", pa.list_(item))])
    fits = vocabulary_fits(spec, plan_columns(spec, schema))
    assert list(fits) == ["items"]
    assert fits["items"].kind == kind
    # What one feature says about the table holds for the table.
    assert fits["items"].min_count == 2
