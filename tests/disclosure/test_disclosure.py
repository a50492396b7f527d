"""No small cell is shown, and none follows from what is: every table that an attacker could think of is tried."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.disclosure import RUN, Quotations, find_mentions, round_down, show


def test_a_count_is_rounded_down_to_the_cell() -> None:
    assert [round_down(count, 5) for count in (0, 1, 4, 5, 9, 10, 27)] == [0, 0, 0, 5, 5, 10, 25]


@pytest.mark.parametrize(("roles", "cell", "most"), [(2, 5, 12), (3, 3, 8), (4, 2, 5)])
def test_no_withheld_cell_can_be_narrowed(roles: int, cell: int, most: int) -> None:
    """Whoever knows the rule, the roles and all that is shown finds each withheld cell anywhere below the minimum."""
    tables: dict[tuple[int, tuple[tuple[str, int], ...]], list[tuple[int, ...]]] = {}
    for table in product(range(most + 1), repeat=roles):
        shown = show({str(role): count for role, count in enumerate(table)}, cell)
        tables.setdefault((shown.total, tuple(sorted(shown.parts.items()))), []).append(table)
    for (total, parts), consistent in tables.items():
        for role in range(roles):
            if str(role) not in dict(parts):
                possible = {table[role] for table in consistent}
                assert possible == set(range(cell)), (total, parts, possible)


@pytest.mark.parametrize("published", [(20, 7, 9), (5, 1, 9), (6, 4, 3), (7, 6, 5), (12, 12, 2)])
def test_nor_by_whoever_knows_how_many_were_interviewed(published: tuple[int, ...]) -> None:
    """A study's own totals bound each role from above: they may not pin a withheld one from below."""
    cell, known = 5, {str(role): count for role, count in enumerate(published)}
    tables: dict[tuple[int, tuple[tuple[str, int], ...]], list[tuple[int, ...]]] = {}
    for table in product(*(range(count + 1) for count in published)):
        shown = show({str(role): count for role, count in enumerate(table)}, cell, known)
        tables.setdefault((shown.total, tuple(sorted(shown.parts.items()))), []).append(table)
    for (total, parts), consistent in tables.items():
        for role, count in enumerate(published):
            if str(role) not in dict(parts):
                possible = {table[role] for table in consistent}
                assert possible == set(range(min(cell - 1, count) + 1)), (total, parts, possible)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(2, 10))
def test_what_is_shown_is_true_and_never_small(counts: list[int], cell: int) -> None:
    table = {str(role): count for role, count in enumerate(counts)}
    shown = show(table, cell)
    assert sum(shown.parts.values()) <= shown.total <= sum(counts)
    assert shown.total % cell == 0
    for role, least in shown.parts.items():
        assert cell <= least <= table[role] < least + cell


def test_the_whole_does_not_tell_of_a_withheld_part() -> None:
    # 22 people, of whom two roles are shown as at least 5, so 18 at the most: a told 20 would say that the third
    # role has at least two. 15 says nothing.
    assert show({"mother": 9, "volunteer": 9, "staff": 4}, 5).total == 15
    assert show({"mother": 9, "volunteer": 9, "staff": 4}, 5).parts == {"mother": 5, "volunteer": 5}
    assert show({"mother": 12, "volunteer": 11, "staff": 3}, 5).total == 25
    assert show({"mother": 4, "volunteer": 4, "staff": 4}, 5).total == 5
    assert show({"mother": 3}, 5).total == 0


def test_published_totals_lower_what_is_told() -> None:
    # With seven, six and five people, 15 of them would be at least four of the seven.
    counts, known = {"mother": 4, "volunteer": 6, "staff": 5}, {"mother": 7, "volunteer": 6, "staff": 5}
    assert show(counts, 5).total == 15
    assert show(counts, 5, known).total == 10


@pytest.mark.parametrize(
    ("text", "private", "found"),
    [
        ("As interview 7 says", ["Interview 7.docx", "Interview 7"], True),
        ("As P07 says", ["p07"], True),
        ("As P071 says", ["P07"], False),
        ("What Ada Example wrote", ["Ada Example"], True),
        ("Hope", ["Hope"], False),  # a pseudonym, or a word: it can't be told
        ("One in 12", ["12"], False),
    ],
)
def test_names_are_found_where_they_can_be_nothing_else(text: str, private: list[str], found: bool) -> None:
    assert list(find_mentions([("text", text)], private)) == (["text"] if found else [])


def test_words_in_a_row_are_a_quotation() -> None:
    transcript = "I said: “She sat DOWN, and let me—finally—get to the end of a sentence.” Then we laughed."
    texts = Quotations(
        [
            ("repeats", "because she sat down and let me finally get to it"),
            ("says it otherwise", "because she was heard out"),
            ("five words only", "sat down and let me"),
        ]
    )
    assert set(texts.found_in(transcript)) == {"repeats"}


@pytest.mark.parametrize(
    "transcript",
    [
        "I don't like the café on a Monday",
        "I dont like the cafe\u0301 on a Monday",
        "I DON’T like—the café—on a…",
    ],
)
def test_words_are_the_same_however_they_are_typed(transcript: str) -> None:
    assert set(Quotations([("it", "i don´t like the café on a".replace("´", "'"))]).found_in(transcript)) == {
        "it"
    }


@given(st.lists(st.sampled_from("abcdefgh"), min_size=RUN, max_size=40), st.data())
def test_every_run_of_a_transcript_is_found(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - RUN))
    texts = Quotations([("run", " ".join(words[start : start + RUN]).upper())])
    assert set(texts.found_in(" ".join(words))) == {"run"}
