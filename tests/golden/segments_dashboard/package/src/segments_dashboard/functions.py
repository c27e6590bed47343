"""Functions that the notebook already had."""

from typing import Any


def share(part: Any, whole: Any) -> Any:
    """Percentage with one decimal; nothing of nothing is 0."""
    return round(100 * float(part) / float(whole), 1) if whole else 0.0


class SegmentNamer:
    """Gives cluster numbers a name that survives a retrain.

    KMeans numbers its clusters as it likes. The dashboard's filters are saved by name,
    so clusters are ranked by mean spend and named from the top.
    """

    names = ("champions", "regulars", "occasional", "drifting")

    def __init__(self) -> None:
        self.mapping = {}

    def fit(self, labels: Any, spend: Any) -> Any:
        ranked = spend.groupby(labels).mean().sort_values(ascending=False).index
        self.mapping = dict(zip(ranked, self.names))
        return self

    def name(self, labels: Any) -> Any:
        return [self.mapping[label] for label in labels]
