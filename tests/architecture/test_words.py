"""How Alongside speaks about people, in text and in the names of its code. The list is in `tools/words.toml`."""

import pytest

from tools import words


def test_no_file_uses_them() -> None:
    found = [fault for file in words.project_files() for fault in words.faults_in(file)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "is_addict = True",  # words: what the test looks for
        "def lastClientVisit():",  # words: what the test looks for
        "dirtySyringes",  # words: what the test looks for
        "Number of drug users reached",  # words: what the test looks for
    ],
)
def test_names_and_sentences_are_both_read(line: str) -> None:
    rules = words.NEVER["everywhere"] | words.NEVER["code"]
    assert list(words.words_in(line, rules.items()))


@pytest.mark.parametrize("line", ["form.cleaned_data", "make clean", "self.client.get(url)", "inhabitants"])
def test_software_words_pass(line: str) -> None:
    rules = words.NEVER["everywhere"] | words.NEVER["code"]
    assert list(words.words_in(line, rules.items())) == []


def test_a_citation_may_stand() -> None:
    cited = words.ROOT / "tests" / "architecture" / "test_words.py"
    assert list(words.faults_in(cited)) == []
