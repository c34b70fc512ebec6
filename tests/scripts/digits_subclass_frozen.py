import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.keras import layers


class DigitNet(tf.keras.Model):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = [
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
        ]
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        x = inputs
        for layer in self.features:
            x = layer(x)
        return self.head(x)


tf.keras.utils.set_random_seed(5)
digits = load_digits()
x = np.expand_dims(digits.images, -1).astype(np.float32) / 16.0
y = tf.keras.utils.to_categorical(digits.target)
shuffled = np.random.permutation(len(x))
x, y = x[shuffled], y[shuffled]

model = DigitNet()
for layer in model.features:
    layer.trainable = False

model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=8, validation_split=0.2, verbose=2)
print("accuracy:", max(history.history["val_accuracy"]))
