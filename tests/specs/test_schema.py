"""The JSON Schema of the format."""

import json

from mtlkeras.specs import DataSpec
from mtlkeras.specs._schema import argument_texts
from mtlkeras.specs._sections import FEATURES, SOURCES, SPLITS, TASKS


def test_it_is_json_and_names_its_draft():
    schema = DataSpec.json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["name", "features", "tasks"]
    assert schema["additionalProperties"] is False


def test_sections_require_the_key_that_tells_them_apart():
    definitions = DataSpec.json_schema()["$defs"]
    for tag, classes in (("type", FEATURES), ("type", TASKS), ("format", SOURCES), ("by", SPLITS)):
        for value, section in classes.items():
            definition = definitions[section.__name__]
            assert tag in definition["required"]
            assert definition["properties"][tag]["const"] == value
            assert "default" not in definition["properties"][tag]
            assert definition["additionalProperties"] is False
    assert definitions["CsvSource"]["required"] == ["format", "train"]


def test_keys_are_described_by_the_docstrings():
    schema = DataSpec.json_schema()
    number = schema["$defs"]["NumberFeature"]
    assert number["description"].startswith("A real number, transformed in this order")
    assert ">>>" not in number["description"]
    assert "Args" not in number["description"]
    properties = number["properties"]
    assert properties["column"]["description"].startswith("Name of the source column.")
    assert properties["missing"]["description"] == (
        "What replaces a missing value: a statistic of the training split, a number, "
        'or `"error"` to refuse it.'
    )
    assert schema["properties"]["scenario"]["description"].startswith("Name of the category")


def test_every_key_of_features_and_tasks_is_described():
    definitions = DataSpec.json_schema()["$defs"]
    for section in (*FEATURES.values(), *TASKS.values()):
        for key, definition in definitions[section.__name__]["properties"].items():
            assert "description" in definition or key == "type", f"{section.__name__}.{key}"


def test_names_are_restricted():
    schema = DataSpec.json_schema()
    for key in ("features", "tasks"):
        assert schema["properties"][key]["propertyNames"] == {"pattern": "^[A-Za-z][A-Za-z0-9_]*$"}


def test_argument_texts_join_lines():
    class Base:
        """A base.

        Args:
            first: One
                and a half.
            second: Two.
        """

    class Derived(Base):
        """Derived.

        Args:
            second: Another two.

        Returns:
            Nothing.
        """

    assert argument_texts(Derived) == {"first": "One and a half.", "second": "Another two."}
