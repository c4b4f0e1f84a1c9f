"""Whether this machine has an NVIDIA GPU, asked of the driver. Standard library only: tools/set_up.py asks too."""

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
