"""Formulas: what they mean, and what they refuse."""

import math
import operator
import random
import time

import pytest

from mtlkeras.specs import Formula, FormulaError
from mtlkeras.specs._formula_reader import _BINARY
from mtlkeras.specs._formula_text import MAX_DEPTH, MAX_LENGTH
from mtlkeras.specs._formula_tree import FUNCTIONS

# A second opinion of each operation.
PYTHON = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "negative": operator.neg,
    "abs": abs,
    "clip": lambda x, low, high: min(max(x, low), high),
    "exp": math.exp,
    "log": math.log,
    "log1p": math.log1p,
    "maximum": max,
    "minimum": min,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "sqrt": math.sqrt,
}
ROW = {"click": 0.25, "purchase": 0.5, "price": math.e - 1, 'mood["very good"]': 0.125}


def worked_out(text, row=ROW):
    return Formula.parse(text).evaluate(lambda reference: row[str(reference)], PYTHON)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("click", 0.25),
        ("click ** 0.5 * purchase * log1p(price)", 0.25),
        ("-click ** 2", -0.0625),
        ("(-click) ** 2", 0.0625),
        ("purchase ** -1", 2.0),
        ("2 ** 3 ** 2 + 0 * click", 512.0),
        ("1 - click - purchase", 0.25),
        ("click / purchase / 2", 0.25),
        ("+click * - - 4", 1.0),
        ("minimum(click, purchase) + maximum(click, 3)", 3.25),
        ("clip(purchase, 0, 0.4) + clip(purchase, .6, 1)", 1.0),
        ("abs(-click) + sqrt(click) + sigmoid(0)", 1.25),
        ("exp(log(click) + log(purchase))", 0.125),
        ('mood["very good"] * 8', 1.0),
        ("mood['very good'] * 1e1", 1.25),
        ("  click\n  * purchase\t", 0.125),
        ("1_0 * click", 2.5),
    ],
)
def test_hand_computed(text, value):
    assert worked_out(text) == pytest.approx(value, abs=1e-15)


def made_up(generator, depth):
    """A random formula; its functions take what they are defined for."""
    if not depth or generator.random() < 0.15:
        return generator.choice(["click", "purchase", "price", "2", "0.5", "1e-1", ".75"])

    def inner():
        return made_up(generator, depth - 1)

    kind = generator.randrange(10)
    if kind < 4:
        return f"({inner()} {generator.choice('+-*')} {inner()})"
    if kind == 4:
        return f"{inner()} {generator.choice('+-*')} {inner()}"
    if kind == 5:
        return f"-{inner()}"
    if kind == 6:
        return f"abs({inner()}) ** 0.5"
    if kind == 7:
        return f"({inner()}) / (abs({inner()}) + 1)"
    name = generator.choice(["abs", "log1p", "sqrt", "sigmoid", "minimum", "maximum", "clip"])
    if name in ("log1p", "sqrt"):
        return f"{name}(abs({inner()}))"
    if name == "sigmoid":
        return f"sigmoid(clip({inner()}, -30, 30))"
    if name == "clip":
        return f"clip({inner()}, -1, {inner()})"
    return f"{name}({', '.join(inner() for _ in FUNCTIONS[name])})"


def test_python_itself_works_out_the_same():
    generator = random.Random(0)
    names = {**{name: PYTHON[name] for name in FUNCTIONS}, **ROW, "__builtins__": {}}
    texts = [made_up(generator, 5) for _ in range(300)]
    for text in texts:
        assert worked_out(text) == pytest.approx(eval(text, names), rel=1e-12, abs=1e-12)
    assert {name for name in FUNCTIONS if any(name in text for text in texts)} >= {"clip", "sqrt"}


def test_all_operations_are_named():
    assert {*_BINARY.values(), "negative", *FUNCTIONS} == set(PYTHON)


def test_words_of_python_are_names():
    formula = Formula.parse("return ** 2 + class * is")
    assert [str(reference) for reference in formula.references] == ["return", "class", "is"]
    assert worked_out("return ** 2 + class * is", {"return": 3, "class": 2, "is": 5}) == 19


def test_names_are_told_once_and_with_their_place():
    formula = Formula.parse('click * click + mood["#1"]')
    assert [str(reference) for reference in formula.references] == ["click", 'mood["#1"]']
    places = [formula.text[r.start : r.end] for r in formula.occurrences()]
    assert places == ["click", "click", 'mood["#1"]']


def test_classes_keep_quotes_and_numbers():
    (reference,) = Formula.parse("""mood['a "b" \\\\']""").references
    assert reference.label == 'a "b" \\'
    assert Formula.parse(str(reference)).references == (reference,)
    assert str(Formula.parse("stars[5]").root) == "stars[5]"


def test_exponents_are_names_right_of_two_stars_alone():
    assert Formula.parse("click ** a * purchase ** (b + a)").exponents() == {"a", "b"}
    assert Formula.parse("click ** a + a").exponents() == set()
    assert Formula.parse("click ** (2 ** a) * log(b)").exponents() == {"a"}


def test_filled_keeps_the_meaning():
    formula = Formula.parse('a * click - purchase ** a + (b) ** 2 + b["x"]')
    filled = formula.filled({"a": -0.5, "b": 1e-7})
    assert filled.text == 'a * click - purchase ** a + (b) ** 2 + b["x"]'.replace(
        "a ", "(-0.5) ", 1
    ).replace("** a", "** (-0.5)").replace("(b)", "(1e-07)")
    row = {"click": 2.0, "purchase": 4.0, 'b["x"]': 3.0}
    assert worked_out(filled.text, row) == pytest.approx(-1 - 0.5 + 1e-14 + 3)
    assert worked_out(Formula.parse("a ** 2").filled({"a": -3}).text, {}) == 9


