import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight

keras.utils.set_random_seed(3)


class Digits(keras.utils.PyDataset):
    def __init__(self, images, labels, batch_size=32, augment=False, **kwargs):
        super().__init__(**kwargs)
        self.images, self.labels = images, labels
        self.batch_size, self.augment = batch_size, augment
        self.indices = np.arange(len(images))
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return int(np.ceil(len(self.images) / self.batch_size))

    def __getitem__(self, i):
        rows = self.indices[i * self.batch_size : (i + 1) * self.batch_size]
        images = self.images[rows]
        if self.augment:
            images = np.stack([self.shift(image) for image in images])
        return images, self.labels[rows]

    def shift(self, image):
        down, right = self.rng.integers(-1, 2, size=2)
        return np.roll(image, (down, right), axis=(0, 1))

    def on_epoch_end(self):
        if self.augment:
            self.rng.shuffle(self.indices)


digits = load_digits()
images = (digits.images / 16.0).astype("float32")[..., np.newaxis]
x_train, x_test, y_train, y_test = train_test_split(images, digits.target, test_size=0.25, random_state=0)
weights = compute_class_weight("balanced", classes=np.arange(10), y=y_train)

model = keras.Sequential([keras.Input((8, 8, 1))])
model.add(keras.layers.Conv2D(32, (3, 3), activation="relu"))
model.add(keras.layers.Conv2D(32, (3, 3), activation="relu"))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(64, activation="relu"))
model.add(keras.layers.Dense(10, activation="softmax"))
model.compile(keras.optimizers.Adam(2e-3), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])

train = Digits(x_train, y_train, augment=True, workers=2)
test = Digits(x_test, y_test)
model.fit(train, validation_data=test, epochs=10, class_weight=dict(enumerate(weights)), verbose=2)
print("accuracy:", model.evaluate(test, verbose=0)[1])
