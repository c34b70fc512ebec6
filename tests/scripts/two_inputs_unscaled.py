"""Prices of houses, from a picture and from a table."""

import keras
import numpy as np
import pandas as pd
from keras import layers

rng = np.random.default_rng(11)
n = 900
table = pd.DataFrame(
    {
        "area": rng.normal(120, 30, n) * 4096,
        "rooms": rng.integers(1, 8, n),
        "age": rng.uniform(0, 80, n),
    }
)
pictures = rng.uniform(0, 1, (n, 12, 12, 3)).astype("float32")
garden = rng.uniform(0, 1, n).astype("float32")
pictures[:, 6:, :, 1] *= garden[:, None, None]
price = 20000 + 400 * table["area"] / 4096 + 5000 * table["rooms"] - 300 * table["age"] + 20000 * garden

keras.utils.set_random_seed(11)
picture_in = keras.Input((12, 12, 3), name="picture")
p = layers.Conv2D(16, 3, activation="relu")(picture_in)
p = layers.GlobalAveragePooling2D()(p)
table_in = keras.Input((3,), name="table")
t = layers.Dense(32, activation="relu")(table_in)
merged = layers.concatenate([p, t])
merged = layers.Dense(32, activation="relu")(merged)
model = keras.Model([picture_in, table_in], layers.Dense(1)(merged))
model.compile(optimizer="adam", loss="mse", metrics=["mae"])

model.fit(
    {"picture": pictures, "table": table.to_numpy("float32")},
    price,
    batch_size=32,
    epochs=15,
    validation_split=0.25,
    verbose=2,
)
held = slice(int(0.75 * n), n)
predicted = model.predict([pictures[held], table.to_numpy("float32")[held]], verbose=0)[:, 0]
print("mean absolute error:", np.abs(predicted - price[held]).mean())
print("of the mean price:", np.abs(price[held] - price[: held.start].mean()).mean())
