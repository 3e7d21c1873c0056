"""The collector looks less often during large work, and as before afterwards."""

import gc

import pytest

from chambre.lib.collecting import SELDOM, seldom_collecting


@pytest.fixture(autouse=True)
def as_before():
    former = gc.get_threshold()
    yield
    gc.set_threshold(*former)


def test_it_looks_less_often_inside_and_as_before_outside():
    gc.set_threshold(700, 10, 10)

    with seldom_collecting(), seldom_collecting():
        assert gc.get_threshold() == (SELDOM, 10, 10)

    assert gc.get_threshold() == (700, 10, 10)


def test_it_is_as_before_after_an_error():
    gc.set_threshold(700, 10, 10)

    with pytest.raises(ZeroDivisionError), seldom_collecting():
        _ = 1 // 0

    assert gc.get_threshold() == (700, 10, 10)


def test_one_that_ends_leaves_another_inside():
    gc.set_threshold(700, 10, 10)
    first, second = seldom_collecting(), seldom_collecting()
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)

    assert gc.get_threshold()[0] == SELDOM
    second.__exit__(None, None, None)
    assert gc.get_threshold()[0] == 700


@pytest.mark.parametrize("threshold", [0, 2 * SELDOM])
def test_a_process_that_looks_less_often_already_is_left_alone(threshold):
    gc.set_threshold(threshold, 10, 10)

    with seldom_collecting():
        assert gc.get_threshold()[0] == threshold