ALLOWED = "names, numbers, `+ - * / **` and functions"
NAMES = "one of abs, clip, exp, log, log1p, maximum, minimum, sigmoid, sqrt"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "expected a name or a number, got the end of the formula"),
        ("click *", "expected a name or a number, got the end of the formula"),
        ("(click", "expected a `)` for each `(`, got one that is never closed"),
        ("click purchase", "an operator (+ - * / **) in front, got 'purchase' at character 7"),
        ("2 click", "an operator (+ - * / **) in front, got 'click' at character 3"),
        ("click)", f"expected {ALLOWED}, got ')' at character 6"),
        ("click ^ 2", "got 'click ^ 2' at character 1; write `**` for a power"),
        ("2 ^ click", f"expected {ALLOWED}, got '2 ^ click' at character 1; write `**`"),
        ("click // 2", f"expected {ALLOWED}, got 'click // 2' at character 1; write `/`"),
        ("click % 2", f"expected {ALLOWED}, got 'click % 2' at character 1"),
        ("1 + (click > 0.5)", f"expected {ALLOWED}, got 'click > 0.5' at character 6; "
         "a formula has no comparisons; `sigmoid` or `clip` may do"),
        ("click * 0,5", f"expected {ALLOWED}, got 'click * 0,5' at character 1; "
         "write a point, not a comma, in a number"),
        ("[click]", f"expected {ALLOWED}, got '[click]' at character 1; write ( and )"),
        ("click # purchase", "expected a formula without comments, got '#' at character 7"),
        ("1e39 * click", "expected numbers below 3e38, got '1e39' at character 1"),
        ("1" * 400 + " * click", "expected numbers below 3e38, got '1111111111"),
        ("2j * click", f"expected {ALLOWED}, got '2j' at character 1"),
        ("'click' * 2", f"expected {ALLOWED}, got \"'click'\" at character 1"),
        ("mood[x]", "expected a class between [ and ], got 'mood[x]' at character 1; "
         'write the class in quotes: task["class"]'),
        ("mood[0:1]", "expected a class between [ and ], got 'mood[0:1]' at character 1"),
        ("log(click, 2)", "expected 1 argument of log, got 2 at character 1; write log(x)"),
        ("2 * clip(click, 1)",
         "expected 3 arguments of clip, got 2 at character 5; write clip(x, low, high)"),
        ("log(x=click)", "expected 1 argument of log, got 0 and named ones at character 1"),
        ("sqrt(*click)", f"expected {ALLOWED}, got '*click' at character 6"),
        ("max(click, 1)", f"expected {NAMES}, got 'max' at character 1; did you mean 'maximum'?"),
        ("1 + ln(click)", f"expected {NAMES}, got 'ln' at character 5; did you mean 'log'?"),
        ("pow(click, 2)", f"expected {NAMES}, got 'pow' at character 1; write `a ** b`"),
        ("sigmod(click)", "got 'sigmod' at character 1; did you mean 'sigmoid'?"),
        ("é * log(é, é)", "expected 1 argument of log, got 2 at character 5; write log(x)"),
        ("click * " * 1100 + "1", f"expected at most {MAX_LENGTH:,} characters, got 8,801"),
        ("+".join(["click"] * (MAX_DEPTH + 1)), f"expected at most {MAX_DEPTH} levels"),
    ],
)  # fmt: skip
def test_refusals(text, refusal):
    with pytest.raises(FormulaError) as caught:
        Formula.parse(text)
    assert refusal in str(caught.value)
    assert str(caught.value).startswith(f"formula {text.strip()[:100]!r}"[:100])


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "click.__class__",
        "click.__class__.__mro__[1].__subclasses__()",
        "().__class__",
        "(lambda: 1)()",
        "lambda click: click",
        "[click for click in 'ab']",
        "{click for click in 'ab'}",
        "sum(click for click in 'ab')",
        "(click := 2)",
        "click if purchase else 1",
        "click and purchase",
        "not click",
        "f'{click}'",
        "'{0.__class__}'.format(click)",
        "eval('click')",
        "exec('click')",
        "open('x')",
        "log.__globals__",
        "log(click)(1)",
        "log[0](click)",
        "await click",
        "click; purchase",
        "click = 1",
        "import os",
        "`click`",
        "$click",
        "click\x00",
        "...",
        "**click",
        "click ** ",
    ],
)
def test_nothing_of_python_gets_in(text):
    with pytest.raises(FormulaError, match="expected"):
        Formula.parse(text)


@pytest.mark.parametrize("text", ["print", "(yield)", "None", "__import__", "_"])
def test_names_of_python_are_names_that_no_task_has(text):
    assert [str(r) for r in Formula.parse(text).references] == [text.strip("()")]


def test_mistakes_come_out_at_once():
    with pytest.raises(FormulaError) as caught:
        Formula.parse("ln(click) + log(purchase, 2) * click.x")
    assert len(caught.value.findings) == 3


@pytest.mark.parametrize(
    "text",
    [
        "-" * (MAX_LENGTH - 1) + "1",
        "2**" * 2600 + "2",
        "(" * 3000 + "1" + ")" * 3000,
        "log(" * 1900 + "1",
        "9" * MAX_LENGTH,
        "a[" * 3900,
        "1+" * 3900 + "1",
    ],
)
def test_long_and_deep_ones_are_refused_soon(text):
    start = time.process_time()
    with pytest.raises(FormulaError):
        Formula.parse(text)
    assert time.process_time() - start < 5


def test_powers_are_never_whole_numbers():
    """They would fill the memory: `9 ** 9 ** 9` has 369 million digits."""
    with pytest.raises(OverflowError):
        worked_out("9 ** 9 ** 9")
