"""Which page of a long list is shown."""

import pytest

from domain.paging import paged


@pytest.mark.parametrize(
    ("page", "total", "shown"),
    [
        (1, 0, (1, 1)),
        (1, 50, (1, 1)),
        (2, 50, (1, 1)),
        (2, 51, (2, 2)),
        (9, 51, (2, 2)),
        (0, 101, (1, 3)),
        (-4, 9, (1, 1)),
    ],
)
def test_a_page_that_there_is_not_is_the_nearest_that_there_is(page: int, total: int, shown: tuple[int, int]) -> None:
    assert paged(page, total, 50) == shown
