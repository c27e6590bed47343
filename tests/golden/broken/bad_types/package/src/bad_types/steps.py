"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""


def report_values() -> None:
    """Report values (cells 1-7)."""
    answer = 6 * 7

    answer += 1

    print(answer)

    print("a good cell")
