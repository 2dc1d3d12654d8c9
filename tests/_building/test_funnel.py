from types import SimpleNamespace

import keras
import pytest

from mtlkeras._building._funnel import with_parents
from mtlkeras._building._names import namer
from mtlkeras.heads.funnels import DBMTL, ESCM2, ESMM
from mtlkeras.specs import DataSpec

TASKS = {
    "buy": {"type": "binary", "parent": "cart"},
    "cart": {"type": "binary", "parent": "click"},
    "click": {"type": "binary"},
    "like": {"type": "binary"},
    "spend": {"type": "amount", "parent": "buy", "observed": "buy"},
    "items": {"type": "count"},
}
RATES = {"buy": 0.01, "cart": 0.05, "click": 0.2, "like": 0.1, "spend": 0.5, "items": 2.0}


def spec_of(**changed):
    tasks = {name: {**task, **changed.get(name, {})} for name, task in TASKS.items()}
    return DataSpec.from_dict(
        {"name": "shop", "features": {"price": {"type": "number"}}, "tasks": tasks}
    )


def targets_of(**rows):
    return {
        task: SimpleNamespace(mean=rate, rows=rows.get(task, 1000)) for task, rate in RATES.items()
    }


def made(funnel, spec=None, targets=None):
    taken = namer(["esmm"])
    return with_parents(funnel, spec or spec_of(), targets or targets_of(), (8,), taken)


def test_links_the_binary_tasks_that_have_a_parent():
    funnel = made("esmm")
    assert type(funnel) is ESMM
    assert funnel.parents == {"buy": "cart", "cart": "click"}
    assert funnel.tasks == ("click", "cart", "buy")
    assert funnel.base_rates == {"click": 0.2, "cart": 0.05, "buy": 0.01}
    assert (funnel.tower, funnel.name) == ((8,), "esmm_2")


def test_a_given_funnel_keeps_what_it_has_and_is_copied():
    given = ESCM2("ips", tower=(3,))
    funnel = made(given)
    assert (funnel.estimator, funnel.tower) == ("ips", (3,))
    assert funnel.tasks == ("click", "cart", "buy")
    assert given.parents is None
    own = made(ESMM(parents={"buy": "click"}, base_rates={"click": 0.5}))
    assert own.tasks == ("click", "buy")
    assert own.base_rates == {"click": 0.5}


def test_relations_may_name_tasks_that_are_not_linked():
    funnel = made(DBMTL({"buy": ["like"]}))
    assert funnel.tasks == ("click", "cart", "like", "buy")
    assert funnel.base_rates["like"] == 0.1


def test_refuses_what_is_no_funnel():
    with pytest.raises(ValueError, match=r"funnel must be a funnel of mtlkeras.heads.funnels, e.g"):
        made(keras.layers.Dense(1))
    with pytest.raises(
        ValueError, match=r"funnel must be one of AITM, .* Received: 'esm'. Did you"
    ):
        made("esm")


def test_needs_a_parent_in_the_spec():
    spec = spec_of(buy={"parent": None}, cart={"parent": None})
    with pytest.raises(
        ValueError,
        match=r"funnel ESMM links binary tasks by `parent`, but no binary task of the spec has "
        r"one. Write it in the spec, e.g. `purchase: \{type: binary, parent: click\}`, or leave",
    ):
        made("esmm", spec)


def test_refuses_parents_that_are_not_binary():
    with pytest.raises(
        ValueError,
        match=r"funnel ESMM links binary tasks, but 'items', from which 'cart' follows, is count. "
        "Link a binary task in its place",
    ):
        made("esmm", spec_of(cart={"parent": "items"}))
    with pytest.raises(ValueError, match="but 'spend' is amount"):
        made(ESMM(parents={"spend": "buy"}))
    with pytest.raises(ValueError, match="but 'items', from which 'buy' follows, is count"):
        made(DBMTL({"buy": ["items"]}))


def test_refuses_tasks_that_the_spec_has_not():
    with pytest.raises(ValueError, match=r"tasks of the funnel ESMM must name .*'clik'.*'click'"):
        made(ESMM(parents={"buy": "clik"}))


@pytest.mark.parametrize("observed", ["cart", "click"])
def test_refuses_labels_that_are_counted_only_after_the_parent(observed):
    with pytest.raises(
        ValueError,
        match=rf"funnel ESMM learns 'buy' from all impressions, but .* only where '{observed}' is "
        "1. Remove `observed` from 'buy' and let its column be 0 in all other rows",
    ):
        made("esmm", spec_of(buy={"observed": observed}))
    assert made("esmm", spec_of(click={"observed": "like"})).tasks


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("class_weights", "balanced"),
        ("label_smoothing", 0.1),
        ("focal_gamma", 2.0),
        ("keep_negatives", 0.1),
    ],
)
def test_refuses_what_distorts_probabilities(key, value):
    with pytest.raises(ValueError, match=f"which `{key}` of 'cart' would distort. Remove `{key}`"):
        made("esmm", spec_of(cart={key: value}))


def test_warns_where_labels_end_with_the_parents():
    with pytest.warns(
        UserWarning, match=r"Task 'cart' has 200 labels, no more than 'click' has rows of 1: .* 0 w"
    ):
        made("esmm", targets=targets_of(cart=200))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rows", [{"cart": 201}, {"click": 200, "cart": 200}])
def test_does_not_warn_where_others_are_missing(rows):
    made("esmm", targets=targets_of(**rows))
