"""What is measured, and how: run as `python -m benchmarks.NAME`, each on one thread, so that figures can be compared."""

import os

# numpy's linear algebra reads these when it is first imported, so they are set before any module here can import it.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
