"""shebao-bot: answers questions about China's social insurance, with steps, materials and the law."""

import os

# Looking for other packages' plug-ins takes 30 ms at each start; none is wanted among what checks our input.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# The matcher's matrices are small: to share one among threads takes longer than to multiply it, and other replicas' time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
