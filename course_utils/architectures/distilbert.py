"""DistilBERT from keras-hub, for those who have a network and a GPU: an encoder that was pretrained for days."""

import keras

PRESET = "distil_bert_base_en_uncased"
PIECES = 64  # of words in a text; keras-hub would pad each to 512, at more than eight times the cost


def distilbert_classifier(classes: int) -> keras.Model | None:
    """DistilBERT (Sanh et al., 2019; 66 million weights) with a fresh head: texts -> logits (n, classes).

    It takes plain strings, `fit(x=texts, y=labels)`, and reads the first 64 pieces of each. None, with a line that says so, where keras-hub is not installed or
    the weights cannot be downloaded.
    """
    try:
        import keras_hub

        preprocessor = keras_hub.models.TextClassifierPreprocessor.from_preset(PRESET, sequence_length=PIECES)
        return keras_hub.models.TextClassifier.from_preset(PRESET, num_classes=classes, preprocessor=preprocessor)
    except Exception as error:  # keras-hub passes on what the download raised
        print(f"DistilBERT cannot be had here ({type(error).__name__}): this comparison is left out.")
        return None
