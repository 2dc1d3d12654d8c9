"""The nearest right spelling."""

import pytest

from mtlkeras.specs._spelling import SYNONYMS, did_you_mean, nearest

KEYS = ["type", "column", "transform", "of", "by", "dim", "max_length", "validation_from"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("transfrom", "transform"),
        ("Transform", "transform"),
        ("max-length", "max_length"),
        ("max length", "max_length"),
        ("maxlength", "max_length"),
        ("fo", "of"),
        ("yb", "by"),
        ("dmi", "dim"),
        ("valid_from", "validation_from"),
        ("max_len", "max_length"),
        ("kind", "type"),
        ("zzz", None),
        ("", None),
        (3, None),
        (None, None),
        ("t" * 101, None),
    ],
)
def test_nearest(word, found):
    assert nearest(word, KEYS) == found


def test_the_likest_wins_whatever_the_order():
    assert nearest("validation_form", ["validation", "validation_from"]) == "validation_from"
    assert nearest("validation_form", ["validation_from", "validation"]) == "validation_from"


def test_among_very_many_only_case_is_mended():
    many = [f"user_{i}" for i in range(2000)]
    assert nearest("USER_7", many) == "user_7"
    assert nearest("usre_7", many) is None


def test_hint():
    assert did_you_mean("transfrom", KEYS) == "did you mean 'transform'?"
    assert did_you_mean("zzz", KEYS) == ""


def test_synonyms_are_not_themselves_right():
    from mtlkeras.specs import DataSpec

    schema = DataSpec.json_schema()
    sections = [schema, *schema["$defs"].values()]
    keys = {key for section in sections for key in section.get("properties", {})}
    for synonym, meanings in SYNONYMS.items():
        assert synonym == synonym.lower()
        assert synonym not in meanings
        known = set(meanings) & (keys | {"number", "category", "timestamp", "sequence", "text"}
                                 | {"multiclass", "binary", "count", "dataframe"})  # fmt: skip
        assert known == set(meanings)
