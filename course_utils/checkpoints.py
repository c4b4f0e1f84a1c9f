"""Trained weights in a small file: half precision, one archive for all the networks of a lesson."""

from pathlib import Path

import keras
import numpy as np

from course_utils.datasets.dataset import embedded_file, read_cards


def save_checkpoint(path: str | Path, **networks: keras.Model) -> Path:
    """Write the weights of the named networks as float16 into a new .npz file.

    Raises FileExistsError rather than overwrite a file.
    """
    path = Path(path)
    if path.exists():
        raise FileExistsError(f"{path} exists. Choose another name, or move it away first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        f"{name}/{index:03}": np.asarray(array, "float16")
        for name, network in networks.items()
        for index, array in enumerate(network.get_weights())
    }
    np.savez_compressed(path, **arrays)
    return path


def load_checkpoint(name: str, **networks: keras.Model) -> None:
    """Give the named networks the weights of the embedded checkpoint `name` (a card of data/cards.toml).

    Raises ValueError if the file holds other networks or other shapes than these.
    """
    with np.load(embedded_file(read_cards()[name])) as archive:
        for network_name, network in networks.items():
            arrays = [archive[key] for key in sorted(archive.files) if key.split("/")[0] == network_name]
            shapes = [array.shape for array in network.get_weights()]
            if [array.shape for array in arrays] != shapes:
                raise ValueError(
                    f"Checkpoint {name!r} does not fit the network {network_name!r}: it holds {len(arrays)} arrays of shapes "
                    f"{[array.shape for array in arrays]}, the network has {len(shapes)} of shapes {shapes}."
                )
            network.set_weights([array.astype("float32") for array in arrays])
