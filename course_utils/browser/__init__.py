"""A trained network in the browser: a page that holds the network and all it needs, and the same code run by Node.

`onnxruntime/` holds two files of ONNX Runtime Web as its card (`card.toml`) says; `vendor.py` rebuilds them.
"""

from course_utils.browser.node import node_is_here, prepare_in_node, read_in_node
from course_utils.browser.page import learners_folder, save_page, short_path
from course_utils.browser.picture import show_page

__all__ = [
    "learners_folder",
    "node_is_here",
    "prepare_in_node",
    "read_in_node",
    "save_page",
    "short_path",
    "show_page",
]
