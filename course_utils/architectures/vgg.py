"""The first five convolutions of VGG-16 with trained weights: features for comparing pictures."""

import keras
import numpy as np
from keras import layers

from course_utils.datasets.dataset import embedded_file, read_cards
from course_utils.scale import current_scale

FEATURES = ("block1_conv1", "block2_conv1", "block3_conv1")
MEAN_COLOUR = (122.67892, 116.66877, 104.00699)  # red, green, blue, from 0 to 255, as the embedded weights were trained


def vgg_trunk(trained: bool = True) -> keras.Model:
    """VGG-16 (Simonyan and Zisserman, 2014) up to block3_conv1, frozen.

    RGB images (n, height, width, 3) from 0 to 1 -> the features after the ReLUs that `FEATURES` names: (n, height, width,
    64), (n, height/2, width/2, 128) and (n, height/4, width/4, 256); height and width must be multiples of 4.

    The embedded weights come from a network that was trained on ImageNet and then went on to learn to draw the outlines
    of things. At the full scale they are ImageNet's own, from keras.applications, if these can be downloaded. With
    `trained=False` the weights are random (He et al., 2015).
    """
    images = keras.Input((None, None, 3), name="images")
    outputs = layers.Normalization(
        mean=[value / 255 for value in MEAN_COLOUR], variance=[255.0**-2] * 3, name="centred"
    )(images)
    features = []
    for block, (filters, count) in enumerate(((64, 2), (128, 2), (256, 1)), start=1):
        if block > 1:
            outputs = layers.MaxPooling2D(2, name=f"block{block - 1}_pool")(outputs)
        for number in range(1, count + 1):
            outputs = layers.Conv2D(
                filters,
                3,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                name=f"block{block}_conv{number}",
            )(outputs)
            if number == 1:
                features.append(outputs)
    trunk = keras.Model(images, features, name="vgg_trunk")
    if trained and not (current_scale() == "full" and _take_imagenet_weights(trunk)):
        with np.load(embedded_file(read_cards()["vgg_edges"])) as archive:
            trunk.set_weights([archive[name].astype("float32") for name in sorted(archive.files)])
    if trained:  # both sources expect blue, green, red
        first = trunk.get_layer(FEATURES[0])
        kernel, bias = first.get_weights()
        first.set_weights([kernel[:, :, ::-1], bias])
    trunk.trainable = False
    return trunk


def _take_imagenet_weights(trunk: keras.Model) -> bool:
    """Copy the weights that keras.applications downloads; False, with a line that says so, if it cannot."""
    try:
        source = keras.applications.VGG16(weights="imagenet", include_top=False)
    except Exception as error:  # Keras raises a bare Exception when the download fails
        print(f"VGG16 could not be downloaded ({str(error)[:60]}...): using the embedded weights.")
        return False
    for layer in trunk.layers:
        if layer.get_weights():
            layer.set_weights(source.get_layer(layer.name).get_weights())
    return True
