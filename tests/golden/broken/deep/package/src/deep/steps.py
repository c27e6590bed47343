"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""


def make_depth() -> int:
    """Make depth (cell 0)."""
    depth = 2000
    return depth
