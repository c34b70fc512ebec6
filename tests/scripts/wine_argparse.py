#!/usr/bin/env python
"""Tells three kinds of wine from their chemistry."""

import argparse

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine


class WineNet(tf.keras.Model):
    def __init__(self, hidden=32, classes=3):
        super().__init__()
        self.hidden = tf.keras.layers.Dense(hidden, activation="relu")
        self.dropout = tf.keras.layers.Dropout(0.1)
        self.out = tf.keras.layers.Dense(classes, activation="softmax")

    def call(self, inputs, training=False):
        x = self.hidden(inputs)
        x = self.dropout(x, training=training)
        return self.out(x)


def load(seed):
    X, y = load_wine(return_X_y=True)
    order = np.random.RandomState(seed).permutation(len(X))
    X, y = X[order], y[order]
    n = int(0.7 * len(X))
    mean, std = X[:n].mean(axis=0), X[:n].std(axis=0)
    X = (X - mean) / std
    return (X[:n], y[:n]), (X[n:], y[n:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    tf.keras.utils.set_random_seed(args.seed)
    train, test = load(args.seed)
    model = WineNet()
    optimizer = tf.keras.optimizers.Adam(learning_rate=args.lr)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*train, batch_size=16, epochs=args.epochs, validation_data=test, verbose=0)
    print("accuracy:", model.evaluate(*test, verbose=0)[1])


if __name__ == "__main__":
    main()
