import pickle

import pytest

from evidex import errors


def all_errors(kind: type[errors.EvidexError] = errors.EvidexError) -> list[type[errors.EvidexError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in all_errors(below))]


def test_every_error_has_its_own_code_and_a_remedy() -> None:
    kinds = all_errors()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.remedy and kind.exit_code in {1, 2, 3} for kind in kinds)


@pytest.mark.parametrize("kind", all_errors())
def test_an_error_comes_home_whole_from_a_worker(kind: type[errors.EvidexError]) -> None:
    home = pickle.loads(pickle.dumps(kind("what", "how")))
    assert (type(home), str(home), home.message, home.remedy) == (kind, "what", "what", "how")
