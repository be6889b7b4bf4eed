"""shebao-bot: answers questions about China's social insurance, with steps, materials and the law."""

import os

# The matcher's matrices are small: sharing one among threads brings nothing, and replicas share the machine's cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
