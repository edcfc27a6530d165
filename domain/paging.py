"""Long lists come in pages: beyond the last one is the last, and of nothing there is one."""


def paged(page: int, total: int, size: int) -> tuple[int, int]:
    """The page that is shown, and how many there are. Both count from 1."""
    pages = max(1, -(-total // size))
    return min(max(page, 1), pages), pages
