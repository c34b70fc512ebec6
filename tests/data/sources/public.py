"""A small TFDS data set, prepared by TFDS's own tools; run as a script it prepares it in TFDS_DATA_DIR."""

import io
import warnings
from contextlib import redirect_stdout

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import wizard.core.backend  # noqa: F401
    import tensorflow_datasets as tfds  # isort: skip

N = {"train": 40, "test": 12, "extra": 5}
COLOURS = ("red", "green")


class TinyColours(tfds.core.GeneratorBasedBuilder):
    """Pictures of one of two colours, a sentence about them, and two numbers."""

    VERSION = tfds.core.Version("1.2.0")

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({
                "image": tfds.features.Image(shape=(6, 5, 3)),
                "sentence": tfds.features.Text(),
                "numbers": tfds.features.Tensor(shape=(2,), dtype=np.float32),
                "colour": tfds.features.ClassLabel(names=COLOURS),
                "size": np.float32,
            }),
            supervised_keys=("image", "colour"),
        )  # fmt: skip

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(split) for split in N}

    def _generate_examples(self, split):
        random = np.random.default_rng(len(split))
        for i in range(N[split]):
            colour = i % 2
            image = random.integers(0, 60, (6, 5, 3), dtype=np.uint8)
            image[..., colour] += 150
            yield i, {
                "image": image, "sentence": f"number {i} is {COLOURS[colour]}",
                "numbers": random.normal(size=2).astype(np.float32), "colour": colour, "size": np.float32(i),
            }  # fmt: skip


class NoNetwork(TinyColours):
    """A data set whose download fails."""

    def _split_generators(self, dl_manager):
        raise ConnectionError("no route to host\nand more")


def prepared(folder):
    """The builder of the small data set, prepared in a folder."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        tfds.disable_progress_bar()
        builder = TinyColours(data_dir=str(folder))
        builder.download_and_prepare()
    return builder
