"""Functions that the notebook already had."""

from typing import Any

import numpy as np

MOMENTUM = 0.9


def make_spirals(n: Any, noise: Any, rng: Any) -> Any:
    """Two interleaved spirals; the label says which arm."""
    points, labels = [], []
    for arm in (0, 1):
        t = np.linspace(0.3, 2.4, n)
        angle = t * 2.2 + arm * np.pi
        arm_points = np.column_stack([t * np.cos(angle), t * np.sin(angle)])
        points.append(arm_points + rng.normal(scale=noise, size=arm_points.shape))
        labels.append(np.full(n, arm))
    return np.vstack(points), np.concatenate(labels)


class Dense:
    def __init__(self, n_in: Any, n_out: Any, rng: Any) -> None:
        self.W = rng.normal(scale=np.sqrt(2 / n_in), size=(n_in, n_out))
        self.b = np.zeros(n_out)
        self.vW = np.zeros_like(self.W)
        self.vb = np.zeros_like(self.b)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad: Any) -> Any:
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T

    def step(self, lr: Any) -> Any:
        # MOMENTUM is read here and not passed around, it never changes during a run
        self.vW = MOMENTUM * self.vW - lr * self.dW
        self.vb = MOMENTUM * self.vb - lr * self.db
        self.W += self.vW
        self.b += self.vb


class MLP:
    def __init__(self, sizes: Any, rng: Any) -> None:
        self.layers = [Dense(a, b, rng) for a, b in zip(sizes, sizes[1:])]

    def forward(self, x: Any) -> Any:
        self.masks = []
        for layer in self.layers[:-1]:
            x = layer.forward(x)
            self.masks.append(x > 0)
            x = np.maximum(x, 0)
        return self.layers[-1].forward(x)[:, 0]

    def backward(self, grad: Any) -> Any:
        grad = self.layers[-1].backward(grad[:, None])
        for layer, mask in zip(reversed(self.layers[:-1]), reversed(self.masks)):
            grad = layer.backward(grad * mask)

    def step(self, lr: Any) -> Any:
        for layer in self.layers:
            layer.step(lr)


def bce(logits: Any, target: Any) -> Any:
    """Binary cross-entropy from logits, with the gradient."""
    p = 1 / (1 + np.exp(-logits))
    loss = np.mean(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits))))
    return loss, (p - target) / len(target)


def accuracy(net: Any, x: Any, target: Any) -> Any:
    return float(((net.forward(x) > 0) == target).mean())
