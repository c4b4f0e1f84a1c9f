"""Whether this machine has an NVIDIA GPU, asked of the driver. Standard library only: tools/set_up.py asks too."""

import ctypes.util
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

DRIVER = Path("/proc/driver/nvidia/gpus")  # Linux lists each GPU here; the Linux inside Windows does not


def nvidia_gpus() -> list[str]:
    """The NVIDIA GPUs of a Linux machine, as its driver names them. Empty elsewhere, and without a driver."""
    if not sys.platform.startswith("linux"):
        return []
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        listed = ""
    named = [line.split("(UUID")[0].strip() for line in listed.splitlines() if line.startswith("GPU ")]
    return named or [f"GPU at {path.name}" for path in sorted(DRIVER.glob("*"))]


def usable_gpus() -> list[str]:
    """Those that TensorFlow can use, as far as can be told without importing it: not hidden, and cuDNN is installed."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1")
    return [] if hidden or not _has_cudnn() else nvidia_gpus()


def _has_cudnn() -> bool:
    """By pip, as requirements-gpu.txt does it, or by the system, as on Colab."""
    try:
        by_pip = importlib.util.find_spec("nvidia.cudnn")
    except ModuleNotFoundError:  # there is nothing of NVIDIA's
        by_pip = None
    return by_pip is not None or ctypes.util.find_library("cudnn") is not None
