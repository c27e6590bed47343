"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from training_loop.figures import save_figures
from training_loop.functions import MLP, accuracy, bce, make_spirals

logger = logging.getLogger(__name__)


class DataResults(NamedTuple):
    """What `data` returns."""

    X: Any
    y: Any
    train: Any
    valid: Any


class Train2Results(NamedTuple):
    """What `train_2` returns."""

    net: MLP
    history: list[Any]
    best_loss: Any
    best_epoch: Any


def hyper_parameters(seed: int) -> np.random.Generator:
    """Hyper-parameters (cell 3)."""
    rng = np.random.default_rng(seed)
    return rng


def data(rng: np.random.Generator, n_per_class: int, noise: float) -> DataResults:
    """Data (cell 5)."""
    X, y = make_spirals(n_per_class, noise, rng)
    order = rng.permutation(len(X))
    cut = int(0.75 * len(X))
    train, valid = order[:cut], order[cut:]
    return DataResults(X, y, train, valid)


def train_2(
    rng: np.random.Generator,
    train: Any,
    X: Any,
    y: Any,
    valid: Any,
    hidden: int,
    learning_rate: float,
    batch_size: int,
    epochs_value: int,
    patience: int,
) -> Train2Results:
    """Train (cell 10)."""
    net = MLP([2, hidden, hidden, 1], rng)
    history = []
    best_loss, best_epoch = np.inf, 0

    for epoch in range(epochs_value):
        lr = learning_rate * 0.5 ** (epoch / 100)
        batch_losses = []
        shuffled = rng.permutation(train)
        for start in range(0, len(shuffled), batch_size):
            batch = shuffled[start : start + batch_size]
            loss, grad = bce(net.forward(X[batch]), y[batch])
            net.backward(grad)
            net.step(lr)
            batch_losses.append(loss)

        valid_loss, _ = bce(net.forward(X[valid]), y[valid])
        history.append(
            {"epoch": epoch, "train": float(np.mean(batch_losses)), "valid": float(valid_loss)}
        )

        if valid_loss < best_loss:
            best_loss, best_epoch = valid_loss, epoch
        elif epoch - best_epoch >= patience:
            logger.info(f"no better for {patience} epochs, stopping at {epoch}")
            break
        if epoch % 20 == 0:
            logger.info(
                f"epoch {epoch:3d}  train {history[-1]['train']:.3f}  valid {valid_loss:.3f}"
            )
    return Train2Results(net, history, best_loss, best_epoch)


def how_it_went(
    history: list[Any],
    best_epoch: Any,
    net: MLP,
    X: Any,
    train: Any,
    y: Any,
    valid: Any,
    figures_dir: Path | None,
) -> dict[str, Any]:
    """How it went (cells 12-14)."""
    epochs = [h["epoch"] for h in history]
    plt.figure(figsize=(4.2, 2.6), dpi=55)
    plt.plot(epochs, [h["train"] for h in history], label="train")
    plt.plot(epochs, [h["valid"] for h in history], label="valid")
    plt.axvline(best_epoch, color="grey", linestyle=":")
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.legend()
    save_figures(figures_dir, "how_it_went-1")

    final = {
        "epochs": len(history),
        "best_epoch": best_epoch,
        "train_accuracy": round(accuracy(net, X[train], y[train]), 3),
        "valid_accuracy": round(accuracy(net, X[valid], y[valid]), 3),
    }

    grid = np.stack(np.meshgrid(np.linspace(-3, 3, 50), np.linspace(-3, 3, 50)), axis=-1)
    surface = net.forward(grid.reshape(-1, 2)).reshape(50, 50)

    plt.figure(figsize=(3, 3), dpi=55)
    plt.contourf(grid[..., 0], grid[..., 1], surface > 0, levels=1, cmap="Pastel1")
    plt.scatter(X[:, 0], X[:, 1], c=y, s=6, cmap="Set1")
    plt.axis("off")
    save_figures(figures_dir, "how_it_went-2")
    return final
