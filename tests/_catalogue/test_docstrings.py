import pytest

from mtlkeras._catalogue import parse

TEXT = """\
Mixes experts, one gate
a task (MMoE, Ma et al., 2018).

Every task reads `h_t`:

`h_t = sum_e g_te f_e`,
`g_t = softmax(W_t x)`.

Use it where tasks are related,
but not alike.

Args:
    units: Widths of each
        expert's layers.
    tasks: Task names.

A scenario unseen in training:
    gets the mean.

Returns:
    A dict.

Example:
    >>> 1 + 1
    2
"""


def test_first_line_and_paper():
    found = parse(TEXT)
    assert found.line == "Mixes experts, one gate a task."
    assert found.paper == "MMoE, Ma et al., 2018"


def test_paragraphs_keep_their_lines_and_leave_out_the_advice():
    found = parse(TEXT)
    assert found.paragraphs == [
        "Every task reads `h_t`:",
        "`h_t = sum_e g_te f_e`,\n`g_t = softmax(W_t x)`.",
    ]
    assert found.use == "Use it where tasks are related, but not alike."


def test_sections_and_arguments():
    found = parse(TEXT)
    assert list(found.sections) == ["Args", "A scenario unseen in training", "Returns", "Example"]
    assert found.sections["A scenario unseen in training"] == "gets the mean."
    assert found.sections["Example"] == ">>> 1 + 1\n2"
    assert found.arguments == {"units": "Widths of each expert's layers.", "tasks": "Task names."}


def test_a_line_without_a_paper_is_left_as_it_is():
    found = parse("Adds (a lot of) things.")
    assert (found.line, found.paper) == ("Adds (a lot of) things.", "")


def test_a_colon_at_the_end_of_a_paragraph_begins_no_section():
    found = parse("One.\n\nIt has levels:\n\nof experts.")
    assert found.paragraphs == ["It has levels:", "of experts."]
    assert found.sections == {}


def test_an_empty_docstring():
    found = parse("")
    assert (found.line, found.paper, found.paragraphs, found.arguments) == ("", "", [], {})


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ('It sums. Liu et al., "FAMO: Fast" (2023), which is fast.', "Liu et al., 2023"),
        ('Liu, Johns and\nDavison, "End-to-End" (2019). More.', "Liu, Johns and Davison, 2019"),
        ('As by Désidéri, "MGDA" (2012); Sener and Koltun, "MOO" (2018).', "Désidéri, 2012"),
        ('Lopez-Paz and Ranzato, "GEM" (2017)', "Lopez-Paz and Ranzato, 2017"),
        ('It says "so" (2019) itself.', ""),
    ],
)
def test_the_first_paper_cited_stands_for_one_in_the_first_line(text, paper):
    assert parse(f"Weighs.\n\n{text}").paper == paper
    assert parse(f"Weighs (DWA, Liu et al., 2019).\n\n{text}").paper == "DWA, Liu et al., 2019"
