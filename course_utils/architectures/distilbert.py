"""DistilBERT from keras-hub, for those who have a network and a GPU: an encoder that was pretrained for days."""

import keras

PRESET = "distil_bert_base_en_uncased"


def distilbert_classifier(classes: int) -> keras.Model | None:
    """DistilBERT (Sanh et al., 2019; 66 million weights) with a fresh head: texts -> logits (n, classes).

    It takes plain strings: `fit(x=texts, y=labels)`. None, with a line that says so, where keras-hub is not installed or
    the weights cannot be downloaded.
    """
    try:
        import keras_hub

        return keras_hub.models.TextClassifier.from_preset(PRESET, num_classes=classes)
    except Exception as error:  # keras-hub passes on what the download raised
        print(f"DistilBERT cannot be had here ({type(error).__name__}): this comparison is left out.")
        return None
