import keras
import numpy as np
from sklearn.datasets import load_digits

keras.utils.set_random_seed(2)

digits = load_digits()
x, y = [], []
for number in range(10):
    pictures = digits.images[digits.target == number]
    x.append(pictures / 16.0)
    y.append(np.full(len(pictures), number))
x = np.concatenate(x)[..., None].astype("float32")
y = np.concatenate(y)

model = keras.Sequential(
    [
        keras.layers.Input(shape=(8, 8, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
history = model.fit(x, y, epochs=10, batch_size=32, validation_split=0.2, verbose=2)
model.save_weights("digits.weights.h5")
print("accuracy:", history.history["val_accuracy"][-1])
