from mtlkeras._catalogue import describe, inherited


def test_what_a_constructor_does_not_name_is_handed_on():
    scope = {"scope": "representation"}
    assert inherited({}, [scope]) == inherited({"seed": 0}, [scope]) == scope
    assert inherited({"seed": 0}, [{}, scope, {"dtype": None}]) == {**scope, "dtype": None}


def test_a_constructor_that_names_some_names_all():
    assert inherited({"table": 1, "units": 8}, [{"table": None, "target": None}]) == {}
    # So does a base class.
    bases = [{"gaps": None, "table": None}, {"table": None, "rows": 9}]
    assert inherited({"units": 8}, bases) == {"gaps": None, "table": None}


def test_an_encoder_without_a_target_lists_none():
    found = describe("gru", "encoders")
    assert "gaps" in [option.name for option in found.options]
    assert found.inherited == ()
