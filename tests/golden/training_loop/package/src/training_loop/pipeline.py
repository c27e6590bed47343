"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from training_loop import steps
from training_loop.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    train: Any
    valid: Any
    best_loss: Any
    final: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    rng = steps.hyper_parameters(config.seed)
    X, y, train, valid = steps.data(rng, config.n_per_class, config.noise)
    net, history, best_loss, best_epoch = steps.train_2(
        rng,
        train,
        X,
        y,
        valid,
        config.hidden,
        config.learning_rate,
        config.batch_size,
        config.epochs_value,
        config.patience,
    )
    final = steps.how_it_went(history, best_epoch, net, X, train, y, valid, config.figures_dir)
    return Results(train, valid, best_loss, final)
