"""Handwritten digits with a small convolutional network."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(1)

digits = load_digits()
order = np.random.permutation(len(digits.images))
x = digits.images[order, :, :, None] / 16.0
y = digits.target[order]

model = keras.Sequential(
    [
        layers.Conv2D(32, 3, activation="relu", padding="same"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

history = model.fit(x, y, batch_size=64, epochs=15, validation_split=0.2, verbose=2)

model.save("digits.keras")
plt.plot(history.history["accuracy"], label="training")
plt.plot(history.history["val_accuracy"], label="validation")
plt.legend()
plt.savefig("digits.png")
print("accuracy:", history.history["val_accuracy"][-1])
